import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Complex } from "../numerics/complex.ts";
import { logGamma } from "../numerics/gamma.ts";
import { weibullTransform, weibullTransformRest } from "../numerics/weibullTransform.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { Distribution } from "./distribution.ts";

/** Beyond it the law is so narrow (scv 0.02) that the integral of its transform oscillates. */
const shapeOfTransform = 8;

/**
 * A time with P(X > x) = e^(−(x/λ)^shape): shape 1 is the exponential, below it has a long tail.
 *
 * @param mean in (0, ∞)
 * @param shape in [0.05, ∞): below that the variance is beyond 10²⁰ of the squared mean; λ = mean / Γ(1 + 1/shape)
 * @example
 * weibull({ mean: 2, shape: 1 }).cdf(2) // => 0.6321205588285577
 */
export function weibull({ mean, shape }: { readonly mean: Seconds; readonly shape: number }): Distribution {
  check(mean > 0 && mean < Infinity, "weibull", "mean must be in (0, ∞)", mean);
  check(shape >= 0.05 && shape < Infinity, "weibull", "shape must be in [0.05, ∞)", shape);
  const scale = mean / Math.exp(logGamma(1 + 1 / shape));
  const law = { shape, scale };
  return {
    mean,
    scv: Math.expm1(logGammaExcess(1 / shape)),
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-((x / scale) ** shape))),
    quantile: (p) => scale * (-Math.log1p(-p)) ** (1 / shape),
    moment: (k) => (k === 1 ? mean : scale ** k * Math.exp(logGamma(1 + k / shape))),
    ...(shape <= shapeOfTransform && {
      transform: [{ delay: 0, smooth: (s: Complex) => weibullTransform(law, s) }],
      transformRest: (s: Complex) => weibullTransformRest(law, s),
    }),
    sampler: (source) => {
      const draw = standardExponential(source);
      const power = 1 / shape;
      return () => scale * draw() ** power;
    },
  };
}

/** ln Γ(1 + 2x) − 2 ln Γ(1 + x), by its series where the difference would cancel. */
function logGammaExcess(x: number): number {
  if (x > 0.01) return logGamma(1 + 2 * x) - 2 * logGamma(1 + x);
  const zeta = [
    1.6449340668482264, 1.2020569031595942, 1.0823232337111381, 1.03692775514337, 1.017343061984449, 1.0083492773819227,
    1.0040773561979444, 1.0020083928260821,
  ];
  // ln Γ(1 + x) = −γx + Σ ζ(n)(−x)ⁿ/n, n ≥ 2.
  return zeta.reduce((sum, z, i) => sum + (z * (2 ** (i + 2) - 2) * (-x) ** (i + 2)) / (i + 2), 0);
}
