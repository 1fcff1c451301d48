import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Distribution } from "./distribution.ts";
import { gamma } from "./gamma.ts";

/**
 * The sum of `stages` independent exponential times: a gamma law with an integer shape.
 *
 * @param mean of the whole, in (0, ∞)
 * @param stages an integer ≥ 1; scv = 1 / stages
 * @example
 * erlang({ mean: 0.05, stages: 4 }).scv // => 0.25
 */
export function erlang({ mean, stages }: { readonly mean: Seconds; readonly stages: number }): Distribution {
  check(Number.isInteger(stages) && stages >= 1, "erlang", "stages must be an integer ≥ 1", stages);
  check(mean > 0 && mean < Infinity, "erlang", "mean must be in (0, ∞)", mean);
  return gamma({ mean, scv: 1 / stages });
}
