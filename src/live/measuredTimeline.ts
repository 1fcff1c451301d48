import type { Timeline } from "../scenario/answer.ts";
import { orderStatistic } from "../scenario/latencyAnswer.ts";
import { completed } from "./measuredRows.ts";
import type { Occupancy } from "./occupancy.ts";
import type { OutcomeLog } from "./outcomes.ts";

/** Instances and latency over time, in steps of a second (or as the target counted); null where nothing arrived. */
export function timelineOf(log: OutcomeLog, occupancy: Occupancy | undefined): Timeline | null {
  if (log.length === 0) return null;
  const everySeconds = occupancy?.everySeconds ?? 1;
  const steps = Math.max(
    Math.floor(log.at[log.length - 1]! / everySeconds + 1e-9) + 1,
    occupancy?.readySteps.length ?? 0,
  );
  const latencies: number[][] = Array.from({ length: steps }, () => []);
  for (let i = 0; i < log.length; i++) {
    if (log.outcome[i] === completed) latencies[Math.floor(log.at[i]! / everySeconds)]?.push(log.latency[i]!);
  }
  const counts = (of: readonly number[] | undefined) => latencies.map((_, step) => of?.[step] ?? null);
  const quantiles = (p: number) =>
    latencies.map((values) => (values.length === 0 ? null : orderStatistic(Float64Array.from(values).sort(), p).value));
  return {
    everySeconds,
    ready: counts(occupancy?.readySteps),
    starting: counts(occupancy?.startingSteps),
    p50: quantiles(0.5),
    p99: quantiles(0.99),
  };
}
