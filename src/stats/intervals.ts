import { check } from "../base/check.ts";
import { normalQuantile } from "../numerics/erf.ts";
import { logGamma } from "../numerics/gamma.ts";
import type { Moments } from "./moments.ts";
import { studentQuantile } from "./studentQuantile.ts";

/** A figure and its interval; NaN where there were no data. Every interval here is two-sided at `level` (default 95 %). */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const unknown: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

/** One independent part (replication or batch) of a ratio: Σ of what is measured over Σ of how often. */
export interface RatioPart {
  readonly sum: number;
  readonly weight: number;
}

/**
 * The standard error of Σ sum / Σ weight over independent parts: the ratio estimator, which lets parts differ in size.
 *
 * @returns NaN with fewer than two parts
 * @see Cochran, Sampling Techniques (1977), §6.4
 */
export function ratioError(parts: readonly RatioPart[]): number {
  const { ratio, weight } = ratioOf(parts);
  const n = parts.length;
  if (n < 2) return Number.NaN;
  let squares = 0;
  for (const part of parts) squares += (part.sum - ratio * part.weight) ** 2;
  return Math.sqrt((squares * n) / (n - 1)) / weight;
}

/**
 * Σ sum / Σ weight over independent parts with Student's interval on parts − 1 degrees of freedom.
 *
 * @param parts replications of a simulation, or batches of one long run; one part gives an interval of NaN
 */
export function ratioInterval(parts: readonly RatioPart[], level = 0.95): Interval {
  const { ratio } = ratioOf(parts);
  const error = ratioError(parts);
  if (Number.isNaN(error)) return { value: ratio, low: Number.NaN, high: Number.NaN };
  const reach = error * studentQuantile((1 + level) / 2, parts.length - 1);
  return { value: ratio, low: ratio - reach, high: ratio + reach };
}

function ratioOf(parts: readonly RatioPart[]): { ratio: number; weight: number } {
  let sum = 0;
  let weight = 0;
  for (const part of parts) {
    sum += part.sum;
    weight += part.weight;
  }
  return { ratio: weight === 0 ? Number.NaN : sum / weight, weight };
}

/** The mean of independent values with Student's interval. */
export function meanInterval({ count, mean, squares }: Moments, level = 0.95): Interval {
  if (count === 0) return unknown;
  if (count === 1) return { value: mean, low: Number.NaN, high: Number.NaN };
  const reach = Math.sqrt(squares / (count - 1) / count) * studentQuantile((1 + level) / 2, count - 1);
  return { value: mean, low: mean - reach, high: mean + reach };
}

/**
 * A share of independent trials with Wilson's score interval, which stays inside [0, 1] and is sound at 0 and 1.
 *
 * @param successes in [0, trials]
 * @see Wilson, JASA 22 (1927) 209
 * @example
 * wilsonInterval(0, 100).high.toFixed(4) // => "0.0370"
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials === 0) return unknown;
  check(successes >= 0 && successes <= trials, "wilsonInterval", "successes must be in [0, trials]", successes);
  const z = normalQuantile((1 + level) / 2);
  const p = successes / trials;
  const scale = 1 + (z * z) / trials;
  const middle = (p + (z * z) / (2 * trials)) / scale;
  const reach = (z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))) / scale;
  return {
    value: p,
    low: successes === 0 ? 0 : Math.max(0, middle - reach),
    high: successes === trials ? 1 : Math.min(1, middle + reach),
  };
}

/**
 * The ranks (1-based) of the order statistics that enclose the p-quantile with at least the given confidence.
 *
 * Free of assumptions on the law: rank k lies below the quantile with binomial probability. Exact sums up to 1000 values, the normal
 * approximation with a half-rank correction beyond.
 *
 * @param count values, ≥ 1
 * @param p in (0, 1)
 * @returns low in [0, n], high in [1, n + 1]: 0 and n + 1 mean that the sample has no such bound
 * @see David & Nagaraja, Order Statistics (2003), §7.1
 * @example
 * quantileRanks(100, 0.5) // => { low: 40, high: 61 }
 */
export function quantileRanks(count: number, p: number, level = 0.95): { readonly low: number; readonly high: number } {
  check(count >= 1, "quantileRanks", "count must be ≥ 1", count);
  check(p > 0 && p < 1, "quantileRanks", "p must be in (0, 1)", p);
  const tail = (1 - level) / 2;
  if (count > 1000) {
    const reach = normalQuantile(1 - tail) * Math.sqrt(count * p * (1 - p));
    return {
      low: Math.max(0, Math.floor(count * p - reach)),
      high: Math.min(count + 1, Math.ceil(count * p + reach) + 1),
    };
  }
  let below = 0; // P(at most k values below the quantile)
  let low = 0;
  let high = count + 1;
  for (let k = 0; k < count; k++) {
    const ways = logGamma(count + 1) - logGamma(k + 1) - logGamma(count - k + 1);
    below += Math.exp(ways + k * Math.log(p) + (count - k) * Math.log1p(-p));
    if (below <= tail) low = k + 1;
    if (below >= 1 - tail && high > count) high = k + 1;
  }
  return { low, high };
}
