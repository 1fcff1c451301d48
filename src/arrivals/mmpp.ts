import { check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { stationary } from "../numerics/stationary.ts";
import { type StreamName, source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { ArrivalProcess, Instants, MarkovianArrivals } from "./arrivals.ts";
import { type Batch, type BatchSpec, batchOf } from "./batch.ts";
import { batched } from "./batched.ts";

/**
 * Poisson events whose rate follows a Markov chain; starts in the chain's stationary state.
 *
 * @param rates event rate in each of m phases, in [0, ∞), not all 0
 * @param switching m×m rates from phase (row) to phase (column); the diagonal is ignored
 * @param batch requests per event; one when absent
 */
export function mmpp({
  rates,
  switching,
  batch: batchSpec,
}: {
  readonly rates: readonly PerSecond[];
  readonly switching: readonly (readonly PerSecond[])[];
  readonly batch?: BatchSpec | undefined;
}): ArrivalProcess {
  check(rates.length >= 1, "mmpp", "needs at least one phase", rates.length);
  for (const rate of rates) check(rate >= 0 && rate < Infinity, "mmpp", "rates must be in [0, ∞)", rate);
  check(
    rates.some((rate) => rate > 0),
    "mmpp",
    "at least one rate must be positive",
    rates.join(" "),
  );
  check(switching.length === rates.length, "mmpp", `switching must have ${rates.length} rows`, switching.length);
  for (const row of switching) {
    check(row.length === rates.length, "mmpp", `switching must have ${rates.length} columns`, row.length);
    for (const rate of row) check(rate >= 0 && rate < Infinity, "mmpp", "switching rates must be in [0, ∞)", rate);
  }
  const batch = batchOf(batchSpec);
  const map = modulated(rates, switching, batch);
  const phases = stationary(map.D0.map((row, i) => row.map((value, j) => value + map.D1[i]![j]!)));
  const mean = rates.reduce((sum, rate, i) => sum + rate * phases[i]!, 0);
  return {
    rate: mean * batch.mean,
    finite: false,
    origins: 1,
    map,
    instants: (name) => run({ rates, switching, phases, batch, name }),
  };
}

/** D0 and D1 of a Poisson process modulated by a chain. */
export function modulated(
  rates: readonly PerSecond[],
  switching: readonly (readonly PerSecond[])[],
  batch: Batch,
): MarkovianArrivals {
  const D1 = rates.map((rate, i) => rates.map((_, j) => (i === j ? rate : 0)));
  const D0 = switching.map((row, i) => {
    const out = row.reduce((sum, rate, j) => (i === j ? sum : sum + rate), 0);
    return row.map((rate, j) => (i === j ? -(out + rates[i]!) : rate));
  });
  return { D0, D1, batch };
}

interface Run {
  readonly rates: readonly PerSecond[];
  readonly switching: readonly (readonly PerSecond[])[];
  readonly phases: readonly number[];
  readonly batch: Batch;
  readonly name: StreamName;
}

function run({ rates, switching, phases, batch, name }: Run): Instants {
  const uniform = source(...name, "events");
  const draw = standardExponential(uniform);
  const out = switching.map((row, i) => row.reduce((sum, rate, j) => (i === j ? sum : sum + rate), 0));
  let phase = pick(phases, uniform());
  let at = 0;
  const next = () => {
    for (;;) {
      const total = rates[phase]! + out[phase]!;
      if (total === 0) return Infinity;
      at += draw() / total;
      const choice = uniform() * total;
      if (choice < rates[phase]!) return at;
      const from = phase;
      phase = pick(
        switching[from]!.map((rate, j) => (j === from ? 0 : rate)),
        (choice - rates[from]!) / out[from]!,
      );
    }
  };
  return batched(next, batch, name);
}

/** The index that `share` in [0, 1) falls on among weights of any total; never one of weight 0. */
function pick(weights: readonly number[], share: number): number {
  let rest = share * weights.reduce((sum, weight) => sum + weight, 0);
  let last = 0;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = i;
    if (rest < weight) return i;
    rest -= weight;
  }
  return last;
}
