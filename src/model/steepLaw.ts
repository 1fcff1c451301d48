import type { Seconds } from "../base/units.ts";
import type { TransformPart } from "../distributions/index.ts";
import { complex, divide, multiply } from "../numerics/complex.ts";
import { fourierSeries } from "../numerics/fourierSeries.ts";
import { sameInstant } from "./law.ts";
import type { TimeLaw } from "./timeLaw.ts";

const terms = 300;
const termsOfSketch = 80;

/**
 * A law that rises steeply for its length, such as a sum of many services: every part inverted at t minus its delay, by the Fourier
 * series rather than by the 35 nodes of Euler's algorithm.
 *
 * @param scale a typical time, such as the mean
 */
export function steepLaw(parts: readonly TransformPart[], scale: Seconds): TimeLaw {
  const inverted = (t: Seconds, fold: 1 | 2, count: number): number => {
    let sum = 0;
    for (const { delay, smooth } of parts) {
      if (sameInstant(delay, t)) sum += fold === 1 ? smooth(complex(1e12 / scale)).re : 0;
      else if (delay < t) {
        const f = (s: { re: number; im: number }) => divide(smooth(s), fold === 1 ? s : multiply(s, s));
        sum += fourierSeries(f, t - delay, count);
      }
    }
    return sum;
  };
  return {
    cdf: (t) => inverted(t, 1, terms),
    sketch: (t) => inverted(t, 1, termsOfSketch),
    integral: (t) => inverted(t, 2, terms),
    error: () => 1e-10 * parts.length,
    atoms: [],
    kinks: parts.map(({ delay }) => delay),
  };
}
