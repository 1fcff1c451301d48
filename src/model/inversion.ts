import type { Seconds } from "../base/units.ts";
import { type Complex, complex, divide, multiply, one } from "../numerics/complex.ts";
import { euler, standardTerms } from "../numerics/euler.ts";
import { type Law, type LawPart, sameInstant } from "./law.ts";

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
  return sum - pendingGrowth(law, t, fold);
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

/** smooth(s)/sᶠ without what grows: the pole at 0 and those in the right half-plane. */
function integrand(law: Law, part: LawPart, fold: 1 | 2, s: Complex): Complex {
  const [c0, c1, c2] = part.growth;
  const value = part.smooth(s);
  const inverse = divide(one, s);
  const power = multiply(inverse, inverse);
  const decaying = complex(value.re - c0 - c1 * inverse.re - c2 * power.re, value.im - c1 * inverse.im - c2 * power.im);
  let { re, im } = multiply(decaying, fold === 1 ? inverse : power);
  for (let i = 0; i < law.poles.length; i++) {
    const sigma = law.poles[i]!;
    const pole = divide(complex(part.residues[i]! / sigma ** fold), complex(s.re - sigma, s.im));
    re -= pole.re;
    im -= pole.im;
  }
  return complex(re, im);
}

/** The inverse of (c₀ + c₁/s + c₂/s²)/sᶠ. */
function grown([c0, c1, c2]: LawPart["growth"], t: Seconds, fold: 1 | 2): number {
  return fold === 1 ? c0 + t * (c1 + (t * c2) / 2) : t * (c0 + (t / 2) * (c1 + (t * c2) / 3));
}

/**
 * What the poles would have contributed: the terms e^(σ(t−delay)) of the parts already begun sum to minus those of the
 * parts still to come, which only decay.
 */
function pendingGrowth(law: Law, t: Seconds, fold: 1 | 2): number {
  let sum = 0;
  for (let i = 0; i < law.poles.length; i++) {
    const sigma = law.poles[i]!;
    for (const { delay, residues } of law.parts) {
      if (delay > t && !sameInstant(delay, t)) sum += (residues[i]! / sigma ** fold) * Math.exp(-sigma * (delay - t));
    }
  }
  return sum;
}
