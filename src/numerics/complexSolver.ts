import type { Complex } from "./complex.ts";

/**
 * Solves dense complex systems of one size many times without allocating: elimination with partial pivoting, O(m³).
 *
 * A pivot of 0, or almost, is replaced by one as small as can be divided by, so that the null vector of a singular matrix comes
 * out as a very large solution (inverse iteration).
 */
export class ComplexSolver {
  readonly size: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #order: Int32Array;

  constructor(size: number) {
    this.size = size;
    this.#re = new Float64Array(size * size);
    this.#im = new Float64Array(size * size);
    this.#order = new Int32Array(size);
  }

  /** @param entry the matrix, asked once per entry */
  factor(entry: (i: number, j: number) => Complex): void {
    const m = this.size;
    const [re, im] = [this.#re, this.#im];
    let largest = 0;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        const value = entry(i, j);
        re[i * m + j] = value.re;
        im[i * m + j] = value.im;
        largest = Math.max(largest, Math.abs(value.re) + Math.abs(value.im));
      }
    }
    for (let k = 0; k < m; k++) {
      this.#pivot(k, largest);
      const pr = re[k * m + k]!;
      const pi = im[k * m + k]!;
      const norm = pr * pr + pi * pi;
      for (let i = k + 1; i < m; i++) {
        const ar = re[i * m + k]!;
        const ai = im[i * m + k]!;
        const fr = (ar * pr + ai * pi) / norm;
        const fi = (ai * pr - ar * pi) / norm;
        re[i * m + k] = fr;
        im[i * m + k] = fi;
        if (fr === 0 && fi === 0) continue;
        for (let j = k + 1; j < m; j++) {
          const br = re[k * m + j]!;
          const bi = im[k * m + j]!;
          re[i * m + j]! -= fr * br - fi * bi;
          im[i * m + j]! -= fr * bi + fi * br;
        }
      }
    }
  }

  #pivot(k: number, largest: number): void {
    const m = this.size;
    const [re, im] = [this.#re, this.#im];
    let best = k;
    let size = -1;
    for (let i = k; i < m; i++) {
      const here = Math.abs(re[i * m + k]!) + Math.abs(im[i * m + k]!);
      if (here > size) [best, size] = [i, here];
    }
    if (size < 2 ** -300 * largest) {
      // Nothing but what has underflowed.
      this.#order[k] = k;
      re[k * m + k] = 2 ** -60 * largest;
      im[k * m + k] = 0;
      return;
    }
    this.#order[k] = best;
    if (best === k) return;
    for (let j = 0; j < m; j++) {
      [re[k * m + j], re[best * m + j]] = [re[best * m + j]!, re[k * m + j]!];
      [im[k * m + j], im[best * m + j]] = [im[best * m + j]!, im[k * m + j]!];
    }
  }

  /** The x with A·x = b, in place. */
  solve(xr: Float64Array, xi: Float64Array): void {
    const m = this.size;
    const [re, im] = [this.#re, this.#im];
    for (let k = 0; k < m; k++) {
      const from = this.#order[k]!;
      [xr[k], xr[from]] = [xr[from]!, xr[k]!];
      [xi[k], xi[from]] = [xi[from]!, xi[k]!];
    }
    for (let k = 0; k < m; k++) {
      for (let j = 0; j < k; j++) this.#subtract(xr, xi, k, j);
    }
    for (let k = m - 1; k >= 0; k--) {
      for (let j = k + 1; j < m; j++) this.#subtract(xr, xi, k, j);
      const pr = re[k * m + k]!;
      const pi = im[k * m + k]!;
      const norm = pr * pr + pi * pi;
      const [a, b] = [xr[k]!, xi[k]!];
      xr[k] = (a * pr + b * pi) / norm;
      xi[k] = (b * pr - a * pi) / norm;
    }
  }

  /** x[k] −= A[k][j]·x[j] */
  #subtract(xr: Float64Array, xi: Float64Array, k: number, j: number): void {
    const ar = this.#re[k * this.size + j]!;
    const ai = this.#im[k * this.size + j]!;
    const br = xr[j]!;
    const bi = xi[j]!;
    xr[k]! -= ar * br - ai * bi;
    xi[k]! -= ar * bi + ai * br;
  }
}
