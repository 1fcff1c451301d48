import { check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { stationary } from "../numerics/stationary.ts";
import { type StreamName, source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { ArrivalProcess, Instants } from "./arrivals.ts";
import { type Batch, type BatchSpec, batchOf } from "./batch.ts";
import { batched } from "./batched.ts";

type Rates = readonly (readonly PerSecond[])[];

/**
 * A Markovian arrival process: a chain of m phases, some of whose transitions bring an event; starts stationary.
 *
 * @param d0 D0 (m×m, row-major): rates between phases without an event, the diagonal minus all rates out of the phase
 * @param d1 D1 (m×m, row-major): rates with an event, also from a phase to itself; D0 + D1 has rows of sum 0
 * @param batch requests per event; one when absent
 * @see Lucantoni, Meier-Hellstern & Neuts, A single-server queue with server vacations and a class of non-renewal arrival processes, Adv. Appl.
 *   Probab. 22 (1990) 676
 */
export function map({
  d0,
  d1,
  batch: batchSpec,
}: {
  readonly d0: Rates;
  readonly d1: Rates;
  readonly batch?: BatchSpec | undefined;
}): ArrivalProcess {
  const problem = mapProblem({ d0, d1 });
  check(problem === undefined, "map", problem?.rule ?? "", problem?.got);
  const batch = batchOf(batchSpec);
  const phases = phasesOf(d0, d1);
  const events = phases.reduce((sum, share, i) => sum + share * total(d1[i]!), 0);
  return {
    rate: events * batch.mean,
    finite: false,
    origins: 1,
    map: { D0: d0, D1: d1, batch },
    instants: (name) => run({ d0, d1, phases, batch, name }),
  };
}

/** What is wrong with the matrices, for the factory and for the scenario's schema. */
export function mapProblem({
  d0,
  d1,
}: {
  readonly d0: Rates;
  readonly d1: Rates;
}): { readonly field: "d0" | "d1"; readonly rule: string; readonly got: unknown } | undefined {
  const m = d0.length;
  const bad = (field: "d0" | "d1", rule: string, got: unknown) => ({ field, rule, got });
  if (d1.length !== m) return bad("d1", `d1 must have ${m} rows, as d0 has`, d1.length);
  for (let i = 0; i < m; i++) {
    const [quiet, loud] = [d0[i]!, d1[i]!];
    if (quiet.length !== m) return bad("d0", `d0 must have ${m} columns`, quiet.length);
    if (loud.length !== m) return bad("d1", `d1 must have ${m} columns`, loud.length);
    const valid = quiet.every((rate, j) => (i === j ? rate < 0 : rate >= 0) && Math.abs(rate) < Infinity);
    if (!valid) return bad("d0", "d0 must be negative on the diagonal and not elsewhere", quiet.join(" "));
    if (!loud.every((rate) => rate >= 0 && rate < Infinity)) {
      return bad("d1", "d1 must be in [0, ∞)", loud.join(" "));
    }
    const sum = total(quiet) + total(loud);
    if (!(Math.abs(sum) <= 1e-9 * -quiet[i]!)) return bad("d0", "rows of d0 + d1 must sum to 0", sum);
  }
  const phases = phasesOf(d0, d1);
  const likely = phases.indexOf(Math.max(...phases));
  const apart = reaching(likely, d0, d1).indexOf(false);
  if (apart >= 0) return bad("d0", "every phase must lead to every other that lasts", `phase ${apart + 1} apart`);
  if (!phases.some((share, i) => share > 0 && total(d1[i]!) > 0)) {
    return bad("d1", "d1 must have an event in a phase that lasts", 0);
  }
  return undefined;
}

const total = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0);

const phasesOf = (d0: Rates, d1: Rates): number[] =>
  stationary(d0.map((row, i) => row.map((rate, j) => rate + d1[i]![j]!)));

/** From which phases the chain comes to the given one. */
function reaching(goal: number, d0: Rates, d1: Rates): boolean[] {
  const reaches = d0.map((_, i) => i === goal);
  for (let round = 0; round < d0.length; round++) {
    for (const [i, row] of d0.entries()) {
      reaches[i] ||= row.some((rate, j) => j !== i && rate + d1[i]![j]! > 0 && reaches[j]);
    }
  }
  return reaches;
}

interface Run {
  readonly d0: Rates;
  readonly d1: Rates;
  readonly phases: readonly number[];
  readonly batch: Batch;
  readonly name: StreamName;
}

function run({ d0, d1, phases, batch, name }: Run): Instants {
  const uniform = source(...name, "events");
  const draw = standardExponential(uniform);
  const m = d0.length;
  // Where the chain goes: to phase k without an event below m, to phase k − m with one from there on.
  const sums = d0.map((row, i) => cumulative([...row.map((rate, j) => (i === j ? 0 : rate)), ...d1[i]!]));
  let phase = pick(cumulative(phases), uniform());
  let at = 0;
  return batched(
    () => {
      for (;;) {
        const out = sums[phase]!;
        const all = out[2 * m - 1]!;
        at += draw() / all;
        const next = pick(out, uniform() * all);
        phase = next % m;
        if (next >= m) return at;
      }
    },
    batch,
    name,
  );
}

function cumulative(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}

/** The first entry beyond x. */
function pick(sums: Float64Array, x: number): number {
  let i = 0;
  while (i < sums.length - 1 && sums[i]! <= x) i++;
  return i;
}
