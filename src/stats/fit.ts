import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { normalCdf } from "../numerics/erf.ts";
import { ksToLaw } from "./distances.ts";
import { fitLognormalMixture, type LogNormalPart, logNormalDensity } from "./lognormalMixture.ts";

interface Lognormal {
  readonly kind: "lognormal";
  readonly mean: Seconds;
  readonly scv: number;
}

/** A law fitted to observed times, as plain data in the words of a scenario. */
export type FittedLaw =
  | { readonly kind: "deterministic"; readonly value: Seconds }
  | Lognormal
  | { readonly kind: "shifted"; readonly by: Seconds; readonly of: Lognormal }
  | { readonly kind: "mixture"; readonly of: readonly { readonly weight: number; readonly of: Lognormal }[] }
  | { readonly kind: "empirical"; readonly values: readonly Seconds[] };

export interface TimeFit {
  readonly law: FittedLaw;
  readonly n: number;
  /** Distance of the sample from the law; null where the law restates the sample. */
  readonly ks: number | null;
  /** In words: why this law, and how well it fits. */
  readonly note: string;
}

/** From this many values on a law is fitted; below it the sample stands for itself. */
const enoughToFit = 5;
/** Two populations are told apart only with this many. */
const enoughForTwo = 30;
/** A fit this close is taken however many values could tell it from the truth: models need smooth laws. */
const closeEnough = 0.1;
/** Points that stand for a sample no law fits. */
const empiricalPoints = 100;

/**
 * The law of observed times: lognormal, shifted lognormal or a mixture of two lognormals, whichever explains them best;
 * the sample itself where none of them fits.
 *
 * Parameters are maximum likelihood on the logarithms; the shift is the smallest value less a fraction of its distance
 * to the median, which leaves the logarithms finite. The Bayesian information criterion chooses between the three, so
 * that a further parameter must earn its place. A law is taken when its Kolmogorov–Smirnov distance is at most 0.1
 * or below the 5 % critical value for fitted parameters, its mean is within a tenth of the sample's, and no more than
 * five values were to be expected beyond the largest seen. Below three values only their mean is known, and it is
 * taken as a constant.
 *
 * @param values times in [0, ∞), at least one
 * @throws {RangeError} if there is no value or one is negative or infinite
 * @see Lilliefors, On the Kolmogorov–Smirnov test for normality with mean and variance unknown, JASA 62 (1967)
 * @see Schwarz, Estimating the dimension of a model, Ann. Statist. 6 (1978)
 * @example
 * fitTimes([2, 2, 2]).law // => { kind: "deterministic", value: 2 }
 */
export function fitTimes(values: ArrayLike<Seconds>): TimeFit {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  check(n > 0, "fitTimes", "needs at least one value", n);
  for (const value of sorted) check(value >= 0 && value < Infinity, "fitTimes", "values must be in [0, ∞)", value);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  if (n < 3)
    return {
      law: { kind: "deterministic", value: mean },
      n,
      ks: null,
      note: "fewer than 3 values: taken as a constant",
    };
  if (sorted[0] === sorted[n - 1])
    return { law: { kind: "deterministic", value: sorted[0]! }, n, ks: 0, note: "all values are equal" };
  if (n < enoughToFit)
    return {
      law: { kind: "empirical", values: [...sorted] },
      n,
      ks: null,
      note: "fewer than 5 values: the values themselves",
    };

  const critical = lilliefors(n);
  const candidates = candidateLaws(sorted).sort((a, b) => a.criterion - b.criterion);
  // The best explained first; where the criterion prefers a poor fit, the next that fits.
  const accepted = candidates.find(
    (law) => law.ks <= Math.max(closeEnough, critical) && keepsToSample(law, sorted, mean),
  );
  if (accepted === undefined) {
    const nearest = Math.min(1, ...candidates.map(({ ks }) => ks));
    return {
      law: { kind: "empirical", values: thin(sorted) },
      n,
      ks: null,
      note: `no lognormal fits (KS ${nearest.toFixed(3)}): the values themselves`,
    };
  }
  const judged = accepted.ks <= critical ? "not rejected" : "close enough, though rejected";
  return { law: accepted.law, ks: accepted.ks, n, note: `${judged} at 5 % (critical KS ${critical.toFixed(3)})` };
}

export interface LineFit {
  readonly slope: number;
  readonly slopeStandardError: number;
  readonly intercept: number;
  readonly n: number;
}

/**
 * The line y = intercept + slope·x through most of the points.
 *
 * Least squares, repeated without the points whose residual is beyond three times the residuals' spread (by their
 * median size, so that stragglers do not widen it): one machine hiccup must not bend a line through a thousand points.
 *
 * @param x at least two different values
 * @param y as many
 * @returns null where x does not vary, so that no line is determined
 * @throws {RangeError} if the columns differ in length
 * @example
 * fitLine([0, 1, 2], [1, 3, 5])?.slope // => 2
 */
export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>): LineFit | null {
  check(x.length === y.length, "fitLine", "x and y must be of one length", y.length);
  let kept = Array.from({ length: x.length }, (_, i) => i);
  let line = leastSquares(x, y, kept);
  for (let round = 0; round < 5 && line !== null; round++) {
    const { slope, intercept } = line;
    const size = (i: number) => Math.abs(y[i]! - intercept - slope * x[i]!);
    // 1.4826 times the median size estimates the standard deviation of normal residuals.
    const limit = 3 * 1.4826 * median(kept.map(size));
    const next = limit > 0 ? kept.filter((i) => size(i) <= limit) : kept;
    if (next.length === kept.length) break;
    kept = next;
    line = leastSquares(x, y, kept) ?? line;
  }
  return line;
}

