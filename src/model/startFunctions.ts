import type { Distribution } from "../distributions/index.ts";
import { type Complex, complex, divide, modulus, multiply, scale, subtract } from "../numerics/complex.ts";
import { transformAt } from "./law.ts";

/** ∫ P(C > u)e^(−θu) du and ∫ E[(C − u)⁺]e^(−θu) du of a start C, by their series where the closed form cancels. */
export function startFunctions(start: Distribution) {
  const [c1, c2, c3, c4] = [1, 2, 3, 4].map((k) => start.moment(k)) as [number, number, number, number];
  const rest = (theta: Complex): Complex => {
    if (start.transformRest) return start.transformRest(theta);
    const value = transformAt(start.transform ?? [], theta);
    return complex(1 - value.re, -value.im);
  };
  // The series needs the moments it uses; without them only 0 itself has no closed form.
  const near = c4 < Infinity ? 1e-3 : 1e-9;
  const finite = (moment: number): number => (moment < Infinity ? moment : 0);
  const isNear = (theta: Complex): boolean => modulus(theta) * c1 <= near;
  return {
    arrived: (theta: Complex): Complex =>
      isNear(theta) ? series([c1, finite(c2) / 2, finite(c3) / 6, finite(c4) / 24], theta) : divide(rest(theta), theta),
    /** Where E[C²] diverges, the value at 0 does. */
    waited: (theta: Complex): Complex => {
      if (isNear(theta)) return series([c2 < Infinity ? c2 / 2 : 0, finite(c3) / 6, finite(c4) / 24], theta);
      return divide(subtract(scale(theta, c1), rest(theta)), multiply(theta, theta));
    },
  };
}

/** a₀ − a₁θ + a₂θ² − … */
function series(terms: readonly number[], theta: Complex): Complex {
  let sum = complex(0);
  for (const term of [...terms].reverse()) {
    const product = multiply(sum, theta);
    sum = complex(term - product.re, -product.im);
  }
  return sum;
}
