import type { Seconds } from "../../base/units.ts";
import { normalQuantile } from "../../numerics/erf.ts";
import type { Estimate, LatencyAnswer } from "../../scenario/answer.ts";
import type { ReportSpec } from "../../scenario/scenario.ts";
import type { Bin, ImportedLaw, ImportSource, Stated } from "./importer.ts";
import { isCount, isTime, refuse } from "./reading.ts";

export type BinnedLaw = Extract<ImportedLaw, { readonly bins: readonly Bin[] }>;

const nothing: Estimate = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

/**
 * A law known by a few quantiles: what lies between two of them may be anywhere there.
 *
 * @param quantiles levels that rise strictly, times that do not fall; level 0 is the minimum and level 1 the maximum
 */
export function betweenQuantiles(
  source: ImportSource,
  quantiles: readonly { readonly q: number; readonly seconds: number }[],
  {
    count,
    stated = {},
    rounding = {},
  }: {
    readonly count: number | null;
    readonly stated?: Omit<Stated, "quantiles">;
    readonly rounding?: Rounding;
  },
): BinnedLaw {
  const bins: Bin[] = [];
  let [before, from] = [0, 0];
  for (const { q, seconds } of quantiles) {
    if (!(q >= before && q <= 1)) refuse(source, `percentiles must rise, got ${100 * q} after ${100 * before}`);
    if (!(seconds >= from && isTime(seconds))) {
      refuse(
        source,
        `the time at ${Number((100 * q).toPrecision(9))} % must not be less than the one before, got ${seconds} s`,
      );
    }
    if (q > before) bins.push({ low: from, high: seconds, weight: q - before });
    [before, from] = [q, seconds];
  }
  if (quantiles.length === 0) refuse(source, "holds no percentile");
  if (before < 1) bins.push({ low: from, high: Infinity, weight: 1 - before });
  if (count !== null && !(isCount(count) && count > 0)) {
    refuse(source, count === 0 ? "holds no request that succeeded" : `a count must be a whole number, got ${count}`);
  }
  // Tools differ by a rank in what they call a percentile, which moves a request from one range into the next.
  const ranks = count === null ? 1 : Math.min(1, (quantiles.length + 1) / count);
  checkMoments(source, bins, stated, { ...rounding, ranks });
  return { holds: "summary", bins, count, stated: { ...stated, quantiles } };
}

/** Bins from ranges with counts, or what is wrong with them. */
export function histogramOf(
  source: ImportSource,
  bins: readonly Bin[],
  stated: Stated = {},
): BinnedLaw & { readonly count: number } {
  let count = 0;
  for (const [i, { low, high, weight }] of bins.entries()) {
    const before = bins[i - 1]?.high ?? 0;
    if (!(low >= before && isTime(low) && high >= low && (isTime(high) || high === Infinity)))
      refuse(source, `ranges of times must follow one another, got ${low} s to ${high} s`);
    if (!isCount(weight)) refuse(source, `a count must be a whole number, got ${weight}`);
    count += weight;
  }
  if (count === 0) refuse(source, "holds no request that succeeded");
  checkMoments(source, bins, stated, {});
  return { holds: "histogram", bins: bins.filter(({ weight }) => weight > 0), count, stated };
}

/** How coarsely a tool gives the times that its mean is held against. */
interface Rounding {
  /** As a share of a time; 1 % where nothing is said. */
  readonly relative?: number;
  /** In seconds. */
  readonly absolute?: Seconds;
}

/** Refuses a mean or deviation that values in these ranges cannot have: one of the two is damaged, or in another unit. */
function checkMoments(
  source: ImportSource,
  bins: readonly Bin[],
  { mean, standardDeviation }: Stated,
  { relative = 0.01, absolute = 0, ranks = 0 }: Rounding & { readonly ranks?: number },
): void {
  const filled = bins.filter(({ weight }) => weight > 0);
  const [least, most] = [filled[0]!.low, filled.at(-1)!.high];
  const total = filled.reduce((sum, { weight }) => sum + weight, 0);
  const average = (of: (bin: Bin) => number): number =>
    filled.reduce((sum, bin) => sum + (bin.weight / total) * of(bin), 0);
  if (mean !== undefined) {
    const slack = (ranks === 0 ? 0 : ranks * (most - least)) + absolute;
    const low = Math.max(least, average((bin) => bin.low) - slack) * (1 - relative) - absolute;
    const high = Math.min(most, average((bin) => bin.high) + slack) * (1 + relative) + absolute;
    if (!(mean >= low && mean <= high)) {
      refuse(source, `a mean of ${mean} s does not go with the times, whose mean lies from ${low} to ${high} s`);
    }
  }
  // No law within a range deviates by more than half of it; that of a sample of two is √2 times as much.
  const widest = ((most - least) / 2) * Math.SQRT2 * (1 + relative) + relative * least + absolute;
  if (standardDeviation !== undefined && !(standardDeviation >= 0 && standardDeviation <= widest)) {
    refuse(source, `a deviation of ${standardDeviation} s does not go with times from ${least} to ${most} s`);
  }
}

/**
 * The figures of a binned law. A value is read on the straight line through its bin, unless the tool stated it; its interval holds all of
 * the bins that the 95 % interval of its level touches, so that what the file does not say is not pretended.
 */
