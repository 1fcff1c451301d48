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
import { euler } from "../numerics/euler.ts";
import { windowedInverse } from "../numerics/windowedInverse.ts";
import { type Law, type LawPart, sameInstant, withoutPoles } from "./law.ts";

/** A law's transform made a function of time. */
export interface InvertedLaw {
  /** The k-fold integral from 0 to t of the density: k = 1 is the cdf, k = 2 the integral of the cdf. It may leave [0, 1] by what rounding does. */
  integral(t: Seconds, fold: 1 | 2): number;
  /** Twice what two independent methods differ by at t in the cdf, and never less than what rounding alone does. */
  error(t: Seconds): number;
}

/**
 * Every part is inverted by itself at t minus its delay, so that no inversion meets a jump or a kink.
 *
 * By the continued fraction of a Fourier series, which shares its values of the transform over a window of instants; Euler's
 * rule, which does not, stands beside it for the error and in its place where the fraction has not converged.
 *
 * @see de Hoog, Knight & Stokes 1982; Abate & Whitt 2006; docs/model.md for the splitting and the poles
 */
export function inverted(law: Law): InvertedLaw {
  const transforms = law.parts.map((part) =>
    ([1, 2] as const).map((fold) => (s: Complex) => integrand(law, part, fold, s)),
  );
  const windowed = transforms.map((folds) => folds.map(windowedInverse));
  const sum = (t: Seconds, fold: 1 | 2, smooth: (part: number, since: Seconds) => number): number => {
    let total = fromPoles(law, t, fold);
    for (const [i, { delay, growth }] of law.parts.entries()) {
      if (sameInstant(delay, t)) {
        if (fold === 1) total += atomAt(law, delay);
      } else if (delay < t) {
        const since = t - delay;
        total += smooth(i, since) * Math.exp(law.shift * since) + grown(growth, since, fold);
      }
    }
    return total;
  };
  const byEuler = (fold: 1 | 2) => (i: number, since: Seconds) => euler(transforms[i]![fold - 1]!, since);
  const integral = (t: Seconds, fold: 1 | 2): number => {
    if (!(t > 0)) return t === 0 && fold === 1 ? atomAt(law, 0) : 0;
    return sum(t, fold, (i, since) => {
      const value = windowed[i]![fold - 1]!(since);
      return Number.isNaN(value) ? byEuler(fold)(i, since) : value;
    });
  };
  return {
    integral,
    error: (t) => {
      if (!(t > 0) || t === Infinity) return 0;
      const count = law.parts.length;
      const rounding = law.shift > 0 ? 2e-11 + 2e-13 * count * Math.exp(law.shift * t) : 2e-11 * count;
      return 2 * Math.abs(integral(t, 1) - sum(t, 1, byEuler(1))) + rounding;
    },
  };
}

const atomAt = (law: Law, t: Seconds): number =>
  law.atoms.reduce((sum, { at, weight }) => (sameInstant(at, t) ? sum + weight : sum), 0);

/** (smooth(s) without what grows, the poles at 0 and in the right half-plane)/sᶠ. */
function integrand(law: Law, part: LawPart, fold: 1 | 2, at: Complex): Complex {
  const s = complex(at.re + law.shift, at.im);
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
