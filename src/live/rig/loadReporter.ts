import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { KnativeStat } from "../../policies/scaling/index.ts";

/** What an activator knows of its load, told once a second. */
export interface LoadReporter {
  /** A request came in; returns the stat to send at once, if this is the first of an idle revision. */
  enter(now: Seconds): KnativeStat | null;
  leave(now: Seconds): void;
  /** The stat of the period since the last call; null while nothing has happened for a whole period. */
  report(now: Seconds): KnativeStat | null;
}

/**
 * Time-average concurrency and request rate of each period, with Knative's immediate first stat: the first request of an
 * idle revision reports {1, 1} at once, and the period's own report leaves that out.
 *
 * @see knative/serving pkg/activator/handler/concurrency_reporter.go (v0.50)
 */
export function loadReporter(startSeconds: Seconds): LoadReporter {
  let inHand = 0;
  let count = 0;
  let area = 0;
  let changedAt = startSeconds;
  let periodFrom = startSeconds;
  let known = false;
  let alreadyTold = 0;

  const advance = (now: Seconds): void => {
    area += inHand * Math.max(now - changedAt, 0);
    changedAt = Math.max(now, changedAt);
  };

  return {
    enter: (now) => {
      advance(now);
      inHand++;
      count++;
      if (known) return null;
      known = true;
      alreadyTold = 1;
      return { concurrency: 1, requestsPerSecond: 1 };
    },
    leave: (now) => {
      check(inHand > 0, "loadReporter", "more requests left than came", inHand);
      advance(now);
      inHand--;
    },
    report: (now) => {
      advance(now);
      const period = Math.max(now - periodFrom, 1e-9);
      const stat = {
        concurrency: Math.max(area / period - alreadyTold, 0),
        requestsPerSecond: Math.max((count - alreadyTold) / period, 0),
      };
      const idle = area === 0 && count === 0;
      if (idle) known = false;
      const told = known || !idle;
      area = 0;
      count = 0;
      alreadyTold = 0;
      periodFrom = now;
      return told ? stat : null;
    },
  };
}
