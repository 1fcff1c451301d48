import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { atoms } from "./discrete.ts";
import type { Distribution } from "./distribution.ts";

/**
 * The observed values, each equally likely.
 *
 * @param values at least one, in [0, ∞)
 * @example
 * empirical({ values: [3, 1, 2, 2] }).cdf(2) // => 0.75
 */
export function empirical({ values }: { readonly values: readonly Seconds[] }): Distribution {
  check(values.length > 0, "empirical", "needs at least one value", values.length);
  for (const value of values) check(value >= 0 && value < Infinity, "empirical", "values must be in [0, ∞)", value);
  return atoms(values.map((value) => ({ value, probability: 1 / values.length })));
}
