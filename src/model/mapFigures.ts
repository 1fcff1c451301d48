import type { MarkovianArrivals } from "../arrivals/index.ts";
import {
  addMatrices,
  dot,
  identity,
  multiplyMatrices,
  plusOuter,
  rowTimes,
  scaleMatrix,
  solve,
} from "../numerics/matrix.ts";
import { stationary } from "../numerics/stationary.ts";

/** What tells arrival processes of one rate apart. */
export interface ArrivalFigures {
  /** Events per second. */
  readonly rate: number;
  /** Squared coefficient of variation of the time between events. */
  readonly scv: number;
  /** Correlation of one such time with the next. */
  readonly lagOne: number;
  /** Variance over mean of the number of events in a long time. */
  readonly dispersion: number;
}

/**
 * The figures of a Markovian arrival process's events.
 *
 * @see Neuts, Structured stochastic matrices of M/G/1 type (1989), ch. 5
 * @example
 * mapFigures({ D0: [[-2]], D1: [[2]] }).scv // => 1
 */
export function mapFigures({ D0, D1 }: Pick<MarkovianArrivals, "D0" | "D1">): ArrivalFigures {
  const m = D0.length;
  const D = addMatrices(D0, D1);
  const phases = stationary(D);
  const ones = new Array<number>(m).fill(1);
  const events = D1.map((row) => dot(row, ones));
  const rate = dot(phases, events);
  const stay = solve(scaleMatrix(D0, -1), identity(m));
  const after = rowTimes(phases, D1).map((x) => x / rate);
  const first = rowTimes(after, stay);
  const second = 2 * dot(rowTimes(first, stay), ones);
  const variance = second - 1 / rate ** 2;
  const next = dot(rowTimes(rowTimes(first, multiplyMatrices(stay, D1)), stay), ones);
  // (eπ − D)⁻¹ sums up what one event says about those to come.
  const deviation = solve(
    plusOuter(scaleMatrix(D, -1), ones, phases),
    events.map((x) => [x]),
  );
  const together = rowTimes(phases, D1).reduce((sum, x, i) => sum + x * deviation[i]![0]!, 0);
  return {
    rate,
    scv: variance * rate ** 2,
    lagOne: (next - 1 / rate ** 2) / variance,
    dispersion: 1 + (2 * (together - rate ** 2)) / rate,
  };
}
