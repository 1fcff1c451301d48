import type { Seconds } from "../base/units.ts";
import { type Interval, type RatioPart, ratioInterval } from "./intervals.ts";

/** How finely the time of a measurement is cut. */
export const windowsMost = 32;
/** Stretches that are compared with each other; with fewer than eight an interval says next to nothing. */
const windowCounts: readonly number[] = [windowsMost, 16, 8];

/**
 * Which of 32 equally long stretches of time an instant lies in.
 *
 * @param first the instant at which the first stretch begins
 * @param last the instant at which the last one ends, ≥ first
 * @returns a function to 0 … 31; everything outside counts to the stretch at that end
 * @example
 * [0, 9.9, 10].map(timeWindows(0, 10)) // => [0, 31, 31]
 */
export function timeWindows(first: Seconds, last: Seconds): (at: Seconds) => number {
  const perSecond = last > first ? windowsMost / (last - first) : 0;
  return (at) => Math.max(0, Math.min(windowsMost - 1, Math.floor((at - first) * perSecond)));
}

/**
 * Σ sum / Σ weight of requests that depend on their neighbours, with a 95 % interval from the scatter between stretches of time.
 *
 * Short stretches are many but alike, because a queue outlives them; long ones are independent but few. So the widest interval of 32, 16 and 8
 * counts. Coverage on queues behind Poisson and bursty arrivals is in docs/report.md.
 *
 * @param parts of the 32 stretches, in order of time
 * @returns an interval of NaN where all requests lie in one stretch
 * @see Schmeiser, Batch size effects in the analysis of simulation output, Operations Research 30 (1982) 556
 */
export function windowInterval(parts: readonly RatioPart[]): Interval {
  const together = (some: readonly RatioPart[]) =>
    some.reduce((a, b) => ({ sum: a.sum + b.sum, weight: a.weight + b.weight }));
  return widest(joinedWindows(parts, together).map((each) => ratioInterval(each)));
}

/** The first interval's figure between the lowest and the highest end of all; unknown ends do not count. */
export function widest(intervals: readonly Interval[]): Interval {
  const { value } = intervals[0]!;
  const known = intervals.filter(({ low, high }) => low <= high);
  if (known.length === 0) return { value, low: Number.NaN, high: Number.NaN };
  return {
    value,
    low: Math.min(value, ...known.map(({ low }) => low)),
    high: Math.max(value, ...known.map(({ high }) => high)),
  };
}

/** The 32 stretches as they are, and joined to 16 and to 8. */
export function joinedWindows<Part>(parts: readonly Part[], join: (parts: readonly Part[]) => Part): readonly Part[][] {
  return windowCounts.map((count) => {
    const each = windowsMost / count;
    return Array.from({ length: count }, (_, i) => join(parts.slice(i * each, (i + 1) * each)));
  });
}
