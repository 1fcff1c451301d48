import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";

/**
 * The smallest x with cdf(x) ≥ p, by bisection down to neighbouring doubles.
 *
 * Bisection, because a cdf may jump and be flat; about 60 to 120 evaluations. For set-up code, not for hot loops.
 *
 * @param cdf a distribution function on [0, ∞), right-continuous
 * @param p in [0, 1]; where it is 1 the support must be bounded, or the result is Infinity
 * @param guess a positive first upper bound, such as the mean
 */
export function quantileOf(cdf: (x: Seconds) => number, p: number, guess: Seconds): Seconds {
  invariant(p >= 0 && p <= 1, `quantile level ${p}`);
  if (cdf(0) >= p) return 0;
  let high = guess > 0 ? guess : 1;
  while (cdf(high) < p) {
    high *= 2;
    if (high > 1e300) return Infinity;
  }
  let low = 0;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high || high - low <= 2e-16 * high) return high;
    if (cdf(middle) >= p) high = middle;
    else low = middle;
  }
}
