import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Distribution } from "./distribution.ts";
import { lomaxOf } from "./lomax.ts";
import { shiftedLaw } from "./shifted.ts";

/**
 * A time with P(X > x) = (minimum/x)^shape from the minimum on: a power-law tail.
 *
 * @param minimum in (0, ∞)
 * @param shape in (1, ∞), because the mean is infinite up to 1; the variance is up to 2
 * @example
 * pareto({ minimum: 1, shape: 3 }).mean // => 1.5
 */
export function pareto({ minimum, shape }: { readonly minimum: Seconds; readonly shape: number }): Distribution {
  check(minimum > 0 && minimum < Infinity, "pareto", "minimum must be in (0, ∞)", minimum);
  check(shape > 1 && shape < Infinity, "pareto", "shape must be in (1, ∞)", shape);
  return shiftedLaw(minimum, lomaxOf(minimum, shape));
}
