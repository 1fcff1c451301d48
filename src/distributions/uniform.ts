import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { complex, divide } from "../numerics/complex.ts";
import type { Distribution } from "./distribution.ts";

/**
 * Equally likely anywhere in [low, high].
 *
 * @param low in [0, high)
 * @example
 * uniform({ low: 1, high: 3 }).cdf(1.5) // => 0.25
 */
export function uniform({ low, high }: { readonly low: Seconds; readonly high: Seconds }): Distribution {
  check(low >= 0, "uniform", "low must be ≥ 0", low);
  check(high > low && high < Infinity, "uniform", "high must be in (low, ∞)", high);
  const width = high - low;
  const mean = (low + high) / 2;
  const edge = (delay: Seconds, sign: number) => ({
    delay,
    smooth: (s: { re: number; im: number }) => divide(complex(sign), complex(s.re * width, s.im * width)),
  });
  return {
    mean,
    scv: (width * width) / 12 / (mean * mean),
    cdf: (x) => Math.min(1, Math.max(0, (x - low) / width)),
    quantile: (p) => low + p * width,
    moment: (k) => (high ** (k + 1) - low ** (k + 1)) / ((k + 1) * width),
    transform: [edge(low, 1), edge(high, -1)],
    sampler: (source) => () => low + source() * width,
  };
}
