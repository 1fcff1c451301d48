import { check } from "../base/check.ts";
import { qlSteps } from "./qlSteps.ts";

/** The eigenvalues, ascending, and with them the orthonormal eigenvectors as columns. */
export interface Eigen {
  readonly values: readonly number[];
  /** vectors[i][k]: entry i of the eigenvector of values[k]. */
  readonly vectors: readonly (readonly number[])[];
}

/**
 * The eigenvalues and eigenvectors of a real symmetric matrix.
 *
 * Householder's reduction to tridiagonal form, where it is not that already, then QL steps with implicit shifts; O(m³).
 *
 * @param matrix m×m, row-major; only the lower triangle is read
 * @throws {RangeError} unless square
 * @see Wilkinson & Reinsch, Handbook for automatic computation II (1971), contributions II/2 and II/4
 * @example
 * symmetricEigen([[2, 1], [1, 2]]).values.map((x) => x.toFixed(12)) // => ["1.000000000000", "3.000000000000"]
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const { v, d, e } = tridiagonal(matrix);
  accumulate(v, d);
  qlSteps(d, e, v);
  const order = Array.from(d.keys()).sort((a, b) => d[a]! - d[b]!);
  return { values: order.map((k) => d[k]!), vectors: v.map((row) => order.map((k) => row[k]!)) };
}

/**
 * The eigenvalues alone, ascending: O(m²) for a tridiagonal matrix.
 *
 * @param matrix m×m, row-major; only the lower triangle is read
 * @throws {RangeError} unless square
 * @example
 * symmetricEigenvalues([[2, 1], [1, 2]]).map((x) => x.toFixed(12)) // => ["1.000000000000", "3.000000000000"]
 */
export function symmetricEigenvalues(matrix: readonly (readonly number[])[]): readonly number[] {
  const { v, d, e } = tridiagonal(matrix);
  for (const [i, row] of v.entries()) d[i] = row[i]!;
  qlSteps(d, e, []);
  return Array.from(d.sort());
}

/**
 * The tridiagonal form: the diagonal is that of v, e[i] stands beside i and i + 1.
 *
 * The rest of v, and d, hold the reflections.
 */
function tridiagonal(matrix: readonly (readonly number[])[]): {
  readonly v: Float64Array[];
  readonly d: Float64Array;
  readonly e: Float64Array;
} {
  const m = matrix.length;
  check(m >= 1 && matrix.every((row) => row.length === m), "symmetricEigen", "matrix must be square", m);
  const v = matrix.map((row) => Float64Array.from(row));
  const d = Float64Array.from(v[m - 1]!);
  const e = new Float64Array(m);
  for (let i = m - 1; i > 0; i--) {
    let scale = 0;
    for (let k = 0; k < i - 1; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      // Nothing to take away.
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[i - 1]![j]!;
        v[i]![j] = 0;
        v[j]![i] = 0;
      }
      d[i] = 0;
    } else d[i] = reflect(v, d, e, i, scale + Math.abs(d[i - 1]!));
  }
  // The subdiagonal moves to where the steps expect it.
  e.copyWithin(0, 1);
  e[m - 1] = 0;
  return { v, d, e };
}

/** One Householder reflection of row i; returns the square of its norm. */
function reflect(v: Float64Array[], d: Float64Array, e: Float64Array, i: number, scale: number): number {
  let h = 0;
  for (let k = 0; k < i; k++) {
    d[k]! /= scale;
    h += d[k]! * d[k]!;
  }
  const f = d[i - 1]!;
  const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
  e[i] = scale * g;
  h -= f * g;
  d[i - 1] = f - g;
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    v[j]![i] = d[j]!;
    let sum = e[j]! + v[j]![j]! * d[j]!;
    for (let k = j + 1; k < i; k++) {
      sum += v[k]![j]! * d[k]!;
      e[k]! += v[k]![j]! * d[j]!;
    }
    e[j] = sum;
  }
  let dot = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    dot += e[j]! * d[j]!;
  }
  const half = dot / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= half * d[j]!;
  for (let j = 0; j < i; j++) {
    for (let k = j; k < i; k++) v[k]![j]! -= d[j]! * e[k]! + e[j]! * d[k]!;
    d[j] = v[i - 1]![j]!;
    v[i]![j] = 0;
  }
  return h;
}

function accumulate(v: Float64Array[], d: Float64Array): void {
  const m = d.length;
  for (let i = 0; i < m - 1; i++) {
    v[m - 1]![i] = v[i]![i]!;
    v[i]![i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[k]![i + 1]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[k]![i + 1]! * v[k]![j]!;
        for (let k = 0; k <= i; k++) v[k]![j]! -= g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k++) v[k]![i + 1] = 0;
  }
  for (let j = 0; j < m; j++) {
    d[j] = v[m - 1]![j]!;
    v[m - 1]![j] = 0;
  }
  v[m - 1]![m - 1] = 1;
}
