import type { MarkovianArrivals } from "../arrivals/index.ts";
import { brent } from "../numerics/brent.ts";
import { addMatrices, type Matrix, multiplyMatrices, solve, transpose } from "../numerics/matrix.ts";
import { stationary } from "../numerics/stationary.ts";
import { symmetricEigen } from "../numerics/symmetricEigen.ts";

/**
 * A reversible Markov chain that sets the rate of Poisson events, in the coordinates that make its generator symmetric:
 * columns are multiplied by √π, rows divided by it.
 */
export interface ModulatedChain {
  /** √π: the column of ones, and the stationary row. */
  readonly unit: readonly number[];
  /** D0 + D1, symmetric. */
  readonly generator: Matrix;
  /** D0, symmetric. */
  readonly withoutEvent: Matrix;
  /** The event rate per phase: the diagonal of D1. */
  readonly rates: readonly number[];
  /** Events per second in the long run. */
  readonly eventRate: number;
}

/** The chain of an arrival process; null unless events only modulate (D1 diagonal) and the chain is reversible. */
export function modulatedChain({ D0, D1 }: MarkovianArrivals): ModulatedChain | null {
  const m = D0.length;
  const rates = D1.map((row, i) => row[i]!);
  if (D1.some((row, i) => row.some((value, j) => i !== j && value !== 0))) return null;
  const generator = D0.map((row, i) => row.map((value, j) => value + D1[i]![j]!));
  const weights = stationary(generator);
  const unit = weights.map(Math.sqrt);
  const symmetric = generator.map((row) => [...row]);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      const [there, back] = [weights[i]! * D0[i]![j]!, weights[j]! * D0[j]![i]!];
      if (Math.abs(there - back) > 1e-9 * Math.max(there, back)) return null;
      symmetric[i]![j] = symmetric[j]![i] = Math.sqrt(D0[i]![j]! * D0[j]![i]!);
    }
  }
  return {
    unit,
    generator: symmetric,
    withoutEvent: symmetric.map((row, i) => row.map((value, j) => (i === j ? value - rates[i]! : value))),
    rates,
    eventRate: rates.reduce((sum, rate, i) => sum + rate * weights[i]!, 0),
  };
}

/** f(A) of a symmetric matrix, from f of its eigenvalues. */
export function symmetricFunction(matrix: Matrix, f: (eigenvalue: number) => number): Matrix {
  const { values, vectors } = symmetricEigen(matrix);
  const scaled = vectors.map((row) => row.map((value, k) => value * f(values[k]!)));
  return multiplyMatrices(scaled, transpose(vectors));
}

/** The phase while work drains: the generator Q = D0 + ∫ D1 dH(x) e^(Qx), by its eigenvalues −σ and eigenvectors. */
export interface Drain {
  /** σ ≥ 0, one per phase; exactly one is 0. */
  readonly sigmas: readonly number[];
  /** The eigenvector of each. */
  readonly vectors: readonly (readonly number[])[];
  /** f(−Q), f the transform of a time. */
  functionOf(f: (sigma: number) => number): Matrix;
}

/**
 * The drain of one busy period.
 *
 * (σ, x) belongs to −Q when x is in the null space of σI + D0 + D1·H*(σ). With μᵢ(s) the i-th eigenvalue of the symmetric
 * D0 + D1·H*(s), which falls from that of D0 + D1 to that of D0, σᵢ is the one root of s + μᵢ(s): no iteration on matrices.
 *
 * @param work H*(s), the transform of one event's work, at real s ≥ 0
 * @see Lucantoni, New results on the single server queue with a batch Markovian arrival process, Stoch. Models 7 (1991) 1
 */
export function drainOf({ generator, withoutEvent, rates }: ModulatedChain, work: (s: number) => number): Drain {
  const m = rates.length;
  const at = (s: number): Matrix => {
    const h = s === 0 ? 1 : work(s);
    return withoutEvent.map((row, i) => row.map((value, j) => (i === j ? value + rates[i]! * h : value)));
  };
  const least = symmetricEigen(generator).values;
  const most = symmetricEigen(withoutEvent).values;
  const roots = least.map((value, i) => {
    if (i === m - 1) return { sigma: 0, vector: column(symmetricEigen(at(0)).vectors, i) };
    const [low, high] = [-value, -most[i]!];
    const excess = (s: number): number => s + symmetricEigen(at(s)).values[i]!;
    const sigma = excess(low) >= 0 ? low : excess(high) <= 0 ? high : brent(excess, { low, high }, 1e-15);
    return { sigma, vector: column(symmetricEigen(at(sigma)).vectors, i) };
  });
  const vectors = transpose(roots.map(({ vector }) => vector));
  return {
    sigmas: roots.map(({ sigma }) => sigma),
    vectors: roots.map(({ vector }) => vector),
    functionOf: (f) => {
      // Every f is a transform, so f(0) = 1; as a formula it may be 0/0 there.
      const values = roots.map(({ sigma }) => (sigma === 0 ? 1 : f(sigma)));
      // X·F·X⁻¹ as the solution Y of Y·X = X·F.
      const scaled = vectors.map((row) => row.map((entry, k) => entry * values[k]!));
      return transpose(solve(transpose(vectors), transpose(scaled)));
    },
  };
}

const column = (matrix: Matrix, k: number): number[] => matrix.map((row) => row[k]!);

/** A matrix plus column·row. */
export const plusOuter = (a: Matrix, x: readonly number[], y: readonly number[]): Matrix =>
  addMatrices(
    a,
    x.map((value) => y.map((other) => value * other)),
  );
