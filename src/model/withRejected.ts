import type { PerSecond } from "../base/units.ts";
import type { AvailableAnswer, FailureKind } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { expectedCounts } from "./expectedCounts.ts";

/** An answer of those who are accepted, with the others counted: they are never within the objective. */
export function withRejected(
  scenario: Scenario,
  answer: AvailableAnswer,
  {
    rate,
    rejected,
    as = "rejected",
  }: { readonly rate: PerSecond; readonly rejected: number; readonly as?: FailureKind },
): AvailableAnswer {
  const within = answer.latency.withinObjective;
  const kept = (value: number): number => value * (1 - rejected);
  const share = `a share of ${Number(rejected.toPrecision(6))} of the requests fails (${as})`;
  return {
    ...answer,
    reason: answer.reason === undefined ? share : `${share}; ${answer.reason}`,
    counts: expectedCounts(scenario, rate, { [as]: rejected }),
    latency: {
      ...answer.latency,
      withinObjective:
        within === null ? null : { value: kept(within.value), low: kept(within.low), high: kept(within.high) },
    },
  };
}
