import type { MarkovianArrivals } from "../arrivals/index.ts";
import { BandSolver } from "../numerics/bandSolver.ts";
import { brent } from "../numerics/brent.ts";
import { type Complex, complex } from "../numerics/complex.ts";
import { dot, type Matrix, multiplyMatrices, rowTimes, solve, transpose } from "../numerics/matrix.ts";
import { stationary } from "../numerics/stationary.ts";
import { symmetricEigen, symmetricEigenvalues } from "../numerics/symmetricEigen.ts";
import { transformAt } from "./law.ts";
import { type Drain, type MarkovianChain, splitSolution } from "./markovianChain.ts";
import { startFunctions } from "./startFunctions.ts";

/**
 * A reversible Markov chain that sets the rate of Poisson events, in the coordinates that make its generator symmetric:
 * columns are multiplied by √π, rows divided by it. Null unless events only modulate (D1 diagonal) and the chain is
 * reversible.
 */
export function reversibleChain({ D0, D1 }: MarkovianArrivals): MarkovianChain | null {
  const m = D0.length;
  const rates = D1.map((row, i) => row[i]!);
  if (D1.some((row, i) => row.some((value, j) => i !== j && value !== 0))) return null;
  const original = D0.map((row, i) => row.map((value, j) => value + D1[i]![j]!));
  const weights = stationary(original);
  const unit = weights.map(Math.sqrt);
  const generator = original.map((row) => [...row]);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      const [there, back] = [weights[i]! * D0[i]![j]!, weights[j]! * D0[j]![i]!];
      if (Math.abs(there - back) > 1e-9 * Math.max(there, back)) return null;
      generator[i]![j] = generator[j]![i] = Math.sqrt(D0[i]![j]! * D0[j]![i]!);
    }
  }
  const withoutEvent = generator.map((row, i) => row.map((value, j) => (i === j ? value - rates[i]! : value)));
  const events = times(unit, rates);
  return {
    right: unit,
    left: unit,
    withoutEvent,
    generator,
    eventRate: rates.reduce((sum, rate, i) => sum + rate * weights[i]!, 0),
    events,
    toEvent: (row) => times(row, rates),
    fromEvent: (column) => times(column, rates),
    solver: () => {
      const solver = new BandSolver(generator);
      const place = weights.indexOf(Math.max(...weights));
      const raised = Math.abs(generator[place]![place]!) + rates[place]!;
      return (s, rest) => {
        const diagonal = (i: number): Complex =>
          complex(s.re - rest.re * rates[i]! + (i === place ? raised : 0), s.im - rest.im * rates[i]!);
        return splitSolution({ s, rest, place }, solver.solve(diagonal, unit), solver.solve(diagonal, events));
      };
    },
    visits: (keepAlive) => {
      const timer = (rate: number): number =>
        keepAlive === null ? 0 : transformAt(keepAlive.transform ?? [], complex(rate)).re;
      return {
        warm: symmetricFunction(withoutEvent, (x) => (1 - timer(-x)) / -x),
        asleep: symmetricFunction(withoutEvent, (x) => timer(-x) / -x),
      };
    },
    during: (start, row) => {
      const { arrived, waited } = startFunctions(start);
      const through = (f: (theta: Complex) => Complex): number =>
        dot(
          rowTimes(
            row,
            symmetricFunction(generator, (x) => f(complex(Math.max(0, -x))).re),
          ),
          events,
        );
      const endless = start.moment(2) === Infinity && dot(row, unit) > 0;
      return { arrivals: through(arrived), waiting: endless ? Infinity : through(waited) };
    },
    drain: (work) => drainOf({ generator, withoutEvent, rates }, (s) => work(complex(s)).re),
  };
}

/** f(A) of a symmetric matrix, from f of its eigenvalues. */
function symmetricFunction(matrix: Matrix, f: (eigenvalue: number) => number): Matrix {
  const { values, vectors } = symmetricEigen(matrix);
  const scaled = vectors.map((row) => row.map((value, k) => value * f(values[k]!)));
  return multiplyMatrices(scaled, transpose(vectors));
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
function drainOf(
  {
    generator,
    withoutEvent,
    rates,
  }: { readonly generator: Matrix; readonly withoutEvent: Matrix; readonly rates: readonly number[] },
  work: (s: number) => number,
): Drain {
  const m = rates.length;
  const at = (s: number): Matrix => {
    const h = s === 0 ? 1 : work(s);
    return withoutEvent.map((row, i) => row.map((value, j) => (i === j ? value + rates[i]! * h : value)));
  };
  const least = symmetricEigenvalues(generator);
  const most = symmetricEigenvalues(withoutEvent);
  const roots = least.map((value, i) => {
    if (i === m - 1) return { sigma: 0, vector: column(symmetricEigen(at(0)).vectors, i) };
    const [low, high] = [-value, -most[i]!];
    const excess = (s: number): number => s + symmetricEigenvalues(at(s))[i]!;
    const sigma = excess(low) >= 0 ? low : excess(high) <= 0 ? high : brent(excess, { low, high }, 1e-15);
    return { sigma, vector: column(symmetricEigen(at(sigma)).vectors, i) };
  });
  const vectors = transpose(roots.map(({ vector }) => vector));
  return {
    roots: roots
      .filter(({ sigma }) => sigma > 0)
      .map(({ sigma, vector }) => ({ s: complex(sigma), vector: vector.map((x) => complex(x)) })),
    functionOf: (f: (sigma: Complex) => Complex) => {
      // Every f is a transform, so f(0) = 1; as a formula it may be 0/0 there.
      const values = roots.map(({ sigma }) => (sigma === 0 ? 1 : f(complex(sigma)).re));
      // X·F·X⁻¹ as the solution Y of Y·X = X·F.
      const scaled = vectors.map((row) => row.map((entry, k) => entry * values[k]!));
      return transpose(solve(transpose(vectors), transpose(scaled)));
    },
  };
}

const column = (matrix: Matrix, k: number): number[] => matrix.map((row) => row[k]!);
const times = (a: readonly number[], b: readonly number[]): number[] => a.map((x, i) => x * b[i]!);
