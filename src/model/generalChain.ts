import type { MarkovianArrivals } from "../arrivals/index.ts";
import { ConvergenceError } from "../base/check.ts";
import type { Distribution } from "../distributions/index.ts";
import { type Complex, complex, subtract } from "../numerics/complex.ts";
import { ComplexSolver } from "../numerics/complexSolver.ts";
import { drainRoots } from "../numerics/drainRoots.ts";
import {
  addMatrices,
  dot,
  identity,
  type Matrix,
  multiplyMatrices,
  rowTimes,
  scaleMatrix,
  solve,
} from "../numerics/matrix.ts";
import { checkAlike, spectralFunction } from "../numerics/spectralFunction.ts";
import { stationary } from "../numerics/stationary.ts";
import { arrivalsDuring } from "./arrivalsDuring.ts";
import { transformAt } from "./law.ts";
import { type Drain, type MarkovianChain, splitSolution } from "./markovianChain.ts";
import { startFunctions } from "./startFunctions.ts";

/**
 * Any Markovian arrival process: a chain that need not be reversible, events that may change the phase.
 *
 * Phases that are left for ever do not count. Functions of its matrices come from their eigenvalues; where these coincide
 * (a chain of equal stages), E[e^(D0·D)] is the mixture of the uniformised chain's powers over the events of a Poisson
 * process during D.
 */
export function generalChain(arrivals: MarkovianArrivals): MarkovianChain {
  const { D0, D1, left } = recurrent(arrivals);
  const right = left.map(() => 1);
  const generator = addMatrices(D0, D1);
  const events = D1.map((row) => row.reduce((sum, rate) => sum + rate, 0));
  const minusD0 = scaleMatrix(D0, -1);
  return {
    right,
    left,
    withoutEvent: D0,
    generator,
    eventRate: dot(left, events),
    events,
    toEvent: (row) => rowTimes(row, D1),
    fromEvent: (column) => D1.map((row) => dot(row, column)),
    solver: () => solverOf(generator, D1, events, left),
    visits: (keepAlive) => {
      const stays = solve(minusD0, identity(left.length));
      if (keepAlive === null) return { warm: stays, asleep: scaleMatrix(stays, 0) };
      const survives = quietDuring(D0, keepAlive);
      const ends = addMatrices(identity(left.length), scaleMatrix(survives, -1));
      return { warm: multiplyMatrices(ends, stays), asleep: multiplyMatrices(survives, stays) };
    },
    during: (start, row) => arrivalsInStart({ generator, events, left, right }, start, row),
    drain: (work) => drainOf(D0, D1, right, work),
  };
}

/** The phases of the stationary state only. */
function recurrent({ D0, D1 }: MarkovianArrivals): { D0: Matrix; D1: Matrix; left: readonly number[] } {
  const all = stationary(addMatrices(D0, D1));
  const kept = all.flatMap((weight, i) => (weight > 0 ? [i] : []));
  const only = (matrix: Matrix): Matrix => kept.map((i) => kept.map((j) => matrix[i]![j]!));
  return { D0: only(D0), D1: only(D1), left: kept.map((i) => all[i]!) };
}

function solverOf(
  generator: Matrix,
  D1: Matrix,
  events: readonly number[],
  left: readonly number[],
): ReturnType<MarkovianChain["solver"]> {
  const m = events.length;
  const solver = new ComplexSolver(m);
  const place = left.indexOf(Math.max(...left));
  const raised = Math.abs(generator[place]![place]!) + events[place]!;
  const solved = (right: readonly number[]): Complex[] => {
    const xr = Float64Array.from(right);
    const xi = new Float64Array(m);
    solver.solve(xr, xi);
    return right.map((_, i) => complex(xr[i]!, xi[i]!));
  };
  const ones = events.map(() => 1);
  return (s, rest) => {
    solver.factor((i, j) => ({
      re: generator[i]![j]! - D1[i]![j]! * rest.re + (i === j ? s.re + (i === place ? raised : 0) : 0),
      im: (i === j ? s.im : 0) - D1[i]![j]! * rest.im,
    }));
    return splitSolution({ s, rest, place }, solved(ones), solved(events));
  };
}

