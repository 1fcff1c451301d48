import type { Seconds } from "../base/units.ts";
import { normalQuantile } from "../numerics/erf.ts";
import { bucketOf, Histogram } from "../stats/histogram.ts";
import {
  type Interval,
  meanInterval,
  quantileRanks,
  type RatioPart,
  ratioError,
  ratioInterval,
  unknown,
  wilsonInterval,
} from "../stats/intervals.ts";
import { variance } from "../stats/moments.ts";
import { studentQuantile } from "../stats/studentQuantile.ts";
import type { LatencyAnswer } from "./answer.ts";
import { joinSamples, LatencyRecorder, type LatencySample, reportEdges } from "./latencyRecorder.ts";
import type { ReportSpec } from "./scenario.ts";

/**
 * The law of a time from independent runs, with 95 % intervals.
 *
 * Two runs or more: intervals from the scatter between runs (Student's t). One run: its values are taken as independent. A quantile's interval is
 * the pooled law read at p ∓ the error of its distribution function there, which needs no density and holds on atoms (Woodruff's method).
 *
 * @param samples replications, or the batches of one long run
 * @param report which quantiles, instants and buckets
 * @see Woodruff, JASA 47 (1952) 635
 */
export function latencyAnswer(samples: readonly LatencySample[], report: ReportSpec): LatencyAnswer {
  const used = samples.filter(({ moments, failures }) => moments.count + failures > 0);
  const all = joinSamples(used.length === 0 ? samples.slice(0, 1) : used);
  const histogram = new Histogram();
  histogram.addCounts(all.counts);
  const edges = reportEdges(report);
  const cumulative = used.map(({ counts }) => runningSum(counts));
  const repeats = designEffect(histogram, used, cumulative);
  const shareUpTo = (edge: Seconds, among: "completed" | "measured"): Interval =>
    share(
      used.map((sample) => ({ sum: countUpTo(sample, edges, edge), weight: weightOf(sample, among) })),
      repeats,
    );

  return {
    mean: meanOf(used, all),
    variance: varianceOf(used, all),
    quantiles: report.quantiles.map((q) => ({
      q,
      value: quantileOf(histogram, all, used, cumulative, { q, repeats }),
    })),
    cdf: report.cdfAt.map((at) => ({ at, value: shareUpTo(at, "completed") })),
    buckets: [...report.buckets, Infinity].map((upTo, i) => ({
      upTo,
      value: share(
        used.map((sample) => ({
          sum: countUpTo(sample, edges, upTo) - (i === 0 ? 0 : countUpTo(sample, edges, report.buckets[i - 1]!)),
          weight: sample.moments.count,
        })),
        repeats,
      ),
    })),
    curve: histogram.curve(),
    withinObjective: report.objective === null ? null : shareUpTo(report.objective, "measured"),
    hdr: histogram.toHdr(),
  };
}

/**
 * The law of a time from one sample of independent values, quantiles by order statistics (exact, with distribution-free intervals).
 *
 * @param values seconds ≥ 0, in any order; not changed
 * @param options.failures measured requests without a latency; they count against the objective
 */
export function latencyAnswerOf(
  values: Float64Array,
  report: ReportSpec,
  { failures = 0 }: { readonly failures?: number } = {},
): LatencyAnswer {
  const recorder = new LatencyRecorder(report);
  recorder.failures = failures;
  for (const value of values) recorder.record(value);
  const sorted = values.slice().sort();
  const quantiles = report.quantiles.map((q) => ({ q, value: orderStatistic(sorted, q) }));
  return { ...latencyAnswer([recorder.sample()], report), quantiles };
}

/** The p-quantile of sorted values with its distribution-free 95 % interval; a missing bound is the sample's own. */
export function orderStatistic(sorted: Float64Array, p: number): Interval {
  const n = sorted.length;
  if (n === 0) return unknown;
  const at = (rank: number) => sorted[Math.min(n, Math.max(1, rank)) - 1]!;
  const value = at(Math.ceil(p * n - 1e-9));
  if (p <= 0 || p >= 1) return { value, low: value, high: value };
  const { low, high } = quantileRanks(n, p);
  return { value, low: at(low), high: at(high) };
}

/**
 * A share per part, pooled.
 *
 * Where few independent requests lie on one side, the scatter between parts says little; Wilson's interval on the number of requests that would
 * be independent stands in.
 *
 * @param repeats how many requests say as much as one independent one (see `designEffect`)
 */
