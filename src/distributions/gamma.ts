import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { complex, expm1, log1p, negate, power, scale } from "../numerics/complex.ts";
import { gammaP } from "../numerics/gamma.ts";
import { normal } from "../random/normal.ts";
import type { Source } from "../random/source.ts";
import type { Distribution } from "./distribution.ts";
import { quantileOf } from "./quantile.ts";

/**
 * The gamma law of a given mean and variability; scv 1 is the exponential.
 *
 * @param mean in (0, ∞)
 * @param scv in (0, ∞); the shape is 1 / scv
 * @example
 * gamma({ mean: 0.02, scv: 0.5 }).moment(2) // => 0.0006000000000000001 (mean² · (1 + scv))
 */
export function gamma({ mean, scv }: { readonly mean: Seconds; readonly scv: number }): Distribution {
  check(mean > 0 && mean < Infinity, "gamma", "mean must be in (0, ∞)", mean);
  check(scv > 0 && scv < Infinity, "gamma", "scv must be in (0, ∞)", scv);
  const shape = 1 / scv;
  const unit = mean * scv;
  const cdf = (x: Seconds): number => (x <= 0 ? 0 : gammaP(shape, x / unit));
  return {
    mean,
    scv,
    cdf,
    quantile: (p) => (p === 1 ? Infinity : quantileOf(cdf, p, mean)),
    moment: (k) => {
      let product = 1;
      for (let j = 0; j < k; j++) product *= mean * (1 + j * scv);
      return product;
    },
    transform: [{ delay: 0, smooth: (s) => power(complex(1 + s.re * unit, s.im * unit), -shape) }],
    transformRest: (s) => negate(expm1(scale(log1p(complex(s.re * unit, s.im * unit)), -shape))),
    sampler: (source) => sampler(source, shape, unit),
  };
}

/**
 * Marsaglia and Tsang's method for shape ≥ 1; a smaller shape is raised by one and corrected by a power of a uniform.
 *
 * @see Marsaglia & Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000) 363
 */
function sampler(source: Source, shape: number, unit: Seconds): () => Seconds {
  if (shape < 1) {
    const raised = sampler(source, shape + 1, unit);
    return () => raised() * (1 - source()) ** (1 / shape);
  }
  const gauss = normal(source);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return () => {
    for (;;) {
      const x = gauss();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = 1 - source();
      if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v * unit;
    }
  };
}
