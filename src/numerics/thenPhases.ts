import { ConvergenceError, check } from "../base/check.ts";
import { type Matrix, solve } from "./matrix.ts";
import type { Uniformised } from "./uniformised.ts";

/** A time as the exit of a small Markov chain. */
export interface PhaseType {
  /** The chances of the phases at the start; they sum to 1. */
  readonly initial: readonly number[];
  /** T (m×m, row-major, per second): what a row lacks to 0 is its exit. */
  readonly generator: Matrix;
}

/** A wait and a service, with what is known of the service at any time. */
export interface Sojourn extends Uniformised {
  /** E[service; not over after n jumps]: with `poissonMixture`, E[service; sojourn > t]. */
  readonly ownWork: Float64Array;
}

const mostJumps = 4e6;

export const exponentialPhase = (rate: number): PhaseType => ({ initial: [1], generator: [[-rate]] });

/**
 * A wait followed by an independent phase-type service, at the same jumps.
 *
 * @param wait at a rate at least that of every phase
 * @param smallest where to stop: the chance of not being over
 * @throws {ConvergenceError} where the service is a hundred thousand times as long as the interval between jumps
 */
export function thenPhases(wait: Uniformised, { initial, generator }: PhaseType, smallest = 1e-16): Sojourn {
  const { rate, survival } = wait;
  const m = initial.length;
  check(
    generator.every((row, i) => -row[i]! <= rate * (1 + 1e-12)),
    "thenPhases",
    "the wait's jumps must be as fast as every phase",
    rate,
  );
  // Mean rest of the service from every phase.
  const rest = solve(
    generator.map((row) => row.map((value) => -value)),
    generator.map(() => [1]),
  ).map((row) => row[0]!);
  // The tail takes some forty of the longest mean rests.
  const jumps = 40 * rate * Math.max(...rest);
  if (!(jumps <= mostJumps)) throw new ConvergenceError("thenPhases", { iterations: Math.round(jumps), residual: 1 });
  const mean = initial.reduce((sum, chance, i) => sum + chance * rest[i]!, 0);
  const step = (v: readonly number[]): number[] =>
    v.map((value, j) => value + v.reduce((sum, mass, i) => sum + (mass * generator[i]![j]!) / rate, 0));
  let serving = initial.map((chance) => chance * (1 - survival[0]!));
  // E[intervals spent in service; phase], and its sum one jump ago: given n jumps by t the n + 1 intervals have mean
  // t/(n + 1) each, and P(n jumps)·t/(n + 1) = P(n + 1 jumps)/rate.
  let intervals = serving;
  let age = 0;
  const total: number[] = [];
  const work: number[] = [];
  for (let n = 0; ; n++) {
    const waiting = survival[n] ?? 0;
    let now = waiting;
    let own = waiting * mean + age / rate;
    for (let i = 0; i < m; i++) {
      now += serving[i]!;
      own += serving[i]! * rest[i]!;
    }
    total.push(now);
    work.push(own);
    if (now <= smallest) break;
    const flux = waiting - (survival[n + 1] ?? 0);
    age = intervals.reduce((sum, value) => sum + value, 0);
    serving = step(serving).map((value, i) => value + flux * initial[i]!);
    intervals = step(intervals).map((value, i) => value + serving[i]!);
  }
  return { rate, survival: Float64Array.from(total), ownWork: Float64Array.from(work) };
}
