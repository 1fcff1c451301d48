import { dot, type Matrix, plusOuter, rowTimes, solveRow } from "../numerics/matrix.ts";
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
import type { MarkovianChain } from "./markovianChain.ts";
import type { IdleRows } from "./markovianQueue.ts";
import { aheadSeries, throughBatch } from "./poissonMoments.ts";

/**
 * E[T], E[T²] and the share of requests in busy periods that began cold, under Markovian arrivals: the workload's equation on power series in s.
 *
 * @returns Infinity for a moment that diverges: E[T] needs E[B²], E[T²] needs E[B³]
 */
export function markovianMoments(
  chain: MarkovianChain,
  { warm, asleep, coldEnds }: IdleRows,
  { batch, service, firstService, coldStart, keepAlive }: Omit<ColdServer, "eventRate">,
): { readonly meanSojourn: number; readonly secondMoment: number; readonly busyPeriod: number } {
  const laws = keepAlive === null ? [service] : [service, firstService, coldStart];
  const diverging = laws.some((law) => law.moment(2) === Infinity);
  const heavy = laws.some((law) => law.moment(3) === Infinity);
  const seriesOf = (law: { moment(k: number): number }): Series =>
    transformSeries([1, 2, 3, 4].map((k) => law.moment(k)).map((moment) => (moment === Infinity ? 0 : moment)));

  const { events, withoutEvent, eventRate: lambda } = chain;
  const b = seriesOf(service);
  const h = throughBatch(batch, b);
  const z = keepAlive === null ? [1, 0, 0, 0, 0] : multiplySeries(seriesOf(coldStart), seriesOf(firstService));
  const coldWork = multiplySeries(divideSeries(h, b), z);
  const outside = rowTimes(
    warm.map((x, i) => x + asleep[i]!),
    withoutEvent,
  );
  const [fromWarm, fromAsleep] = [chain.toEvent(warm), chain.toEvent(asleep)];
  const right = [0, 1, 2, 3].map((k) =>
    outside.map((x, i) => -((k === 0 ? x : 0) + fromWarm[i]! * h[k]! + fromAsleep[i]! * coldWork[k]!)),
  );
  const workload = expand(chain, h, right);
  const busy = workload.map((row) => dot(row, events));
  // The same equation for the workload of busy periods that began cold, which end in the phases `coldEnds`.
  const rightCold = [0, 1, 2, 3].map((k) =>
    coldEnds.map((end, i) => (k === 0 ? end : 0) - fromAsleep[i]! * coldWork[k]!),
  );
  const busyPeriod = (dot(expand(chain, h, rightCold)[0]!, events) + dot(asleep, events)) / lambda;
  if (diverging) return { meanSojourn: Infinity, secondMoment: Infinity, busyPeriod };
  const inside = addSeries(
    multiplySeries(b, addSeries(busy, [dot(warm, events), 0, 0])),
    scaleSeries(z, dot(asleep, events)).slice(0, 3),
  );
  const ahead = aheadSeries(batch, b, h);
  const [mean, second] = momentsOf(scaleSeries(multiplySeries(ahead, inside), 1 / lambda));
  return { meanSojourn: mean!, secondMoment: heavy ? Infinity : second!, busyPeriod };
}

/** v₀, v₁, v₂ of v(s)·[sI + D0 + D1·H*] = right: each order fixes v up to a multiple of π, which the next order fixes. */
function expand(chain: MarkovianChain, h: Series, wanted: readonly (readonly number[])[]): number[][] {
  const { generator, left, right } = chain;
  const regular: Matrix = plusOuter(
    generator,
    right.map((x) => -x),
    left,
  );
  const coefficient = (j: number, row: readonly number[]): number[] =>
    chain.toEvent(row).map((x, i) => (j === 1 ? row[i]! : 0) + x * h[j]!);
  const drift = dot(coefficient(1, left), right);
  const found: number[][] = [];
  for (let k = 0; k <= 2; k++) {
    let known = [...wanted[k]!];
    for (let j = 1; j <= k; j++) {
      const term = coefficient(j, found[k - j]!);
      known = known.map((x, i) => x - term[i]!);
    }
    const particular = solveRow(regular, known);
    let rest = dot(wanted[k + 1]!, right) - dot(coefficient(1, particular), right);
    for (let j = 2; j <= k + 1; j++) rest -= dot(coefficient(j, found[k + 1 - j]!), right);
    found.push(particular.map((x, i) => x + (rest / drift) * left[i]!));
  }
  return found;
}
