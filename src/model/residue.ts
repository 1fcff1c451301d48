import { add, type Complex, complex, modulus, multiply, scale, subtract } from "../numerics/complex.ts";

/**
 * The residue of f at a simple pole, as the mean of (s − pole)·f(s) over a circle.
 *
 * @param others every pole of f, and 0; the circle keeps clear of them
 */
export function residueAt(f: (s: Complex) => Complex, pole: Complex, others: readonly Complex[]): Complex {
  const distances = others.map((other) => modulus(subtract(other, pole))).filter((distance) => distance > 0);
  const radius = 0.3 * Math.min(pole.re, ...distances);
  const points = 32;
  let sum = complex(0);
  for (let k = 0; k < points; k++) {
    const angle = (2 * Math.PI * (k + 0.5)) / points;
    const step = complex(radius * Math.cos(angle), radius * Math.sin(angle));
    sum = add(sum, multiply(step, f(add(pole, step))));
  }
  // A real pole of a real function has a real residue.
  return pole.im === 0 ? complex(sum.re / points) : scale(sum, 1 / points);
}
