import { qlSteps } from "./qlSteps.ts";

/**
 * The eigenvalues of a symmetric tridiagonal matrix and the squared last entry of each normalised eigenvector.
 *
 * QL steps with implicit shifts, applied to the last row of the identity only: O(m²), as Golub and Welsch do for Gauss's
 * quadrature. Eigenvalues in no particular order.
 *
 * @param diagonal m entries
 * @param beside m − 1 entries
 * @throws {ConvergenceError} after 60 steps for one eigenvalue
 * @see Golub & Welsch, Calculation of Gauss quadrature rules, Math. Comput. 23 (1969) 221
 * @example
 * tridiagonalSpectrum([2, 2], [1]).values.map((x) => x.toFixed(12)).sort() // => ["1.000000000000", "3.000000000000"]
 */
export function tridiagonalSpectrum(
  diagonal: readonly number[],
  beside: readonly number[],
): { readonly values: readonly number[]; readonly lastSquared: readonly number[] } {
  const m = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = new Float64Array(m);
  e.set(beside.slice(0, m - 1));
  const last = new Float64Array(m);
  last[m - 1] = 1;
  qlSteps(d, e, [last]);
  return { values: Array.from(d), lastSquared: Array.from(last, (x) => x * x) };
}
