import type { PerSecond } from "../base/units.ts";
import type { Counts } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * Expected numbers of requests in the scenario's duration, in the steady state; null where it has no duration. None of them is
 * measured.
 *
 * @param rejected the share of requests that is turned away
 */
export function expectedCounts({ duration }: Scenario, rate: PerSecond, rejected: number): Counts | null {
  const scheduled = Math.round(rate * duration);
  if (!Number.isSafeInteger(scheduled)) return null;
  const failed = Math.round(scheduled * rejected);
  return {
    scheduled,
    sent: scheduled,
    completed: scheduled - failed,
    failed: failed > 0 ? { rejected: failed } : {},
    dropped: 0,
    unsent: 0,
    measured: 0,
  };
}
