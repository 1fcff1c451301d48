import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { one } from "../numerics/complex.ts";
import type { Distribution } from "./distribution.ts";

/**
 * Always the same time.
 *
 * @param value the time, in [0, ∞)
 * @example
 * deterministic({ value: 0.002 }).quantile(0.99) // => 0.002
 */
export function deterministic({ value }: { readonly value: Seconds }): Distribution {
  check(value >= 0 && value < Infinity, "deterministic", "value must be in [0, ∞)", value);
  return {
    mean: value,
    scv: 0,
    cdf: (x) => (x >= value ? 1 : 0),
    quantile: () => value,
    moment: (k) => value ** k,
    transform: [{ delay: value, smooth: () => one }],
    sampler: () => () => value,
  };
}
