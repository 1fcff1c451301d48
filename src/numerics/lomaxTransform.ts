import { check } from "../base/check.ts";
import { type Complex, complex, modulus, multiply, one, scale, zero } from "./complex.ts";
import { halfLine } from "./halfLine.ts";

/** P(X > x) = (1 + x/scale)^(−shape). */
export interface LomaxParameters {
  readonly shape: number;
  readonly scale: number;
}

/**
 * The Laplace–Stieltjes transform E[e^(−sX)] of a Lomax X, for Re s ≥ 0: α·e^z·E_(α+1)(z), z = s·scale.
 *
 * The exponential integral ∫ e^(−zu)(1 + u)^(−α−1) du is taken along the ray on which z·u is real, where nothing
 * oscillates. A Pareto time is its minimum plus a Lomax time of that scale.
 *
 * @param s in 1/seconds, Re s ≥ 0
 * @returns a complex number of modulus at most 1
 * @throws {RangeError} if an argument is outside its domain
 * @throws {ConvergenceError} if the integral does not settle
 * @see Nadarajah & Kotz, On the Laplace transform of the Pareto distribution, Queueing Systems 54 (2006) 243; DLMF §8.19
 * @example
 * lomaxTransform({ shape: 2.5, scale: 1 }, { re: 0, im: 0 }).re // => 1
 */
export function lomaxTransform(law: LomaxParameters, s: Complex): Complex {
  checkLaw("lomaxTransform", law, s);
  const z = scale(s, law.scale);
  const size = modulus(z);
  if (size === 0) return one;
  // Where little is left of 1 the difference has all its digits.
  if (size < 0.1) {
    const rest = multiply(z, alongRay(law.shape, z));
    return complex(1 - rest.re, -rest.im);
  }
  return scale(alongRay(law.shape + 1, z), law.shape);
}

/**
 * 1 − E[e^(−sX)] of a Lomax X, with every digit near s = 0: z·e^z·E_α(z).
 *
 * @throws {RangeError} as `lomaxTransform`
 * @throws {ConvergenceError} as `lomaxTransform`
 * @example
 * lomaxTransformRest({ shape: 2.5, scale: 1 }, { re: 0, im: 0 }).re // => 0
 */
export function lomaxTransformRest(law: LomaxParameters, s: Complex): Complex {
  checkLaw("lomaxTransformRest", law, s);
  const z = scale(s, law.scale);
  return modulus(z) === 0 ? zero : multiply(z, alongRay(law.shape, z));
}

function checkLaw(what: string, { shape, scale: unit }: LomaxParameters, s: Complex): void {
  check(shape > 0 && shape < Infinity, what, "shape must be in (0, ∞)", shape);
  check(unit > 0 && unit < Infinity, what, "scale must be in (0, ∞)", unit);
  check(s.re >= 0, what, "Re s must be ≥ 0", s.re);
}

/** ∫₀^∞ e^(−zu)(1 + u)^(−power) du with u = r·e^(−iφ), φ = arg z; the shorter of the scales 1 and 1/|z| is the unit. */
function alongRay(power: number, z: Complex): Complex {
  const size = modulus(z);
  const unit = 1 / Math.max(1, size);
  const cos = z.re / size;
  const sin = -z.im / size;
  const integral = halfLine((x) => {
    const r = x * unit;
    const re = 1 + r * cos;
    const im = r * sin;
    const decay = Math.exp(-size * r - 0.5 * power * Math.log(re * re + im * im));
    const angle = -power * Math.atan2(im, re);
    return { re: decay * Math.cos(angle), im: decay * Math.sin(angle) };
  }, "lomaxTransform");
  return multiply(integral, complex(cos * unit, sin * unit));
}
