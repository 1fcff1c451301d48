import { check } from "../base/check.ts";

/** A dense real matrix, row-major. */
export type Matrix = readonly (readonly number[])[];

export const identity = (m: number): Matrix =>
  Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, j) => (i === j ? 1 : 0)));

export const addMatrices = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => value + b[i]![j]!));
export const scaleMatrix = (a: Matrix, factor: number): Matrix => a.map((row) => row.map((value) => value * factor));
export const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** A row vector times a matrix. */
export function rowTimes(row: readonly number[], a: Matrix): number[] {
  const product = new Array<number>(a[0]!.length).fill(0);
  for (let i = 0; i < row.length; i++) {
    const factor = row[i]!;
    if (factor !== 0) for (let j = 0; j < product.length; j++) product[j]! += factor * a[i]![j]!;
  }
  return product;
}

/** A matrix plus column·row. */
export const plusOuter = (a: Matrix, column: readonly number[], row: readonly number[]): Matrix =>
  a.map((entries, i) => entries.map((value, j) => value + column[i]! * row[j]!));

export const multiplyMatrices = (a: Matrix, b: Matrix): Matrix => a.map((row) => rowTimes(row, b));
export const transpose = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));

/**
 * The X with A·X = B, by elimination with partial pivoting and one step of refinement.
 *
 * @param A m×m, not singular
 * @param B m×n
 * @throws {RangeError} if A is singular to working precision
 * @example
 * solve([[2, 0], [0, 4]], [[2], [2]]) // => [[1], [0.5]]
 */
export function solve(A: Matrix, B: Matrix): Matrix {
  const first = eliminate(A, B);
  const residual = addMatrices(B, scaleMatrix(multiplyMatrices(A, first), -1));
  return addMatrices(first, eliminate(A, residual));
}

/** The x with x·A = b, for rows. */
export const solveRow = (A: Matrix, b: readonly number[]): number[] =>
  solve(
    transpose(A),
    b.map((value) => [value]),
  ).map((row) => row[0]!);

function eliminate(A: Matrix, B: Matrix): Matrix {
  const a = A.map((row) => [...row]);
  const b = B.map((row) => [...row]);
  const m = a.length;
  for (let k = 0; k < m; k++) {
    let pivot = k;
    for (let i = k + 1; i < m; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    [b[k], b[pivot]] = [b[pivot]!, b[k]!];
    check(a[k]![k] !== 0, "solve", "the matrix must not be singular", k);
    for (let i = k + 1; i < m; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      if (factor === 0) continue;
      for (let j = k + 1; j < m; j++) a[i]![j]! -= factor * a[k]![j]!;
      for (let j = 0; j < b[i]!.length; j++) b[i]![j]! -= factor * b[k]![j]!;
    }
  }
  for (let k = m - 1; k >= 0; k--) {
    for (let j = 0; j < b[k]!.length; j++) {
      let rest = b[k]![j]!;
      for (let i = k + 1; i < m; i++) rest -= a[k]![i]! * b[i]![j]!;
      b[k]![j] = rest / a[k]![k]!;
    }
  }
  return b;
}
