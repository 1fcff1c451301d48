import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { lomaxTransform, lomaxTransformRest } from "../numerics/lomaxTransform.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { Distribution } from "./distribution.ts";

/**
 * A time with P(X > x) = (1 + x/θ)^−shape, θ = mean·(shape − 1): a power-law tail that starts at 0 (Pareto's second kind).
 *
 * @param mean in (0, ∞)
 * @param shape in (1, ∞); the variance is infinite up to 2
 * @example
 * lomax({ mean: 1, shape: 3 }).quantile(0.875) // => 2
 */
export function lomax({ mean, shape }: { readonly mean: Seconds; readonly shape: number }): Distribution {
  check(mean > 0 && mean < Infinity, "lomax", "mean must be in (0, ∞)", mean);
  check(shape > 1 && shape < Infinity, "lomax", "shape must be in (1, ∞)", shape);
  return { ...lomaxOf(mean * (shape - 1), shape), mean };
}

/** The law with θ = scale. */
export function lomaxOf(scale: Seconds, shape: number): Distribution {
  const law = { shape, scale };
  return {
    mean: scale / (shape - 1),
    scv: shape > 2 ? shape / (shape - 2) : Infinity,
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-shape * Math.log1p(x / scale))),
    quantile: (p) => scale * Math.expm1(-Math.log1p(-p) / shape),
    moment: (k) => {
      if (k >= shape) return Infinity;
      let product = 1;
      for (let j = 1; j <= k; j++) product *= (j * scale) / (shape - j);
      return product;
    },
    transform: [{ delay: 0, smooth: (s) => lomaxTransform(law, s) }],
    transformRest: (s) => lomaxTransformRest(law, s),
    sampler: (source) => {
      const draw = standardExponential(source);
      return () => scale * Math.expm1(draw() / shape);
    },
  };
}
