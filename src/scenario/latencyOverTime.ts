import type { Seconds } from "../base/units.ts";
import { type Interval, quantileRanks } from "../stats/intervals.ts";
import { joinedWindows, timeWindows, widest, windowInterval, windowsMost } from "../stats/timeWindows.ts";
import type { LatencyAnswer } from "./answer.ts";
import { latencyAnswer, orderStatistic } from "./latencyAnswer.ts";
import { joinSamples, LatencyRecorder } from "./latencyRecorder.ts";
import type { ReportSpec } from "./scenario.ts";

/**
 * The law of a time measured over one stretch of time, with 95 % intervals that know that requests depend on each other.
 *
 * Requests that meet in a queue or a burst share their fate, so a sample is worth fewer requests than it holds. How many is seen from the scatter
 * between stretches of time (`windowInterval`). A quantile is an order statistic; its interval is the sample read at q ∓ the error of the
 * distribution function there (Woodruff's method), and never narrower than that of independent values. An end that the sample cannot
 * give is 0 or Infinity: a burst that was not seen may yet come.
 *
 * @param values seconds ≥ 0, one per request
 * @param instants at which these arrived, in seconds, as many as values
 * @param options.failedAt when requests arrived that failed; they count against the objective
 * @see Woodruff, JASA 47 (1952) 635
 */
export function latencyOverTime(
  values: Float64Array,
  instants: Float64Array,
  report: ReportSpec,
  { failedAt = new Float64Array() }: { readonly failedAt?: Float64Array } = {},
): LatencyAnswer {
  const windowOf = timeWindows(...span(instants, failedAt));
  const windows = Uint8Array.from(instants, windowOf);
  const recorders = Array.from({ length: windowsMost }, () => new LatencyRecorder(report));
  for (const [i, value] of values.entries()) recorders[windows[i]!]!.record(value);
  for (const at of failedAt) recorders[windowOf(at)]!.failures++;

  const samples = recorders.map((recorder) => recorder.sample());
  const laws = joinedWindows(samples, joinSamples).map((each) => latencyAnswer(each, report));
  const [law] = laws as [LatencyAnswer, ...LatencyAnswer[]];
  const widestOf = (pick: (law: LatencyAnswer) => Interval) => widest(laws.map(pick));
  const sorted = values.slice().sort();
  return {
    ...law,
    mean: widestOf(({ mean }) => mean),
    variance: widestOf(({ variance }) => variance),
    quantiles: report.quantiles.map((q) => ({ q, value: quantileOverTime(values, sorted, windows, q) })),
    cdf: law.cdf.map(({ at }, i) => ({ at, value: widestOf(({ cdf }) => cdf[i]!.value) })),
    buckets: law.buckets.map(({ upTo }, i) => ({ upTo, value: widestOf(({ buckets }) => buckets[i]!.value) })),
    withinObjective: law.withinObjective === null ? null : widestOf(({ withinObjective }) => withinObjective!),
  };
}

function span(instants: Float64Array, others: Float64Array): [Seconds, Seconds] {
  let [first, last] = [Infinity, -Infinity];
  for (const column of [instants, others]) {
    for (const at of column) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  }
  return [first, last];
}

function quantileOverTime(values: Float64Array, sorted: Float64Array, windows: Uint8Array, q: number): Interval {
  const n = sorted.length;
  const { value } = orderStatistic(sorted, q);
  if (n === 0 || q <= 0 || q >= 1) return { value, low: value, high: value };
  const reachOf = (isBelow: (x: Seconds) => boolean): number => {
    const parts = Array.from({ length: windowsMost }, () => ({ sum: 0, weight: 0 }));
    for (const [i, x] of values.entries()) {
      const part = parts[windows[i]!]!;
      part.weight++;
      if (isBelow(x)) part.sum++;
    }
    const { value, low, high } = windowInterval(parts);
    return Number.isNaN(high) ? 0 : Math.max(high - value, value - low);
  };
  // Where many values are equal, the distribution function jumps at the quantile: either side of it may be the less certain.
  const reach = Math.max(
    reachOf((x) => x <= value),
    reachOf((x) => x < value),
  );
  const alone = quantileRanks(n, q);
  const low = Math.min(alone.low, Math.floor((q - reach) * n));
  const high = Math.max(alone.high, Math.ceil((q + reach) * n) + 1);
  return { value, low: low < 1 ? 0 : sorted[low - 1]!, high: high > n ? Infinity : sorted[high - 1]! };
}
