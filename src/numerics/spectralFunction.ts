import { ConvergenceError } from "../base/check.ts";
import { type Complex, complex } from "./complex.ts";
import { ComplexSolver } from "./complexSolver.ts";
import type { DrainRoot } from "./drainRoots.ts";
import type { Matrix } from "./matrix.ts";

/**
 * f(A) of a real matrix A with the eigenvalue 0 and others known, f(0) = 1.
 *
 * @param right the eigenvector of 0
 * @param roots the other eigenvalues with their eigenvectors, complex ones in conjugate pairs
 * @returns a function of f; X·diag(f)·X⁻¹, the imaginary parts of which cancel
 */
export function spectralFunction(
  right: readonly number[],
  roots: readonly DrainRoot[],
): (f: (s: Complex) => Complex) => Matrix {
  const m = right.length;
  const columns = [right.map((x) => complex(x)), ...roots.map(({ vector }) => vector)];
  const solver = new ComplexSolver(m);
  solver.factor((i, j) => columns[i]![j]!);
  return (f) => {
    const values = [complex(1), ...roots.map(({ s }) => f(s))];
    return right.map((_, row) => {
      // Y·X = X·F row by row: the row of Y solves Xᵀ·y = (row of X·F)ᵀ.
      const xr = Float64Array.from(columns, (x, k) => x[row]!.re * values[k]!.re - x[row]!.im * values[k]!.im);
      const xi = Float64Array.from(columns, (x, k) => x[row]!.re * values[k]!.im + x[row]!.im * values[k]!.re);
      solver.solve(xr, xi);
      return Array.from(xr);
    });
  };
}

/** Throws unless two matrices agree to 1e-8 of the size of the second: eigenvectors that almost coincide show here. */
export function checkAlike(what: string, found: Matrix, wanted: Matrix): void {
  const size = Math.max(...wanted.flat().map(Math.abs));
  const away = Math.max(...found.flatMap((row, i) => row.map((value, j) => Math.abs(value - wanted[i]![j]!))));
  if (!(away <= 1e-8 * size)) throw new ConvergenceError(what, { iterations: roots(found), residual: away / size });
}

const roots = (matrix: Matrix): number => matrix.length;
