import type { Source } from "./source.ts";

/**
 * A sampler of the standard normal distribution (mean 0, variance 1).
 *
 * Marsaglia's polar method: two results from about 2.5 uniforms, no table and no tail branch.
 *
 * @see Marsaglia & Bray, SIAM Review 6 (1964) 260
 */
export function normal(uniform: Source): () => number {
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    let u: number;
    let v: number;
    let square: number;
    do {
      u = 2 * uniform() - 1;
      v = 2 * uniform() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    spare = v * factor;
    return u * factor;
  };
}