export function share(parts: readonly RatioPart[], repeats = 1): Interval {
  let sum = 0;
  let weight = 0;
  for (const part of parts) {
    sum += part.sum;
    weight += part.weight;
  }
  if (weight === 0) return unknown;
  const rare = Math.min(sum, weight - sum) / repeats < fewEvents;
  const independent = Math.max(1, weight / repeats);
  const alone = wilsonInterval(Math.min(1, sum / weight) * independent, independent);
  if (parts.length < 2) return { ...alone, value: sum / weight };
  const { value, low, high } = ratioInterval(parts);
  if (!rare) return { value, low: Math.max(0, low), high: Math.min(1, high) };
  return { value, low: Math.max(0, Math.min(low, alone.low)), high: Math.min(1, Math.max(high, alone.high)) };
}

/** Below this many independent events Student's interval is not to be trusted alone. */
const fewEvents = 5;

/**
 * How many requests say as much as one independent request: the variance of the distribution function at the 90th percentile against that of
 * independent values. Latencies in one busy period are alike, so this can be thousands.
 *
 * @see Kish, Survey Sampling (1965), §8.2
 */
function designEffect(
  histogram: Histogram,
  samples: readonly LatencySample[],
  cumulative: readonly Float64Array[],
): number {
  if (samples.length < 2 || histogram.count === 0) return 1;
  const bucket = histogram.bucketAt(0.9);
  const parts = samples.map(({ moments }, i) => ({ sum: upTo(cumulative[i]!, bucket), weight: moments.count }));
  const p = parts.reduce((sum, part) => sum + part.sum, 0) / histogram.count;
  if (p <= 0 || p >= 1) return 1;
  return Math.max(1, (ratioError(parts) ** 2 * histogram.count) / (p * (1 - p)));
}

const weightOf = ({ moments, failures }: LatencySample, among: "completed" | "measured"): number =>
  among === "completed" ? moments.count : moments.count + failures;

function countUpTo({ bins, moments }: LatencySample, edges: Float64Array, upTo: Seconds): number {
  if (upTo === Infinity) return moments.count;
  let count = 0;
  for (let i = 0; i < edges.length && edges[i]! <= upTo; i++) count += bins[i]!;
  return count;
}

function meanOf(samples: readonly LatencySample[], all: LatencySample): Interval {
  if (samples.length < 2) return meanInterval(all.moments);
  return atLeastZero(
    ratioInterval(samples.map(({ moments: { count, mean } }) => ({ sum: mean * count, weight: count }))),
  );
}

function varianceOf(samples: readonly LatencySample[], all: LatencySample): Interval {
  const value = variance(all.moments);
  if (samples.length < 2) return { value, low: Number.NaN, high: Number.NaN };
  const parts = samples.map(({ moments: { count, mean, squares } }) => ({
    sum: squares + count * (mean - all.moments.mean) ** 2,
    weight: count,
  }));
  const reach = ratioError(parts) * studentQuantile(0.975, parts.length - 1);
  return atLeastZero({ value, low: value - reach, high: value + reach });
}

const atLeastZero = ({ value, low, high }: Interval): Interval => ({ value, low: low < 0 ? 0 : low, high });

function quantileOf(
  histogram: Histogram,
  all: LatencySample,
  samples: readonly LatencySample[],
  cumulative: readonly Float64Array[],
  { q, repeats }: { readonly q: number; readonly repeats: number },
): Interval {
  const n = all.moments.count;
  if (n === 0) return unknown;
  const bucket = histogram.bucketAt(q);
  const alone = normalQuantile(0.975) * Math.sqrt((q * (1 - q) * repeats) / n);
  let reach = alone;
  if (samples.length >= 2) {
    const errorAt = (b: number) =>
      ratioError(samples.map(({ moments }, i) => ({ sum: upTo(cumulative[i]!, b), weight: moments.count })));
    reach =
      Math.max(errorAt(bucket), bucket > 0 ? errorAt(bucket - 1) : 0) * studentQuantile(0.975, samples.length - 1);
    if (((1 - q) * n) / repeats < fewEvents) reach = Math.max(reach, alone);
  }
  return {
    value: inRange(histogram.quantile(q), all),
    low: q - reach <= 0 ? all.minimum : inRange(histogram.quantile(q - reach), all),
    high: q + reach >= 1 ? all.maximum : inRange(histogram.quantile(q + reach), all),
  };
}

/** The middle of a bucket may lie outside the sample; a constant must come back as itself. */
const inRange = (seconds: Seconds, { minimum, maximum }: LatencySample): Seconds =>
  bucketOf(minimum) === bucketOf(seconds) && bucketOf(maximum) === bucketOf(seconds)
    ? (minimum + maximum) / 2
    : Math.min(maximum, Math.max(minimum, seconds));

function runningSum(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i]!;
    sums[i] = sum;
  }
  return sums;
}

const upTo = (sums: Float64Array, bucket: number): number =>
  sums.length === 0 ? 0 : sums[Math.min(bucket, sums.length - 1)]!;
