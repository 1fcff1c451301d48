import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { normalCdf, normalQuantile } from "../numerics/erf.ts";
import { lognormalTransform, lognormalTransformRest } from "../numerics/lognormalTransform.ts";
import { normal } from "../random/normal.ts";
import type { Distribution } from "./distribution.ts";

/**
 * A time whose logarithm is normal.
 *
 * @param mean in (0, ∞)
 * @param scv in (0, ∞); σ² = ln(1 + scv), μ = ln(mean) − σ²/2
 * @example
 * lognormal({ mean: 1, scv: 1 }).quantile(0.5) // => 0.7071067811865476 (mean / √(1 + scv))
 */
export function lognormal({ mean, scv }: { readonly mean: Seconds; readonly scv: number }): Distribution {
  check(mean > 0 && mean < Infinity, "lognormal", "mean must be in (0, ∞)", mean);
  check(scv > 0 && scv < Infinity, "lognormal", "scv must be in (0, ∞)", scv);
  const sigma = Math.sqrt(Math.log1p(scv));
  const median = mean / Math.sqrt(1 + scv);
  const mu = Math.log(median);
  return {
    mean,
    scv,
    cdf: (x) => (x <= 0 ? 0 : normalCdf((Math.log(x) - mu) / sigma)),
    quantile: (p) => (p === 0 ? 0 : p === 1 ? Infinity : median * Math.exp(sigma * normalQuantile(p))),
    moment: (k) => mean ** k * (1 + scv) ** ((k * (k - 1)) / 2),
    transform: [{ delay: 0, smooth: (s) => lognormalTransform({ mu, sigma }, s) }],
    transformRest: (s) => lognormalTransformRest({ mu, sigma }, s),
    sampler: (source) => {
      const gauss = normal(source);
      return () => median * Math.exp(sigma * gauss());
    },
  };
}