function leastSquares(x: ArrayLike<number>, y: ArrayLike<number>, points: readonly number[]): LineFit | null {
  const n = points.length;
  const meanX = points.reduce((sum, i) => sum + x[i]!, 0) / n;
  const meanY = points.reduce((sum, i) => sum + y[i]!, 0) / n;
  let squares = 0;
  let products = 0;
  for (const i of points) {
    squares += (x[i]! - meanX) ** 2;
    products += (x[i]! - meanX) * (y[i]! - meanY);
  }
  // Below this the spread is rounding, not variation.
  if (!(squares > n * (1e-9 * meanX) ** 2)) return null;
  const slope = products / squares;
  const intercept = meanY - slope * meanX;
  const residual = points.reduce((sum, i) => sum + (y[i]! - intercept - slope * x[i]!) ** 2, 0);
  return { slope, slopeStandardError: Math.sqrt(residual / Math.max(1, n - 2) / squares), intercept, n };
}

interface Candidate {
  readonly law: FittedLaw;
  readonly ks: number;
  /** Of the law, seconds. */
  readonly mean: Seconds;
  /** P(X > the largest value seen). */
  readonly beyond: number;
  /** Bayesian information criterion: the less the better. */
  readonly criterion: number;
  /** Whether a scenario accepts it: no part without a spread, and none whose variance is no number. */
  readonly isLaw: boolean;
}

function candidateLaws(sorted: Float64Array): Candidate[] {
  // A time of exactly 0 has no logarithm; next to a smallest positive time it is told apart from nothing.
  const smallest = sorted.find((value) => value > 0)!;
  const logs = sorted.map((value) => Math.log(Math.max(value, smallest / 2)));
  const shift = shiftOf(sorted);
  const shifted = sorted.map((value) => Math.log(value - shift));
  const candidates = [
    candidate(sorted, logs, 0, [normalPart(logs)]),
    candidate(sorted, shifted, shift, [normalPart(shifted)]), // Without a shift the same law once more.
  ];
  if (sorted.length >= enoughForTwo) candidates.push(candidate(sorted, logs, 0, fitLognormalMixture(logs)));
  return candidates.filter(({ isLaw }) => isLaw);
}

function normalPart(logs: Float64Array): LogNormalPart {
  const mu = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const squares = logs.reduce((sum, value) => sum + (value - mu) ** 2, 0);
  return { weight: 1, mu, sigma: Math.sqrt(squares / (logs.length - 1)) };
}

function candidate(sorted: Float64Array, logs: Float64Array, by: Seconds, parts: readonly LogNormalPart[]): Candidate {
  const share = (log: number) =>
    parts.reduce((sum, { weight, mu, sigma }) => sum + weight * normalCdf((log - mu) / sigma), 0);
  // The density of the time, not of its logarithm, so that shifted and plain laws can be compared.
  const likelihood = logs.reduce(
    (sum, log) => sum + Math.log(Math.max(logNormalDensity(parts, log), Number.MIN_VALUE)) - log,
    0,
  );
  const laws = parts.map(({ weight, mu, sigma }) => ({ weight, of: lognormalOf(mu, sigma) }));
  const law: FittedLaw =
    laws.length > 1 ? { kind: "mixture", of: laws } : by > 0 ? { kind: "shifted", by, of: laws[0]!.of } : laws[0]!.of;
  // One too many for each of them, which changes nothing between them.
  const parameters = 3 * parts.length + Number(by > 0);
  return {
    law,
    ks: ksToLaw(sorted, (x) => share(Math.log(x - by))),
    mean: by + laws.reduce((sum, { weight, of }) => sum + weight * of.mean, 0),
    beyond: 1 - share(logs.at(-1)!),
    criterion: parameters * Math.log(logs.length) - 2 * likelihood,
    isLaw: laws.every(({ of: { scv } }) => scv > 0 && scv < Infinity),
  };
}

/** A fit may not make up a tail: its mean stays near the sample's, and few values were to be expected beyond the largest. */
function keepsToSample({ mean: fitted, beyond }: Candidate, sorted: Float64Array, mean: Seconds): boolean {
  return Math.abs(fitted - mean) <= 0.1 * mean && beyond * sorted.length <= 5;
}

function lognormalOf(mu: number, sigma: number): Lognormal {
  return { kind: "lognormal", mean: Math.exp(mu + sigma ** 2 / 2), scv: Math.expm1(sigma ** 2) };
}

/** A little below the smallest value, nearer the more values there are, so that the smallest is no outlier in logarithms. */
function shiftOf(sorted: Float64Array): Seconds {
  const n = sorted.length;
  const smallest = sorted[0]!;
  return Math.max(0, smallest - (sorted[n >> 1]! - smallest) / Math.sqrt(n));
}

/** The 5 % critical value of the Kolmogorov–Smirnov distance when mean and variance were fitted (Dallal & Wilkinson's form). */
function lilliefors(n: number): number {
  return 0.895 / (Math.sqrt(n) - 0.01 + 0.85 / Math.sqrt(n));
}

/** At most a hundred values that stand for equal shares of the sample. */
function thin(sorted: Float64Array): Seconds[] {
  const n = sorted.length;
  if (n <= empiricalPoints) return [...sorted];
  return Array.from({ length: empiricalPoints }, (_, i) => sorted[Math.floor(((i + 0.5) / empiricalPoints) * n)]!);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
