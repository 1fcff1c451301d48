import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { complex, divide } from "../numerics/complex.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { Distribution } from "./distribution.ts";

/**
 * The memoryless time: P(X > x) = e^(−x/mean).
 *
 * @param mean in (0, ∞)
 * @example
 * exponential({ mean: 0.01 }).cdf(0.01) // => 0.6321205588285577
 */
export function exponential({ mean }: { readonly mean: Seconds }): Distribution {
  check(mean > 0 && mean < Infinity, "exponential", "mean must be in (0, ∞)", mean);
  const factorial = [1, 1, 2, 6, 24];
  return {
    mean,
    scv: 1,
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-x / mean)),
    quantile: (p) => -Math.log1p(-p) * mean,
    moment: (k) => factorial[k]! * mean ** k,
    transform: [{ delay: 0, smooth: (s) => divide(complex(1), complex(1 + s.re * mean, s.im * mean)) }],
    transformRest: (s) => divide(complex(s.re * mean, s.im * mean), complex(1 + s.re * mean, s.im * mean)),
    sampler: (source) => {
      const draw = standardExponential(source);
      return () => draw() * mean;
    },
  };
}
