import type { Seconds } from "../base/units.ts";
import type { Estimate } from "../scenario/answer.ts";

export type Verdict = "agree" | "disagree" | "inconclusive";

/** What counts as agreement: a quantile within a ratio or within an absolute difference, and a distance of the laws. */
export interface Tolerance {
  /** Above 1: agreement is a ratio in [1/quantileRatio, quantileRatio]. */
  readonly quantileRatio: number;
  readonly absolute: Seconds;
  /** The largest Kolmogorov–Smirnov distance. */
  readonly ks: number;
}

/**
 * predicted ÷ measured with its 95 % interval, the two being independent.
 *
 * The half-widths of the logarithms are combined in quadrature, each side by itself, so that skewed intervals stay
 * skewed (method of variance estimates recovery). An unknown end of an interval counts as unbounded.
 *
 * @returns a ratio ≥ 0; NaN where a value is unknown; 1 where both are 0
 * @see Donner & Zou, Closed-form confidence intervals for functions of the normal mean and standard deviation,
 * Stat. Methods Med. Res. 21 (2012)
 * @example
 * ratioOf({ value: 4, low: 4, high: 4 }, { value: 2, low: 1, high: 4 }) // => { value: 2, low: 1, high: 4 }
 */
export function ratioOf(predicted: Estimate, measured: Estimate): Estimate {
  if (predicted.value === measured.value && isExact(predicted) && isExact(measured))
    return { value: 1, low: 1, high: 1 };
  const difference = subtract(mapEnds(predicted, log), mapEnds(measured, log));
  const { value, low, high } = mapEnds(difference, Math.exp);
  // Without the logarithms' rounding where division is exact; as in them, no time is below zero.
  const [p, m] = [Math.max(0, predicted.value), Math.max(0, measured.value)];
  const ratio = p === m ? 1 : p / m;
  return { value: Number.isNaN(value) ? Number.NaN : ratio, low: Math.min(low, ratio), high: Math.max(high, ratio) };
}

/**
 * predicted − measured with its 95 % interval, combined in the same way.
 *
 * @example
 * differenceOf({ value: 5, low: 2, high: 8 }, { value: 1, low: -3, high: 5 }) // => { value: 4, low: -1, high: 9 }
 */
export function differenceOf(predicted: Estimate, measured: Estimate): Estimate {
  return subtract(
    mapEnds(predicted, (x) => x),
    mapEnds(measured, (x) => x),
  );
}

/** The difference as an answer may hold it: what lies endlessly far below is unknown. */
export function knownDifference(predicted: Estimate, measured: Estimate): Estimate {
  return mapEach(differenceOf(predicted, measured), (x) => (x === -Infinity ? Number.NaN : x));
}

/**
 * The verdict on one quantile: agree where the interval of the ratio or that of the difference lies inside the
 * tolerance, disagree where both lie wholly outside theirs, inconclusive otherwise.
 *
 * Widening either estimate can only turn a verdict into "inconclusive".
 *
 * @example
 * const tolerance = { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 };
 * judgeQuantile({ value: 2, low: 2, high: 2 }, { value: 1, low: 1, high: 1 }, tolerance) // => "disagree"
 */
export function judgeQuantile(predicted: Estimate, measured: Estimate, tolerance: Tolerance): Verdict {
  const sides = bands(predicted, measured, tolerance);
  if (sides.some(({ estimate, bound }) => estimate.low >= -bound && estimate.high <= bound)) return "agree";
  return sides.every(({ estimate, bound }) => estimate.low > bound || estimate.high < -bound)
    ? "disagree"
    : "inconclusive";
}

/**
 * By how much the intervals must shrink before the verdict on a quantile is no longer "inconclusive".
 *
 * @returns a factor ≥ 1, squared it multiplies the number of requests; Infinity where the values lie on the edge of
 * the tolerance or are unknown
 */
export function shrinkNeeded(predicted: Estimate, measured: Estimate, tolerance: Tolerance): number {
  const factors = bands(predicted, measured, tolerance).map(({ estimate: { value, low, high }, bound }) => {
    if (Math.abs(value) <= bound) {
      return { inside: true, factor: Math.max(share(high - value, bound - value), share(value - low, value + bound)) };
    }
    return {
      inside: false,
      factor: value > bound ? share(value - low, value - bound) : share(high - value, -bound - value),
    };
  });
  const inside = factors.filter((side) => side.inside).map((side) => side.factor);
  const needed = inside.length > 0 ? Math.min(...inside) : Math.max(...factors.map((side) => side.factor));
  return needed >= 1 ? needed : Number.isNaN(needed) ? Infinity : 1;
}

/** Both ways of looking at a pair, each as an estimate that should lie in [−bound, bound]. */
function bands(predicted: Estimate, measured: Estimate, { quantileRatio, absolute }: Tolerance) {
  return [
    { estimate: mapEnds(ratioOf(predicted, measured), log), bound: Math.log(quantileRatio) },
    { estimate: differenceOf(predicted, measured), bound: absolute },
  ];
}

/** x − y; each end takes the half-widths that push it outwards, in quadrature. */
function subtract(x: Estimate, y: Estimate): Estimate {
  const value = gap(x.value, y.value);
  if (!Number.isFinite(value)) {
    // Half-widths mean nothing around an infinite value: the extreme ends bound the difference instead.
    return { value, low: or(gap(x.low, y.high), -Infinity), high: or(gap(x.high, y.low), Infinity) };
  }
  return {
    value,
    low: value - Math.hypot(gap(x.value, x.low), gap(y.high, y.value)),
    high: value + Math.hypot(gap(x.high, x.value), gap(y.value, y.low)),
  };
}

const log = (x: number): number => Math.log(Math.max(0, x));
const or = (x: number, otherwise: number): number => (Number.isNaN(x) ? otherwise : x);
/** Two infinite times are equal. */
const gap = (a: number, b: number): number => (a === b ? 0 : a - b);
const share = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);
const isExact = ({ value, low, high }: Estimate): boolean => low === value && high === value;

const mapEach = ({ value, low, high }: Estimate, map: (x: number) => number): Estimate => ({
  value: map(value),
  low: map(low),
  high: map(high),
});

/** An end that is unknown lies anywhere. */
const mapEnds = ({ value, low, high }: Estimate, map: (x: number) => number): Estimate =>
  mapEach({ value, low: or(low, -Infinity), high: or(high, Infinity) }, map);
