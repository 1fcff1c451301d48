import { check } from "../base/check.ts";

/** One of two populations of logarithms. */
export interface LogNormalPart {
  readonly weight: number;
  /** Mean and standard deviation of the logarithm. */
  readonly mu: number;
  readonly sigma: number;
}

/** No part may be narrower than this: a spike on one value would have an unbounded likelihood. */
const narrowest = 0.02;
const rounds = 200;

/**
 * Two populations of normal logarithms, by maximum likelihood: most times are usual, some met a hiccup.
 *
 * Expectation–maximisation from a split at the upper tenth; O(rounds · n). Deterministic.
 *
 * @param logs natural logarithms of times, at least five
 * @returns the parts, the likelier first
 * @throws {RangeError} below five values
 * @see Dempster, Laird & Rubin, Maximum likelihood from incomplete data via the EM algorithm (1977)
 */
export function fitLognormalMixture(logs: Float64Array): readonly [LogNormalPart, LogNormalPart] {
  const n = logs.length;
  check(n >= 5, "fitLognormalMixture", "needs at least five values", n);
  const sorted = logs.toSorted();
  const cut = sorted[Math.floor(0.9 * n)]!;
  // The share of each value that belongs to the upper part.
  const upper = logs.map((value) => (value >= cut ? 0.9 : 0.1));
  let parts = partsOf(logs, upper);
  let before = -Infinity;
  for (let round = 0; round < rounds; round++) {
    let likelihood = 0;
    for (let i = 0; i < n; i++) {
      // In logarithms, because far from both parts the densities themselves vanish.
      const [low, high] = [logDensity(parts[0], logs[i]!), logDensity(parts[1], logs[i]!)];
      upper[i] = 1 / (1 + Math.exp(low - high));
      likelihood += Math.max(low, high) + Math.log1p(Math.exp(-Math.abs(low - high)));
    }
    parts = partsOf(logs, upper);
    if (likelihood - before < 1e-9 * n) break;
    before = likelihood;
  }
  const [first, second] = parts;
  return first.weight >= second.weight ? [first, second] : [second, first];
}

function partsOf(logs: Float64Array, upper: Float64Array): readonly [LogNormalPart, LogNormalPart] {
  return [part(logs, (i) => 1 - upper[i]!), part(logs, (i) => upper[i]!)];
}

function part(logs: Float64Array, share: (i: number) => number): LogNormalPart {
  let total = 1e-12;
  let sum = 0;
  for (let i = 0; i < logs.length; i++) {
    total += share(i);
    sum += share(i) * logs[i]!;
  }
  const mu = sum / total;
  let squares = 0;
  for (let i = 0; i < logs.length; i++) squares += share(i) * (logs[i]! - mu) ** 2;
  return { weight: total / logs.length, mu, sigma: Math.max(narrowest, Math.sqrt(squares / total)) };
}

/** The density of the logarithm under a mixture. */
export function logNormalDensity(parts: readonly LogNormalPart[], log: number): number {
  return parts.reduce((sum, entry) => sum + Math.exp(logDensity(entry, log)), 0);
}

/** The logarithm of weight times normal density. */
function logDensity({ weight, mu, sigma }: LogNormalPart, log: number): number {
  return Math.log(weight / (sigma * Math.sqrt(2 * Math.PI))) - ((log - mu) / sigma) ** 2 / 2;
}
