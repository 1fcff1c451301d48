import { ConvergenceError, check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { complex } from "../numerics/complex.ts";
import { fourier } from "../numerics/fourier.ts";
import { transformAt } from "./law.ts";

/**
 * P(n arrivals of a Poisson process during an independent random time), n = 0, 1, … until less than 1e-13 is left.
 *
 * The coefficients of the time's transform C*(λ(1 − z)) on the unit circle: exact to about 1e-15, for every law with a
 * transform.
 *
 * @throws {RangeError} if the law has no transform
 * @throws {ConvergenceError} where more than about 130 000 arrivals are not unlikely
 * @see Abate & Whitt, Numerical inversion of probability generating functions, Oper. Res. Lett. 12 (1992) 245
 */
export function arrivalsDuring(time: Distribution, rate: PerSecond): Float64Array {
  const { transform } = time;
  check(transform !== undefined, "arrivalsDuring", "the time must have a transform", time.mean);
  let size = 64;
  while (size < 8 * rate * time.mean) size *= 2;
  for (; size <= 2 ** 17; size *= 4) {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    for (let n = 0; n < size; n++) {
      const angle = (2 * Math.PI * n) / size;
      const half = Math.sin(angle / 2);
      const value = transformAt(transform, complex(2 * rate * half * half, -rate * Math.sin(angle)));
      re[n] = value.re;
      im[n] = value.im;
    }
    fourier(re, im);
    // What lies beyond the size comes back at the start of the circle; a small last quarter shows there is nothing.
    const last = re.subarray(Math.floor(size * 0.75)).reduce((sum, value) => sum + Math.abs(value), 0) / size;
    if (last < 1e-13) return trimmed(re.map((value) => Math.max(0, value / size)));
  }
  throw new ConvergenceError("arrivalsDuring", { iterations: size, residual: 1 });
}

function trimmed(chances: Float64Array): Float64Array {
  let end = chances.length;
  let left = 0;
  while (end > 1 && left + chances[end - 1]! < 2e-15) left += chances[--end]!;
  return chances.slice(0, end);
}
