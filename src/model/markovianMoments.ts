import { dot, type Matrix, rowTimes, solveRow } from "../numerics/matrix.ts";
import {
  addSeries,
  divideSeries,
  momentsOf,
  multiplySeries,
  type Series,
  scaleSeries,
  transformSeries,
} from "../numerics/series.ts";
import type { ColdServer } from "./coldQueue.ts";
import type { IdleRows } from "./markovianQueue.ts";
import { type ModulatedChain, plusOuter } from "./modulatedChain.ts";
import { aheadSeries, throughBatch } from "./poissonMoments.ts";

/**
 * E[T], E[T²] and the share of requests in busy periods that began cold, under Markov-modulated arrivals: the workload's equation on power series in s.
 *
 * @returns Infinity for a moment that diverges: E[T] needs E[B²], E[T²] needs E[B³]
 */
export function markovianMoments(
  chain: ModulatedChain,
  { warm, asleep, coldEnds }: IdleRows,
  { batch, service, firstService, coldStart, keepAlive }: Omit<ColdServer, "eventRate">,
): { readonly meanSojourn: number; readonly secondMoment: number; readonly busyPeriod: number } {
  const laws = keepAlive === null ? [service] : [service, firstService, coldStart];
  const diverging = laws.some((law) => law.moment(2) === Infinity);
  const heavy = laws.some((law) => law.moment(3) === Infinity);
  const seriesOf = (law: { moment(k: number): number }): Series =>
    transformSeries([1, 2, 3, 4].map((k) => law.moment(k)).map((moment) => (moment === Infinity ? 0 : moment)));

  const { unit, rates, withoutEvent, eventRate: lambda } = chain;
  const b = seriesOf(service);
  const h = throughBatch(batch, b);
  const z = keepAlive === null ? [1, 0, 0, 0, 0] : multiplySeries(seriesOf(coldStart), seriesOf(firstService));
  const coldWork = multiplySeries(divideSeries(h, b), z);
  const outside = rowTimes(
    warm.map((x, i) => x + asleep[i]!),
    withoutEvent,
  );
  const right = [0, 1, 2, 3].map((k) =>
    outside.map((x, i) => -((k === 0 ? x : 0) + (warm[i]! * h[k]! + asleep[i]! * coldWork[k]!) * rates[i]!)),
  );
  const workload = expand(chain, h, right);
  const events = rates.map((rate, i) => rate * unit[i]!);
  const busy = workload.map((row) => dot(row, events));
  // The same equation for the workload of busy periods that began cold, which end in the phases `coldEnds`.
  const rightCold = [0, 1, 2, 3].map((k) =>
    coldEnds.map((end, i) => (k === 0 ? end : 0) - asleep[i]! * coldWork[k]! * rates[i]!),
  );
  const busyPeriod = (dot(expand(chain, h, rightCold)[0]!, events) + dot(asleep, events)) / lambda;
  if (diverging) return { meanSojourn: Infinity, secondMoment: Infinity, busyPeriod };
  const fromWarm = dot(warm, events);
  const inside = addSeries(
    multiplySeries(b, addSeries(busy, [fromWarm, 0, 0])),
    scaleSeries(z, dot(asleep, events)).slice(0, 3),
  );
  const ahead = aheadSeries(batch, b, h);
  const [mean, second] = momentsOf(scaleSeries(multiplySeries(ahead, inside), 1 / lambda));
  return { meanSojourn: mean!, secondMoment: heavy ? Infinity : second!, busyPeriod };
}

/** v₀, v₁, v₂ of v(s)·[sI + D0 + D1·H*] = right: each order fixes v up to a multiple of π, which the next order fixes. */
function expand(
  { generator, rates, unit }: ModulatedChain,
  h: Series,
  right: readonly (readonly number[])[],
): number[][] {
  const regular: Matrix = plusOuter(
    generator,
    unit.map((x) => -x),
    unit,
  );
  const coefficient = (j: number, row: readonly number[]): number[] =>
    row.map((x, i) => x * ((j === 1 ? 1 : 0) + rates[i]! * h[j]!));
  const drift = dot(coefficient(1, unit), unit);
  const found: number[][] = [];
  for (let k = 0; k <= 2; k++) {
    let known = [...right[k]!];
    for (let j = 1; j <= k; j++) {
      const term = coefficient(j, found[k - j]!);
      known = known.map((x, i) => x - term[i]!);
    }
    const particular = solveRow(regular, known);
    let rest = dot(right[k + 1]!, unit) - dot(coefficient(1, particular), unit);
    for (let j = 2; j <= k + 1; j++) rest -= dot(coefficient(j, found[k + 1 - j]!), unit);
    found.push(particular.map((x, i) => x + (rest / drift) * unit[i]!));
  }
  return found;
}
