import { ConvergenceError } from "../base/check.ts";

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
  for (let l = 0; l < m; l++) {
    for (let step = 0; ; step++) {
      let n = l;
      while (n < m - 1 && Math.abs(e[n]!) > 2 ** -53 * (Math.abs(d[n]!) + Math.abs(d[n + 1]!))) n++;
      if (n === l) break;
      if (step === 60) throw new ConvergenceError("tridiagonalSpectrum", { iterations: step, residual: e[l]! });
      qlStep(d, e, last, l, n);
    }
  }
  return { values: Array.from(d), lastSquared: Array.from(last, (x) => x * x) };
}

function qlStep(d: Float64Array, e: Float64Array, last: Float64Array, l: number, n: number): void {
  let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  let r = Math.hypot(g, 1);
  g = d[n]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = n - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[n] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    r = (d[i]! - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    const upper = last[i + 1]!;
    last[i + 1] = s * last[i]! + c * upper;
    last[i] = c * last[i]! - s * upper;
  }
  d[l]! -= p;
  e[l] = g;
  e[n] = 0;
}
