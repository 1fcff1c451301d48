import type { Seconds } from "../base/units.ts";
import { inverted } from "./inversion.ts";
import type { Atom, Law } from "./law.ts";

/** A law as a function of time, however it was found. */
export interface TimeLaw {
  /** P(X ≤ t), not clamped; or E[Y; X ≤ t]. */
  cdf(t: Seconds): number;
  /** `cdf` to six digits, for drawing. */
  sketch(t: Seconds): number;
  /** ∫₀ᵗ of it. */
  integral(t: Seconds): number;
  /** By how much `cdf` may be wrong at t. */
  error(t: Seconds): number;
  readonly atoms: readonly Atom[];
  /** Where its slope changes abruptly. */
  readonly kinks: readonly Seconds[];
}

/** A transform, inverted where it is asked. */
export function invertedLaw(law: Law): TimeLaw {
  const { integral, error } = inverted(law);
  const cdf = (t: Seconds): number => integral(t, 1);
  return {
    cdf,
    sketch: cdf,
    integral: (t) => integral(t, 2),
    error,
    atoms: law.atoms,
    kinks: law.parts.map(({ delay }) => delay),
  };
}

/** One law before an instant, the same law found otherwise from there on. */
export const firstThen = (early: TimeLaw, until: Seconds, late: TimeLaw): TimeLaw => ({
  cdf: (t) => (t < until ? early.cdf(t) : late.cdf(t)),
  sketch: (t) => (t < until ? early.sketch(t) : late.sketch(t)),
  integral: (t) => (t < until ? early.integral(t) : late.integral(t)),
  error: (t) => (t < until ? early.error(t) : late.error(t)),
  atoms: late.atoms,
  kinks: [...early.kinks, ...late.kinks],
});

/** The sum of two weighted laws. */
export const sumOfLaws = (a: TimeLaw, b: TimeLaw): TimeLaw => ({
  cdf: (t) => a.cdf(t) + b.cdf(t),
  sketch: (t) => a.sketch(t) + b.sketch(t),
  integral: (t) => a.integral(t) + b.integral(t),
  error: (t) => a.error(t) + b.error(t),
  atoms: [...a.atoms, ...b.atoms],
  kinks: [...a.kinks, ...b.kinks],
});
