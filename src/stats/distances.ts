import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";

/**
 * A distribution function as points joined by straight lines: P(X ≤ seconds[i]) = probability[i].
 *
 * Two points at one instant are an atom (the value just before, then the value at it); a first probability above 0
 * is an atom too. What is missing from 1 at the last point is taken to sit there. No points at all mean that the
 * time is infinite, as in an unstable queue.
 */
export interface Curve {
  readonly seconds: readonly Seconds[];
  readonly probability: readonly number[];
}

/**
 * The Kolmogorov–Smirnov distance of two curves: the largest gap between their distribution functions.
 *
 * Exact for piecewise linear curves with jumps, because the gap is largest at a corner of one of them, seen from the
 * left or from the right. O(m + n).
 *
 * @returns a number in [0, 1]; 1 when exactly one of the curves is empty
 * @throws {RangeError} if a curve's columns differ in length or fall
 * @see Gibbs & Su, On choosing and bounding probability metrics, Int. Stat. Rev. 70 (2002)
 * @example
 * ksDistance({ seconds: [0, 1], probability: [0, 1] }, { seconds: [0, 2], probability: [0, 1] }) // => 0.5
 */
export function ksDistance(a: Curve, b: Curve): number {
  let largest = 0;
  for (const { from, to } of gaps(a, b)) largest = Math.max(largest, Math.abs(from), Math.abs(to));
  return Math.min(1, largest);
}

/**
 * The Wasserstein-1 distance of two curves: the area between their distribution functions, which is the mean time by
 * which one must be shifted to become the other.
 *
 * @returns seconds ≥ 0; Infinity when exactly one of the curves is empty
 * @throws {RangeError} if a curve's columns differ in length or fall
 * @see Vallender, Calculation of the Wasserstein distance between probability distributions on the line (1974)
 * @example
 * wassersteinDistance({ seconds: [1, 1], probability: [0, 1] }, { seconds: [3, 3], probability: [0, 1] }) // => 2
 */
export function wassersteinDistance(a: Curve, b: Curve): Seconds {
  if (a.seconds.length === 0 || b.seconds.length === 0) return a.seconds.length === b.seconds.length ? 0 : Infinity;
  let area = 0;
  for (const { from, to, width } of gaps(a, b)) {
    // Where the gap changes sign within a piece, the two triangles count separately.
    const crossing = from * to < 0;
    const height = crossing ? (from * from + to * to) / (Math.abs(from) + Math.abs(to)) : Math.abs(from + to);
    area += (height / 2) * width;
  }
  return area;
}

/**
 * The empirical distribution function of a sample, a step up at each value.
 *
 * @param values a sample, in any order
 * @example
 * sampleCurve([2, 1]) // => { seconds: [1, 1, 2, 2], probability: [0, 0.5, 0.5, 1] }
 */
export function sampleCurve(values: ArrayLike<Seconds>): Curve {
  const sorted = Float64Array.from(values).sort();
  const seconds: Seconds[] = [];
  const probability: number[] = [];
  for (let i = 0; i < sorted.length; ) {
    const start = i;
    do i++;
    while (sorted[i] === sorted[start]);
    seconds.push(sorted[start]!, sorted[start]!);
    probability.push(start / sorted.length, i / sorted.length);
  }
  return { seconds, probability };
}

/**
 * The distance of a sample from a law: the one-sample Kolmogorov–Smirnov statistic.
 *
 * @param values a sample, in any order, at least one value
 * @param cdf P(X ≤ x) of the law, continuous where the sample has no ties
 * @returns a number in [0, 1]
 * @throws {RangeError} if the sample is empty
 * @example
 * ksToLaw([0.5], (x) => x) // => 0.5
 */
export function ksToLaw(values: ArrayLike<Seconds>, cdf: (x: Seconds) => number): number {
  check(values.length > 0, "ksToLaw", "the sample must hold a value", values.length);
  const { seconds, probability } = sampleCurve(values);
  let largest = 0;
  for (let i = 0; i < seconds.length; i++) largest = Math.max(largest, Math.abs(probability[i]! - cdf(seconds[i]!)));
  return largest;
}

/**
 * P(X ≤ x) on a curve; at an atom, the value at it.
 *
 * @example
 * curveProbability({ seconds: [0, 2], probability: [0, 1] }, 0.5) // => 0.25
 */
export function curveProbability({ seconds, probability }: Curve, x: Seconds): number {
  const n = seconds.length;
  if (!(x >= seconds[0]!)) return 0; // Nor is anything at or below x on an empty curve.
  if (x >= seconds[n - 1]!) return 1;
  let low = 0;
  let high = n;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (seconds[middle]! <= x) low = middle;
    else high = middle;
  }
  return interpolate(seconds[low]!, probability[low]!, seconds[low + 1]!, probability[low + 1]!, x);
}

/**
 * The smallest x with P(X ≤ x) ≥ p on a curve.
 *
 * @returns seconds; Infinity on an empty curve
 * @example
 * curveQuantile({ seconds: [0, 2], probability: [0, 1] }, 0.25) // => 0.5
 */
export function curveQuantile({ seconds, probability }: Curve, p: number): Seconds {
  const n = seconds.length;
  if (n === 0) return Infinity;
  let low = -1;
  let high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (probability[middle]! >= p) high = middle;
    else low = middle;
  }
  if (high === 0 || probability[high]! < p) return seconds[high]!;
  return interpolate(probability[high - 1]!, seconds[high - 1]!, probability[high]!, seconds[high]!, p);
}

interface Gap {
  /** F − G at the left end, after any jump there. */
  readonly from: number;
  /** F − G at the right end, before any jump there. */
  readonly to: number;
  readonly width: Seconds;
}

/** The pieces between neighbouring corners of either curve, each with the gap of the two at both ends. */
function* gaps(a: Curve, b: Curve): Generator<Gap> {
  const left = cursor(a);
  const right = cursor(b);
  let x = Math.min(left.next(), right.next());
  while (x < Infinity) {
    const from = left.at(x) - right.at(x);
    const next = Math.min(left.next(), right.next());
    yield { from, to: left.before(next) - right.before(next), width: next < Infinity ? next - x : 0 };
    x = next;
  }
}

/** Walks along one curve; `at` passes the corners up to x, `before` reads the line that leads to x. */
function cursor({ seconds, probability }: Curve) {
  check(seconds.length === probability.length, "curve", "columns must be of one length", probability.length);
  const n = seconds.length;
  let i = 0; // corners passed
  const line = (x: Seconds) =>
    i === 0 ? 0 : i === n ? 1 : interpolate(seconds[i - 1]!, probability[i - 1]!, seconds[i]!, probability[i]!, x);
  return {
    next: () => seconds[i] ?? Infinity,
    before: line,
    at(x: Seconds): number {
      while (seconds[i]! <= x) {
        check(!(seconds[i]! < seconds[i - 1]!), "curve", "seconds must not fall", seconds[i]);
        i++;
      }
      return line(x);
    },
  };
}

function interpolate(x0: number, y0: number, x1: number, y1: number, x: number): number {
  return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y1;
}
