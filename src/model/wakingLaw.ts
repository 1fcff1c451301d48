import type { PerSecond } from "../base/units.ts";
import type { Distribution, TransformPart } from "../distributions/index.ts";
import { type Complex, complex, divide, scale, subtract } from "../numerics/complex.ts";
import {
  addSeries,
  divideSeries,
  momentsOf,
  multiplySeries,
  scaleSeries,
  transformSeries,
} from "../numerics/series.ts";
import { atomsOf, sumOfAtoms } from "./latencyOfDistribution.ts";
import { type Atom, productOf, transformAt } from "./law.ts";

/** The time from the event that wakes the instance to the instance being ready. */
export interface WakingLaw {
  readonly parts: readonly TransformPart[];
  /** E[X], E[X²], E[X³], E[X⁴]. */
  readonly moments: readonly number[];
  readonly mean: number;
  readonly atoms: readonly Atom[];
}

/**
 * The cold start, after what is left of a shut-down that cannot be interrupted.
 *
 * The first event comes Exp(λ) after the shut-down X began, so R = (X − Exp(λ))⁺ is left of it:
 * R* = (λX*(s) − sX*(λ))/(λ − s).
 *
 * @see Takagi, Queueing Analysis, vol. 1 (1991), §2.3 (close-down times)
 */
export function wakingLaw(coldStart: Distribution, closeDown: Distribution | null, lambda: PerSecond): WakingLaw {
  const start = [1, 2, 3, 4].map((k) => coldStart.moment(k));
  const startParts = coldStart.transform ?? [];
  if (closeDown === null || closeDown.mean === 0)
    return { parts: startParts, moments: start, mean: start[0]!, atoms: atomsOf(coldStart) };

  const closing = closeDown.transform ?? [];
  const noEvent = transformAt(closing, complex(lambda)).re;
  const closeSeries = transformSeries([1, 2, 3, 4].map((k) => closeDown.moment(k)));
  const upper = addSeries(scaleSeries(closeSeries, lambda), [0, -noEvent, 0, 0, 0]);
  const rest = divideSeries(upper, [lambda, -1, 0, 0, 0]);
  const moments = momentsOf(multiplySeries(rest, transformSeries(start)));
  const left: TransformPart = { delay: 0, smooth: (s) => restOfClosing(closing, noEvent, lambda, s) };
  return {
    parts: productOf([left], startParts),
    moments,
    mean: moments[0]!,
    atoms: sumOfAtoms([{ at: 0, weight: noEvent }], atomsOf(coldStart)),
  };
}

function restOfClosing(closing: readonly TransformPart[], noEvent: number, lambda: PerSecond, s: Complex): Complex {
  const gap = complex(lambda - s.re, -s.im);
  const distance = Math.hypot(gap.re, gap.im);
  if (distance > 1e-3 * lambda) {
    return divide(subtract(scale(transformAt(closing, s), lambda), scale(s, noEvent)), gap);
  }
  // The singularity at λ is removable: the mean over a circle around s is the value.
  const points = 8;
  let re = 0;
  let im = 0;
  for (let k = 0; k < points; k++) {
    const angle = (2 * Math.PI * (k + 0.5)) / points;
    const near = complex(s.re + 0.02 * lambda * Math.cos(angle), s.im + 0.02 * lambda * Math.sin(angle));
    const value = restOfClosing(closing, noEvent, lambda, near);
    re += value.re / points;
    im += value.im / points;
  }
  return complex(re, im);
}
