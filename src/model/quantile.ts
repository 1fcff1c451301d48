import { ConvergenceError, invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { brent } from "../numerics/brent.ts";

/** A cdf with its atoms, as the quantile search needs it. */
export interface Monotone {
  cdf(t: Seconds): number;
  readonly atoms: readonly { readonly at: Seconds; readonly weight: number }[];
  /** Where to start looking for the tail. */
  readonly scale: Seconds;
}

/**
 * The smallest t with F(t) ≥ p, and whether it is an atom.
 *
 * @param p in [0, 1)
 * @param near a bracket to start from, when one is known
 */
export function quantileOf(
  { cdf, atoms, scale }: Monotone,
  p: number,
  near: { readonly low: Seconds; readonly high: Seconds } = { low: 0, high: scale },
): { readonly at: Seconds; readonly atom: boolean } {
  let { low, high } = near;
  while (low > 0 && cdf(low) >= p) low = low < scale * 1e-12 ? 0 : low / 2;
  while (cdf(high) < p) {
    low = high;
    high *= 2;
    invariant(high < Infinity, "a cdf reaches every probability below 1");
  }
  for (const { at, weight } of atoms) {
    if (at < low || at > high) continue;
    const above = cdf(at);
    if (above < p) low = Math.max(low, at);
    else if (above - weight < p) return { at, atom: true };
    else high = Math.min(high, at * (1 - 1e-13));
  }
  if (!(low < high)) return { at: high, atom: false };
  const excess = (t: Seconds): number => {
    const value = cdf(t) - p;
    // An inversion far outside its range; a search would go on with it.
    if (Number.isNaN(value)) throw new ConvergenceError("quantileOf", { iterations: 0, residual: 1 });
    return value;
  };
  if (excess(low) >= 0) return { at: low, atom: false };
  if (excess(high) <= 0) return { at: high, atom: false };
  return { at: brent(excess, { low, high }, 1e-13), atom: false };
}
