import { type Complex, complex } from "./complex.ts";

/**
 * Solves (a real band matrix + a complex diagonal)·x = b many times without allocating per row.
 *
 * Elimination with partial pivoting inside the band: O(m·width²), which for a birth–death generator is a few
 * microseconds at m = 50.
 */
export class BandSolver {
  readonly size: number;
  readonly #matrix: readonly (readonly number[])[];
  readonly #width: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @param matrix m×m, row-major, real */
  constructor(matrix: readonly (readonly number[])[]) {
    this.size = matrix.length;
    this.#matrix = matrix;
    let width = 0;
    for (const [i, row] of matrix.entries()) {
      for (const [j, value] of row.entries()) if (value !== 0) width = Math.max(width, Math.abs(i - j));
    }
    this.#width = width;
    this.#re = new Float64Array(this.size * this.size);
    this.#im = new Float64Array(this.size * this.size);
  }

  /**
   * @param diagonal what to add to entry (i, i)
   * @param right b, real
   * @returns x
   */
  solve(diagonal: (i: number) => Complex, right: readonly number[]): Complex[] {
    const m = this.size;
    const [re, im] = [this.#re, this.#im];
    const xr = Float64Array.from(right);
    const xi = new Float64Array(m);
    this.#load(diagonal);
    for (let k = 0; k < m; k++) {
      const last = Math.min(m - 1, k + this.#width);
      const reach = Math.min(m - 1, k + 2 * this.#width);
      this.#pivot(k, last, reach, xr, xi);
      const pr = re[k * m + k]!;
      const pi = im[k * m + k]!;
      const norm = pr * pr + pi * pi;
      for (let i = k + 1; i <= last; i++) {
        const ar = re[i * m + k]!;
        const ai = im[i * m + k]!;
        if (ar === 0 && ai === 0) continue;
        const fr = (ar * pr + ai * pi) / norm;
        const fi = (ai * pr - ar * pi) / norm;
        for (let j = k + 1; j <= reach; j++) {
          const br = re[k * m + j]!;
          const bi = im[k * m + j]!;
          re[i * m + j]! -= fr * br - fi * bi;
          im[i * m + j]! -= fr * bi + fi * br;
        }
        xr[i]! -= fr * xr[k]! - fi * xi[k]!;
        xi[i]! -= fr * xi[k]! + fi * xr[k]!;
      }
    }
    return this.#substitute(xr, xi);
  }

  #load(diagonal: (i: number) => Complex): void {
    const m = this.size;
    this.#im.fill(0);
    for (let i = 0; i < m; i++) {
      const row = this.#matrix[i]!;
      for (let j = 0; j < m; j++) this.#re[i * m + j] = row[j]!;
      const extra = diagonal(i);
      this.#re[i * m + i]! += extra.re;
      this.#im[i * m + i] = extra.im;
    }
  }

  #pivot(k: number, last: number, reach: number, xr: Float64Array, xi: Float64Array): void {
    const m = this.size;
    const [re, im] = [this.#re, this.#im];
    let best = k;
    let size = -1;
    for (let i = k; i <= last; i++) {
      const here = Math.abs(re[i * m + k]!) + Math.abs(im[i * m + k]!);
      if (here > size) [best, size] = [i, here];
    }
    if (best === k) return;
    for (let j = k; j <= reach; j++) {
      [re[k * m + j], re[best * m + j]] = [re[best * m + j]!, re[k * m + j]!];
      [im[k * m + j], im[best * m + j]] = [im[best * m + j]!, im[k * m + j]!];
    }
    [xr[k], xr[best]] = [xr[best]!, xr[k]!];
    [xi[k], xi[best]] = [xi[best]!, xi[k]!];
  }

  #substitute(xr: Float64Array, xi: Float64Array): Complex[] {
    const m = this.size;
    const [re, im] = [this.#re, this.#im];
    const x = new Array<Complex>(m);
    for (let k = m - 1; k >= 0; k--) {
      let sr = xr[k]!;
      let si = xi[k]!;
      const reach = Math.min(m - 1, k + 2 * this.#width);
      for (let j = k + 1; j <= reach; j++) {
        const y = x[j]!;
        sr -= re[k * m + j]! * y.re - im[k * m + j]! * y.im;
        si -= re[k * m + j]! * y.im + im[k * m + j]! * y.re;
      }
      const pr = re[k * m + k]!;
      const pi = im[k * m + k]!;
      const norm = pr * pr + pi * pi;
      x[k] = complex((sr * pr + si * pi) / norm, (si * pr - sr * pi) / norm);
    }
    return x;
  }
}
