import type { Seconds } from "../base/units.ts";
import type { ArrivalFigures } from "./mapFigures.ts";

/** What a sample of instants says about the process. */
export interface SampleFigures extends ArrivalFigures {
  /** The times between requests. */
  readonly times: readonly number[];
  /** Variance over mean of the number of requests in windows of these lengths. */
  readonly windows: readonly { readonly seconds: Seconds; readonly dispersion: number }[];
}

/**
 * Moments of the times between requests and of their number in windows.
 *
 * Windows grow by factors of 2 from two mean distances, as long as 40 of them fit.
 *
 * @param times ascending, at least two different
 */
export function sampleFigures(times: Float64Array): SampleFigures {
  const n = times.length - 1;
  const span = times[n]! - times[0]!;
  const mean = span / n;
  let [second, product] = [0, 0];
  const distances: number[] = [];
  for (let i = 1; i <= n; i++) {
    const x = (times[i]! - times[i - 1]!) / mean;
    second += x * x;
    distances.push(times[i]! - times[i - 1]!);
    if (i < n) product += x * ((times[i + 1]! - times[i]!) / mean);
  }
  const scv = second / n - 1;
  const windows: { seconds: Seconds; dispersion: number }[] = [];
  for (let seconds = 2 * mean; seconds * 40 <= span; seconds *= 2) {
    windows.push({ seconds, dispersion: dispersionIn(times, seconds) });
  }
  return {
    rate: 1 / mean,
    scv,
    times: distances,
    lagOne: scv > 0 ? (product / (n - 1) - 1) / scv : 0,
    dispersion: windows.at(-1)?.dispersion ?? scv,
    windows,
  };
}

function dispersionIn(times: Float64Array, seconds: Seconds): number {
  const start = times[0]!;
  const whole = Math.floor((times.at(-1)! - start) / seconds);
  const counts = new Float64Array(whole);
  for (const at of times) {
    const window = Math.floor((at - start) / seconds);
    if (window < whole) counts[window]!++;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / whole;
  const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
  return squares / (whole - 1) / mean;
}
