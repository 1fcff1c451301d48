import {
  type ArrivalsSpec,
  arrivals,
  type Batch,
  type BatchSpec,
  isSingle,
  type MarkovianArrivals,
} from "../arrivals/index.ts";
import type { Matrix } from "../numerics/matrix.ts";
import { exits, type Phases, phasesOf } from "./phasesOf.ts";

/** More phases than this cost seconds a curve. */
export const mostPhases = 64;

/** The arrivals as a Markovian process, where they are one as they stand; null elsewhere or beyond 64 phases. */
export function exactMap(spec: ArrivalsSpec): MarkovianArrivals | null {
  const { map, poisson } = arrivals(spec);
  if (map !== undefined) return map;
  if (poisson !== undefined) return { D0: [[-poisson.rate]], D1: [[poisson.rate]], batch: poisson.batch };
  switch (spec.kind) {
    case "renewal": {
      const interval = phasesOf(spec.interval);
      return interval === null ? null : renewalMap(interval, batchLaw(spec.batch));
    }
    case "onOff": {
      const [on, off] = [phasesOf(spec.on), phasesOf(spec.off)];
      return on === null || off === null ? null : onOffMap(on, off, spec.rate);
    }
    case "devices": {
      const one = exactMap(spec.each);
      return one === null ? null : together(one, spec.count);
    }
    case "superposition": {
      const parts = spec.of.map(exactMap);
      return parts.some((part) => part === null) ? null : beside(parts as MarkovianArrivals[]);
    }
    default:
      return null;
  }
}

/** The law of a batch, as the arrival processes make it. */
export const batchLaw = (batch: BatchSpec | undefined): Batch =>
  arrivals({ kind: "poisson", rate: 1, batch }).poisson!.batch;

/** Events at the ends of phase-type times, one after another. */
export function renewalMap(interval: Phases, batch: MarkovianArrivals["batch"]): MarkovianArrivals {
  const ends = exits(interval);
  return { D0: interval.generator, D1: ends.map((rate) => interval.initial.map((x) => rate * x)), batch };
}

/** Poisson events while on. */
export function onOffMap(on: Phases, off: Phases, rate: number): MarkovianArrivals {
  const [a, b] = [on.initial.length, off.initial.length];
  const [endsOn, endsOff] = [exits(on), exits(off)];
  const row = (first: readonly number[], second: readonly number[]): number[] => [...first, ...second];
  const D0 = [
    ...on.generator.map((rates, i) =>
      row(
        rates.map((x, j) => (i === j ? x - rate : x)),
        off.initial.map((x) => endsOn[i]! * x),
      ),
    ),
    ...off.generator.map((rates, i) =>
      row(
        on.initial.map((x) => endsOff[i]! * x),
        rates,
      ),
    ),
  ];
  const D1 = Array.from({ length: a + b }, (_, i) =>
    Array.from({ length: a + b }, (__, j) => (i === j && i < a ? rate : 0)),
  );
  return { D0, D1, batch: batchLaw(undefined) };
}

/** Alike processes together: how many of them are in each phase. */
function together({ D0, D1, batch }: MarkovianArrivals, count: number): MarkovianArrivals | null {
  const m = D0.length;
  const states = occupations(count, m);
  if (states === null) return null;
  const number = new Map(states.map((state, i) => [state.join(), i]));
  const fill = (rates: Matrix, diagonal: (state: readonly number[]) => number): number[][] =>
    states.map((state) => {
      const row = new Array<number>(states.length).fill(0);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < m; j++) {
          if (i === j || state[i] === 0) continue;
          const next = state.map((n, k) => n - (k === i ? 1 : 0) + (k === j ? 1 : 0));
          row[number.get(next.join())!]! += state[i]! * rates[i]![j]!;
        }
      }
      row[number.get(state.join())!] = diagonal(state);
      return row;
    });
  const own = (rates: Matrix) => (state: readonly number[]) => state.reduce((sum, n, i) => sum + n * rates[i]![i]!, 0);
  return { D0: fill(D0, own(D0)), D1: fill(D1, own(D1)), batch };
}

/** Every way to put `count` alike things into m places; null for more than 64 of them. */
function occupations(count: number, m: number): number[][] | null {
  let ways = 1;
  for (let k = 1; k < m; k++) ways = (ways * (count + k)) / k;
  if (ways > mostPhases) return null;
  if (m === 1) return [[count]];
  const all: number[][] = [];
  for (let first = count; first >= 0; first--) {
    for (const rest of occupations(count - first, m - 1)!) all.push([first, ...rest]);
  }
  return all;
}

/** Different processes together, each in its own phase; null where their batches differ. */
function beside(parts: readonly MarkovianArrivals[]): MarkovianArrivals | null {
  const size = parts.reduce((product, { D0 }) => product * D0.length, 1);
  if (size > mostPhases || parts.some(({ batch }) => !isSingle(batch))) return null;
  return parts.reduce((a, b) => ({
    D0: kroneckerSum(a.D0, b.D0),
    D1: kroneckerSum(a.D1, b.D1),
    batch: a.batch,
  }));
}

const kroneckerSum = (a: Matrix, b: Matrix): Matrix =>
  a.flatMap((rowA, i) =>
    b.map((rowB, k) => rowA.flatMap((x, j) => rowB.map((y, l) => (k === l ? x : 0) + (i === j ? y : 0)))),
  );
