import { invariant } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { KnativeStat } from "./metricCollector.ts";

/** What an activator knows of one revision's load, told once a second. */
export interface ConcurrencyReporter {
  /** A request came in; returns the stat to send at once when the revision was not known. */
  enter(now: Seconds): KnativeStat | null;
  leave(now: Seconds): void;
  /** The figures of the period since the last report; null where the revision is not known. */
  report(now: Seconds): KnativeStat | null;
}

const firstStat: KnativeStat = { concurrency: 1, requestsPerSecond: 1 };

/**
 * Time-average concurrency and request count of each reporting period, waiting requests included.
 *
 * The first request of an unknown revision is told at once as {1, 1}, so that a start does not wait for the period to end; that
 * period's report leaves it out. A revision is forgotten after a whole period without a request.
 *
 * @param startSeconds when the first period begins
 * @see knative/serving pkg/activator/handler/concurrency_reporter.go (v0.50)
 */
export function concurrencyReporter(startSeconds: Seconds): ConcurrencyReporter {
  let inHand = 0;
  let count = 0;
  let area = 0;
  let seconds = 0;
  let changedAt = startSeconds;
  let known = false;
  let toldAtOnce = 0;

  const advance = (now: Seconds): void => {
    const time = now - changedAt;
    changedAt = now;
    if (!(time > 0)) return; // A report may be stamped before the last request.
    area += inHand * time;
    seconds += time;
  };

  return {
    enter(now) {
      advance(now);
      inHand++;
      count++;
      if (known) return null;
      known = true;
      toldAtOnce = 1;
      area = 0;
      seconds = 0;
      return firstStat;
    },
    leave(now) {
      invariant(inHand > 0, "a request leaves once");
      advance(now);
      inHand--;
    },
    report(now) {
      advance(now);
      if (!known) return null;
      const average = seconds > 0 ? area / seconds : 0;
      const stat = { concurrency: Math.max(0, average - toldAtOnce), requestsPerSecond: count - toldAtOnce };
      known = average > 0 || inHand > 0;
      area = 0;
      seconds = 0;
      count = 0;
      toldAtOnce = 0;
      return stat;
    },
  };
}
