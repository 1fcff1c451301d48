import { ConvergenceError } from "../base/check.ts";

/**
 * QL steps with implicit shifts on a symmetric tridiagonal matrix, until the diagonal holds the eigenvalues.
 *
 * @param d the diagonal; overwritten
 * @param e e[i] beside d[i] and d[i + 1], the last entry 0; overwritten
 * @param rows every rotation is applied to the columns of these: rows of the identity become rows of the eigenvectors
 * @throws {ConvergenceError} after 60 steps for one eigenvalue
 * @see Wilkinson & Reinsch, Handbook for automatic computation II (1971), contribution II/4
 */
export function qlSteps(d: Float64Array, e: Float64Array, rows: readonly Float64Array[]): void {
  const m = d.length;
  for (let l = 0; l < m; l++) {
    for (let step = 0; ; step++) {
      let n = l;
      while (n < m - 1 && Math.abs(e[n]!) > 2 ** -53 * (Math.abs(d[n]!) + Math.abs(d[n + 1]!))) n++;
      if (n === l) break;
      if (step === 60) throw new ConvergenceError("qlSteps", { iterations: step, residual: e[l]! });
      qlStep(d, e, rows, l, n);
    }
  }
}

function qlStep(d: Float64Array, e: Float64Array, rows: readonly Float64Array[], l: number, n: number): void {
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
    for (const row of rows) {
      const upper = row[i + 1]!;
      row[i + 1] = s * row[i]! + c * upper;
      row[i] = c * row[i]! - s * upper;
    }
  }
  d[l]! -= p;
  e[l] = g;
  e[n] = 0;
}