function drainOf(D0: Matrix, D1: Matrix, right: readonly number[], work: (s: Complex) => Complex): Drain {
  const roots = right.length === 1 ? [] : drainRoots(D0, D1, work);
  const functionOf = spectralFunction(right, roots);
  // Q = D0 + D1·H(−Q); the eigenvalue 0 belongs to f(0) = 1, so Q is 1 − f with f(σ) = 1 + σ.
  const drained = addMatrices(
    identity(right.length),
    scaleMatrix(
      functionOf((s) => complex(1 + s.re, s.im)),
      -1,
    ),
  );
  checkAlike("drain of a Markovian queue", addMatrices(D0, multiplyMatrices(D1, functionOf(work))), drained);
  return { roots, functionOf };
}

/** E[e^(D0·D)]: the phase when D is over and no event has come, D0 embedded in a generator with an end. */
function quietDuring(D0: Matrix, time: Distribution): Matrix {
  const m = D0.length;
  const at = (s: Complex): Complex => transformAt(time.transform ?? [], s);
  const ended = [...D0.map((row) => [...row, -row.reduce((sum, x) => sum + x, 0)]), new Array<number>(m + 1).fill(0)];
  try {
    return functionOfGenerator(ended)(at)
      .slice(0, m)
      .map((row) => row.slice(0, m));
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
  }
  const rate = Math.max(...D0.map((row, i) => -row[i]!));
  const chances = arrivalsDuring(time, rate);
  const jump = addMatrices(identity(m), scaleMatrix(D0, 1 / rate));
  let power: Matrix = identity(m);
  let sum: Matrix = scaleMatrix(power, chances[0]!);
  for (let n = 1; n < chances.length; n++) {
    power = multiplyMatrices(power, jump);
    sum = addMatrices(sum, scaleMatrix(power, chances[n]!));
  }
  return sum;
}

/** Functions f(−G) of a generator G, f(0) = 1. */
function functionOfGenerator(G: Matrix): (f: (s: Complex) => Complex) => Matrix {
  const m = G.length;
  const right = new Array<number>(m).fill(1);
  const none = G.map((row) => row.map(() => 0));
  const functionOf = spectralFunction(right, m === 1 ? [] : drainRoots(G, none, () => complex(1)));
  const back = functionOf((s) => complex(1 + s.re, s.im));
  checkAlike("eigenvalues of a generator", addMatrices(identity(m), scaleMatrix(back, -1)), G);
  return functionOf;
}

/** By the stationary part, which lasts, and the rest, which fades with the eigenvalues of the generator. */
function arrivalsInStart(
  {
    generator,
    events,
    left,
    right,
  }: {
    readonly generator: Matrix;
    readonly events: readonly number[];
    readonly left: readonly number[];
    readonly right: readonly number[];
  },
  start: Distribution,
  row: readonly number[],
): { arrivals: number; waiting: number } {
  const total = dot(row, right);
  const rate = dot(left, events);
  const [first, second] = [start.mean, start.moment(2) / 2];
  const lasting = { arrivals: total * rate * first, waiting: total === 0 ? 0 : total * rate * second };
  if (start.mean === 0 || right.length === 1) return lasting;
  const functionOf = functionOfGenerator(generator);
  const { arrived, waited } = startFunctions(start);
  const unit = (f: (s: Complex) => Complex, at0: number): number => {
    // f − f(0) + 1 is 1 at 0, and its matrix differs from that of f by a multiple of the identity.
    const matrix = functionOf((s) => subtract(f(s), complex(at0 - 1)));
    return dot(rowTimes(row, matrix), fading) + (at0 - 1) * dot(row, fading);
  };
  const fading = events.map((x) => x - rate);
  return {
    arrivals: lasting.arrivals + unit(arrived, first),
    waiting: lasting.waiting + (second < Infinity ? unit(waited, second) : 0),
  };
}