export function binnedLatency(
  { bins, count, stated = {} }: BinnedLaw,
  report: ReportSpec,
  { failures = 0 }: { readonly failures?: number } = {},
): LatencyAnswer {
  const total = bins.reduce((sum, { weight }) => sum + weight, 0);
  const parts: Part[] = [];
  let seen = 0;
  for (const { low, high, weight } of bins) {
    const from = seen / total;
    seen += weight;
    parts.push({ low, high, from, to: seen / total });
  }
  const reach = (p: number): number =>
    count === null ? Number.NaN : normalQuantile(0.975) * Math.sqrt((p * (1 - p)) / count);
  const cdf = (x: number): Estimate => cdfOf(parts, x, reach);
  const completed = count === null ? 1 : count / (count + failures);
  const { mean, variance } = momentsOf(parts, stated, count);
  return {
    mean,
    variance,
    quantiles: report.quantiles.map((q) => ({ q, value: quantileOf(parts, q, reach(q), stated) })),
    cdf: report.cdfAt.map((x) => ({ at: x, value: cdf(x) })),
    buckets: [...report.buckets, Infinity].map((upTo, i) => ({
      upTo,
      value: difference(upTo === Infinity ? one : cdf(upTo), i === 0 ? zero : cdf(report.buckets[i - 1]!)),
    })),
    curve: curveOf(parts),
    withinObjective: report.objective === null ? null : scaled(cdf(report.objective), completed),
  };
}

interface Part {
  readonly low: number;
  readonly high: number;
  readonly from: number;
  readonly to: number;
}

const zero: Estimate = { value: 0, low: 0, high: 0 };
const one: Estimate = { value: 1, low: 1, high: 1 };
const scaled = ({ value, low, high }: Estimate, by: number): Estimate => ({
  value: value * by,
  low: low * by,
  high: high * by,
});
const difference = (a: Estimate, b: Estimate): Estimate => ({
  value: Math.max(0, a.value - b.value),
  low: Math.max(0, a.low - b.high),
  high: Math.min(1, Math.max(0, a.high - b.low)),
});

const partAt = (parts: readonly Part[], p: number): Part => parts.find(({ to }) => to >= p - 1e-12) ?? parts.at(-1)!;

function quantileOf(parts: readonly Part[], q: number, reach: number, stated: Stated): Estimate {
  const part = partAt(parts, q);
  const own = stated.quantiles?.find((row) => Math.abs(row.q - q) < 1e-9)?.seconds;
  const share = (q - part.from) / (part.to - part.from);
  const line =
    part.high === Infinity ? Number.NaN : part.low + (part.high - part.low) * Math.min(1, Math.max(0, share));
  const value = own ?? line;
  if (Number.isNaN(reach)) return own === undefined ? { value, low: part.low, high: part.high } : { ...nothing, value };
  return { value, low: partAt(parts, Math.max(0, q - reach)).low, high: partAt(parts, Math.min(1, q + reach)).high };
}

function cdfOf(parts: readonly Part[], x: number, reach: (p: number) => number): Estimate {
  const part = parts.find(({ high }) => high > x);
  if (part === undefined) return one;
  const p =
    part.high === Infinity || x < part.low
      ? part.from
      : part.from + ((part.to - part.from) * (x - part.low)) / (part.high - part.low);
  const inside = x > part.low;
  const error = reach(p);
  if (Number.isNaN(error)) return inside ? { value: p, low: part.from, high: part.to } : { ...nothing, value: p };
  return { value: p, low: Math.max(0, part.from - error), high: Math.min(1, (inside ? part.to : part.from) + error) };
}

function momentsOf(
  parts: readonly Part[],
  stated: Stated,
  count: number | null,
): { readonly mean: Estimate; readonly variance: Estimate } {
  const closed = parts.at(-1)!.high < Infinity;
  const average = (value: (part: Part) => number): number =>
    parts.reduce((sum, part) => sum + (part.to - part.from) * value(part), 0);
  const middle = closed ? average(({ low, high }) => (low + high) / 2) : Number.NaN;
  const mean = stated.mean ?? middle;
  const spread = closed
    ? average(({ low, high }) => ((low + high) / 2 - middle) ** 2 + (high - low) ** 2 / 12)
    : Number.NaN;
  const variance = stated.standardDeviation === undefined ? spread : stated.standardDeviation ** 2;
  const error = count === null ? Number.NaN : normalQuantile(0.975) * Math.sqrt(variance / count);
  return {
    mean: { value: mean, low: Math.max(0, mean - error), high: mean + error },
    variance: { ...nothing, value: variance },
  };
}

/** Each bin a straight piece, in as many parts as make 200 points; what lies in an open bin is not drawn. */
function curveOf(parts: readonly Part[]): LatencyAnswer["curve"] {
  const closed = parts.filter(({ high }) => high < Infinity);
  const pieces = Math.ceil(200 / Math.max(1, closed.length));
  const seconds: number[] = [];
  const probability: number[] = [];
  for (const { low, high, from, to } of closed) {
    for (let k = 0; k <= pieces; k++) {
      seconds.push(k === pieces ? high : low + ((high - low) * k) / pieces);
      probability.push(k === pieces ? to : from + ((to - from) * k) / pieces);
    }
  }
  return { seconds, probability };
}
