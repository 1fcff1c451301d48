import type { Seconds } from "../base/units.ts";
import {
  add,
  type Complex,
  complex,
  divide,
  exp,
  expm1,
  multiply,
  negate,
  one,
  scale,
  subtract,
  zero,
} from "../numerics/complex.ts";
import { euler, standardTerms } from "../numerics/euler.ts";
import { type Law, type LawPart, sameInstant, withoutPoles } from "./law.ts";

/**
 * The k-fold integral from 0 to t of a law's density: k = 1 is the cdf, k = 2 the integral of the cdf.
 *
 * Every part is inverted by itself at t minus its delay, so that no inversion meets a jump or a kink.
 *
 * @param t in [0, ∞)
 * @see Abate & Whitt 2006, and docs/model.md for the splitting and the poles
 */
export function integralOf(law: Law, t: Seconds, fold: 1 | 2 = 1, terms: number = standardTerms): number {
  let sum = 0;
  for (const part of law.parts) {
    if (sameInstant(part.delay, t)) {
      if (fold === 1) sum += atomAt(law, part.delay);
    } else if (part.delay < t) {
      const since = t - part.delay;
      sum += euler((s) => integrand(law, part, fold, s), since, terms) + grown(part.growth, since, fold);
    }
  }
  return sum + fromPoles(law, t, fold);
}

/** E[Y; X ≤ t], or the cdf; it may leave [0, 1] by what rounding does. */
export function cdfOf(law: Law, t: Seconds, terms: number = standardTerms): number {
  if (!(t > 0)) return t === 0 ? atomAt(law, 0) : 0;
  return integralOf(law, t, 1, terms);
}

/** Twice what longer rules differ by at t, and never less than what rounding alone does. */
export function cdfError(law: Law, t: Seconds): number {
  if (!(t > 0) || t === Infinity) return 0;
  const value = cdfOf(law, t);
  const others = [1, 2].map((more) => Math.abs(value - cdfOf(law, t, standardTerms + more)));
  return 2 * Math.max(...others) + 2e-11 * law.parts.length;
}

const atomAt = (law: Law, t: Seconds): number =>
  law.atoms.reduce((sum, { at, weight }) => (sameInstant(at, t) ? sum + weight : sum), 0);

/** (smooth(s) without what grows, the poles at 0 and in the right half-plane)/sᶠ. */
function integrand(law: Law, part: LawPart, fold: 1 | 2, s: Complex): Complex {
  const inverse = divide(one, s);
  let { re, im } = withoutPoles(part.smooth(s), s, law.poles, part.residues);
  let power = one;
  for (const coefficient of part.growth) {
    re -= coefficient * power.re;
    im -= coefficient * power.im;
    power = multiply(power, inverse);
  }
  const decaying = complex(re, im);
  return multiply(decaying, fold === 1 ? inverse : multiply(inverse, inverse));
}

/** The inverse of (c₀ + c₁/s + c₂/s² + …)/sᶠ. */
function grown(growth: readonly number[], t: Seconds, fold: 1 | 2): number {
  let power = fold === 1 ? 1 : t;
  let sum = 0;
  for (const [k, coefficient] of growth.entries()) {
    sum += coefficient * power;
    power *= t / (k + fold);
  }
  return sum;
}

/**
 * What the poles contribute to the parts already begun: Σ r·(e^(σu) − 1)/σ, u = t − delay, or once more integrated. Where
 * e^(σu) is large, its sum over the parts begun is minus that over the parts still to come, which only decays.
 */
function fromPoles({ poles, parts }: Law, t: Seconds, fold: 1 | 2): number {
  const begun = (delay: Seconds): boolean => delay <= t || sameInstant(delay, t);
  let sum = 0;
  for (let i = 0; i < poles.length; i++) {
    const sigma = poles[i]!;
    const far = sigma.re * t >= 1;
    for (const { delay, residues } of parts) {
      const isBegun = begun(delay);
      if (!far && !isBegun) continue;
      const x = scale(sigma, t - delay);
      const linear = fold === 1 ? zero : x;
      const value = !far ? subtract(expm1(x), linear) : isBegun ? negate(add(one, linear)) : negate(exp(x));
      const share = divide(residues[i]!, fold === 1 ? sigma : multiply(sigma, sigma));
      sum += multiply(share, value).re * (sigma.im === 0 ? 1 : 2);
    }
  }
  return sum;
}
