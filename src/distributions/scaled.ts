import { check } from "../base/check.ts";
import type { Complex } from "../numerics/complex.ts";
import type { Distribution } from "./distribution.ts";

/**
 * A law with every time multiplied: what a work factor does to the work.
 *
 * @param factor in (0, ∞)
 * @example
 * scaled(exponential({ mean: 2 }), 1.5).mean // => 3
 */
export function scaled(law: Distribution, factor: number): Distribution {
  check(factor > 0 && factor < Infinity, "scaled", "factor must be in (0, ∞)", factor);
  if (factor === 1) return law;
  return {
    mean: law.mean * factor,
    scv: law.scv,
    cdf: (x) => law.cdf(x / factor),
    quantile: (p) => law.quantile(p) * factor,
    moment: (k) => law.moment(k) * factor ** k,
    ...(law.transform && {
      transform: law.transform.map(({ delay, smooth }) => ({
        delay: delay * factor,
        smooth: (s) => smooth({ re: s.re * factor, im: s.im * factor }),
      })),
    }),
    ...(law.transformRest && {
      transformRest: (s: Complex) => law.transformRest!({ re: s.re * factor, im: s.im * factor }),
    }),
    sampler: (source) => {
      const sample = law.sampler(source);
      return () => sample() * factor;
    },
  };
}
