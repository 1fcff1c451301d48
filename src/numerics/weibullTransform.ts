import { check } from "../base/check.ts";
import { type Complex, complex, exp, expm1, modulus, multiply, one, zero } from "./complex.ts";
import { halfLine } from "./halfLine.ts";

/** P(X > x) = e^(−(x/scale)^shape). */
export interface WeibullParameters {
  readonly shape: number;
  readonly scale: number;
}

/**
 * The Laplace–Stieltjes transform E[e^(−sX)] of a Weibull X, for Re s ≥ 0.
 *
 * X is scale·W^(1/shape) with W exponential, so it is ∫ e^(−w) e^(−z·w^(1/shape)) dw, z = s·scale; taken along the ray of w
 * on which z·w^(1/shape) is real where that is allowed (shape ≤ 1), and turned as far as w still decays elsewhere.
 *
 * @param s in 1/seconds, Re s ≥ 0
 * @returns a complex number of modulus at most 1
 * @throws {RangeError} if an argument is outside its domain
 * @throws {ConvergenceError} if the integral does not settle
 * @see Rossberg, Laplace transforms of probability distributions, Entropy 10 (2008) 357 for the rotation
 * @example
 * weibullTransform({ shape: 0.5, scale: 1 }, { re: 0, im: 0 }).re // => 1
 */
export function weibullTransform(law: WeibullParameters, s: Complex): Complex {
  return along(law, s, one, exp);
}

/**
 * 1 − E[e^(−sX)] of a Weibull X, with every digit near s = 0: the same integral with 1 taken from the integrand.
 *
 * @throws {RangeError} as `weibullTransform`
 * @throws {ConvergenceError} as `weibullTransform`
 * @example
 * weibullTransformRest({ shape: 0.5, scale: 1 }, { re: 0, im: 0 }).re // => 0
 */
export function weibullTransformRest(law: WeibullParameters, s: Complex): Complex {
  return along(law, s, zero, (a) => {
    const { re, im } = expm1(a);
    return complex(-re, -im);
  });
}

/** ∫ e^(−w) f(−z·w^(1/shape)) dw along w = x·e^(iθ). */
function along(
  { shape, scale: unit }: WeibullParameters,
  s: Complex,
  atZero: Complex,
  f: (a: Complex) => Complex,
): Complex {
  check(shape > 0 && shape < Infinity, "weibullTransform", "shape must be in (0, ∞)", shape);
  check(unit > 0 && unit < Infinity, "weibullTransform", "scale must be in (0, ∞)", unit);
  check(s.re >= 0, "weibullTransform", "Re s must be ≥ 0", s.re);
  const size = modulus(s) * unit;
  if (size === 0) return atZero;
  const angle = Math.atan2(s.im, s.re);
  // A slow exponential in front of a fast decay needs no turn.
  const most = shape >= 1 && size < 1 ? 0 : 1;
  const turn = -Math.sign(angle) * Math.min(Math.abs(angle) * shape, most);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const direction = complex(Math.cos(angle + turn / shape), Math.sin(angle + turn / shape));
  // The shorter of the scales 1 and size^(−shape) of w is the unit.
  const unitOfW = 1 / Math.max(1, size ** shape);
  const integral = halfLine((x) => {
    const w = x * unitOfW;
    const reach = size * w ** (1 / shape);
    const decay = Math.exp(-w * cos);
    const value = f(complex(-reach * direction.re, -reach * direction.im));
    const [re, im] = [decay * Math.cos(w * sin), -decay * Math.sin(w * sin)];
    return { re: value.re * re - value.im * im, im: value.re * im + value.im * re };
  }, "weibullTransform");
  return multiply(integral, complex(cos * unitOfW, sin * unitOfW));
}
