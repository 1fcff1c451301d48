import { check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import type { ArrivalProcess, MarkovianArrivals } from "./arrivals.ts";
import { type ArrivalsSpec, arrivals } from "./index.ts";
import { merge } from "./merge.ts";
import { modulated } from "./mmpp.ts";

/**
 * Many alike, independent devices; a request's origin is its device.
 *
 * @param count devices, an integer ≥ 1
 * @param each the process of one device
 */
export function devices({ count, each }: { readonly count: number; readonly each: ArrivalsSpec }): ArrivalProcess {
  check(Number.isInteger(count) && count >= 1, "devices", "count must be an integer ≥ 1", count);
  const one = arrivals(each);
  const map = one.map && occupancy(one.map, count);
  return {
    rate: one.rate * count,
    finite: one.finite,
    origins: one.origins * count,
    ...(one.poisson && { poisson: { rate: one.poisson.rate * count, batch: one.poisson.batch } }),
    ...(map && { map }),
    instants: (name) => {
      const runs = Array.from({ length: count }, (_, i) => one.instants([...name, i]));
      return merge(runs, new Array<number>(count).fill(one.origins));
    },
  };
}

/** The phases of `count` alike two-phase devices together: how many are in the second phase. */
function occupancy({ D0, D1, batch }: MarkovianArrivals, count: number): MarkovianArrivals | undefined {
  const modulatedOnly = D1.every((row, i) => row.every((rate, j) => i === j || rate === 0));
  if (D0.length !== 2 || !modulatedOnly) return undefined;
  const [first, second] = [D1[0]![0]!, D1[1]![1]!];
  const [up, down] = [D0[0]![1]!, D0[1]![0]!];
  const states = Array.from({ length: count + 1 }, (_, k) => k);
  const rates: PerSecond[] = states.map((k) => (count - k) * first + k * second);
  const switching = states.map((k) => states.map((j) => (j === k + 1 ? (count - k) * up : j === k - 1 ? k * down : 0)));
  return modulated(rates, switching, batch);
}
