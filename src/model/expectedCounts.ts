import type { PerSecond } from "../base/units.ts";
import type { Counts, FailureKind } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * Expected numbers of requests in the scenario's duration, in the steady state; null where it has no duration. None of them is
 * measured.
 *
 * @param lost the shares of requests that fail, by kind
 */
export function expectedCounts(
  { duration }: Scenario,
  rate: PerSecond,
  lost: Readonly<Partial<Record<FailureKind, number>>> = {},
): Counts | null {
  const scheduled = Math.round(rate * duration);
  if (!Number.isSafeInteger(scheduled)) return null;
  const kinds = Object.entries(lost).map(([kind, share]) => [kind, Math.round(scheduled * share)] as const);
  const failed = kinds.reduce((sum, [, count]) => sum + count, 0);
  return {
    scheduled,
    sent: scheduled,
    completed: scheduled - failed,
    failed: Object.fromEntries(kinds.filter(([, count]) => count > 0)),
    dropped: 0,
    unsent: 0,
    measured: 0,
  };
}
