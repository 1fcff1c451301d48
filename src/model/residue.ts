import { add, type Complex, complex, multiply, scale } from "../numerics/complex.ts";

/**
 * The residue of f at a simple pole, as the mean of (s − pole)·f(s) over a circle.
 *
 * @param others every pole of f, and 0; the circle keeps clear of them
 */
export function residueAt(f: (s: Complex) => Complex, pole: number, others: readonly number[]): number {
  const nearest = Math.min(pole, ...others.filter((other) => other !== pole).map((other) => Math.abs(other - pole)));
  const radius = 0.3 * nearest;
  const points = 32;
  let sum = complex(0);
  for (let k = 0; k < points; k++) {
    const angle = (2 * Math.PI * (k + 0.5)) / points;
    const step = complex(radius * Math.cos(angle), radius * Math.sin(angle));
    sum = add(sum, multiply(step, f(complex(pole + step.re, step.im))));
  }
  return scale(sum, 1 / points).re;
}
