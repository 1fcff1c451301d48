import { ConvergenceError, check } from "../base/check.ts";
import { add, type Complex, complex, exp, expm1, modulus, multiply, negate, one, subtract, zero } from "./complex.ts";
import { lambertW } from "./lambertW.ts";

/** The parameters of ln X, which is normal with mean mu and standard deviation sigma. */
export interface LognormalParameters {
  readonly mu: number;
  readonly sigma: number;
}

/**
 * The Laplace–Stieltjes transform E[e^(−sX)] of a lognormal X, for Re s ≥ 0.
 *
 * No closed form exists. The integral is taken along the horizontal line through its complex saddle point, where the
 * trapezoidal rule converges geometrically; for σ > 0.6 along the line on which s·e^u is real. The step is halved until
 * two sums agree, because a fixed rule loses half its digits at scv 4. About 50 nodes for full double precision.
 *
 * @param mu the mean of ln X, X in seconds
 * @param sigma the standard deviation of ln X, > 0
 * @param s in 1/seconds, Re s ≥ 0
 * @returns a complex number of modulus at most 1
 * @throws {RangeError} if an argument is outside its domain
 * @throws {ConvergenceError} if the sums do not settle
 * @see Asmussen, Jensen & Rojas-Nandayapa, Methodol. Comput. Appl. Probab. 18 (2016) 441
 * @example
 * lognormalTransform({ mu: 0, sigma: 0.5 }, { re: 0, im: 0 }).re // => 1
 */
export function lognormalTransform({ mu, sigma }: LognormalParameters, s: Complex): Complex {
  check(sigma > 0 && sigma < Infinity, "lognormalTransform", "sigma must be in (0, ∞)", sigma);
  check(s.re >= 0, "lognormalTransform", "Re s must be ≥ 0", s.re);
  const size = modulus(s);
  if (size === 0) return one;
  return sigma > 0.6 ? alongRotatedLine(Math.log(size) + mu, sigma, Math.atan2(s.im, s.re)) : alongSaddle(mu, sigma, s);
}

/**
 * 1 − E[e^(−sX)] of a lognormal X, with every digit near s = 0.
 *
 * The same two integrals, with 1 taken from the integrand instead of from the sum.
 *
 * @throws {RangeError} as `lognormalTransform`
 * @throws {ConvergenceError} as `lognormalTransform`
 * @example
 * lognormalTransformRest({ mu: 0, sigma: 0.5 }, { re: 0, im: 0 }).re // => 0
 */
export function lognormalTransformRest({ mu, sigma }: LognormalParameters, s: Complex): Complex {
  const size = modulus(s) * Math.exp(mu);
  if (size === 0) return zero;
  if (size > 0.5) return subtract(one, lognormalTransform({ mu, sigma }, s));
  if (sigma > 0.6) {
    const angle = Math.atan2(s.im, s.re);
    const gain = (angle * angle) / (2 * sigma * sigma);
    // e^(−|s|e^x) is real on the rotated line, where the Gaussian alone oscillates.
    return trapezoid(
      (z) => (z * z) / 2 - gain,
      (z) => (angle / sigma) * z,
      (z) => complex(-Math.expm1(-size * Math.exp(sigma * z))),
    );
  }
  const { exponent, a, b } = saddle(mu, sigma, s);
  const rest = trapezoid(
    (z) => (z * z) / 2,
    () => 0,
    (z) => expm1(complex(-a * excess(sigma * z), -b * excess(sigma * z))),
  );
  // With B = e^p·(1 + J): 1 − B = −(e^p − 1) − e^p·J.
  return negate(add(expm1(exponent), multiply(exp(exponent), rest)));
}

/** With W = LambertW(sσ²e^μ): e^(−(W²+2W)/2σ²) · E[exp(−(W/σ²)(e^(σZ) − 1 − σZ))], Z standard normal. */
function alongSaddle(mu: number, sigma: number, s: Complex): Complex {
  const { exponent, a, b } = saddle(mu, sigma, s);
  const decay = (z: number): number => a * excess(sigma * z) + (z * z) / 2;
  return multiply(
    exp(exponent),
    trapezoid(decay, (z) => -b * excess(sigma * z)),
  );
}

/** −(W²+2W)/2σ² and W/σ² = a + ib. */
function saddle(mu: number, sigma: number, s: Complex): { exponent: Complex; a: number; b: number } {
  const variance = sigma * sigma;
  const factor = variance * Math.exp(mu);
  const w = lambertW(complex(s.re * factor, s.im * factor));
  const square = multiply(w, w);
  const exponent = complex(-(square.re / 2 + w.re) / variance, -(square.im / 2 + w.im) / variance);
  return { exponent, a: w.re / variance, b: w.im / variance };
}

/** With u = x − i·arg s, s·e^(μ+u) is real and the integrand oscillates only through the Gaussian. */
function alongRotatedLine(logSize: number, sigma: number, angle: number): Complex {
  const gain = (angle * angle) / (2 * sigma * sigma);
  const decay = (z: number): number => Math.exp(logSize + sigma * z) + (z * z) / 2 - gain;
  return trapezoid(decay, (z) => (angle / sigma) * z);
}

/**
 * ∫ exp(−decay + i·phase)·factor dz/√2π over the line, the step halved until two sums agree to 1e-9: the last is then
 * exact, because each halving squares the error.
 */
function trapezoid(
  decay: (z: number) => number,
  phase: (z: number) => number,
  factor: (z: number) => Complex = () => one,
): Complex {
  const [low, high] = [edge(decay, -1), edge(decay, 1)];
  let step = (high - low) / 8;
  let sum = sumOver({ decay, phase, factor }, low, high, step);
  for (let halvings = 0; halvings < 14; halvings++) {
    const between = sumOver({ decay, phase, factor }, low + step / 2, high, step);
    const finer = { re: sum.re + between.re, im: sum.im + between.im, size: sum.size + between.size };
    const change = Math.hypot(2 * sum.re - finer.re, 2 * sum.im - finer.im) / finer.size;
    step /= 2;
    if (halvings >= 2 && change < 1e-9) {
      const weight = step / Math.sqrt(2 * Math.PI);
      return complex(finer.re * weight, finer.im * weight);
    }
    sum = finer;
  }
  throw new ConvergenceError("lognormalTransform", { iterations: 14, residual: sum.size });
}

interface Integrand {
  decay(z: number): number;
  phase(z: number): number;
  factor(z: number): Complex;
}

function sumOver({ decay, phase, factor }: Integrand, from: number, to: number, step: number) {
  let re = 0;
  let im = 0;
  let size = 0;
  for (let z = from; z <= to + 1e-9 * step; z += step) {
    const height = Math.exp(-decay(z));
    const angle = phase(z);
    const { re: x, im: y } = factor(z);
    const cos = height * Math.cos(angle);
    const sin = height * Math.sin(angle);
    re += cos * x - sin * y;
    im += cos * y + sin * x;
    size += height * (Math.abs(x) + Math.abs(y));
  }
  return { re, im, size };
}

/** Where the integrand has fallen to e^−40 of its peak, searched outwards; the decay is convex. */
function edge(decay: (z: number) => number, direction: number): number {
  let least = decay(0);
  let z = 0;
  // Walks down to the minimum first when 0 lies on the far side of it, then up to the edge.
  for (let step = 0; step < 400; step++) {
    z += direction * 0.5;
    const value = decay(z);
    if (value < least) least = value;
    if (value > least + 40) break;
  }
  return z;
}

/** e^v − 1 − v, by its series where the terms would cancel. */
function excess(v: number): number {
  if (Math.abs(v) > 0.05) return Math.expm1(v) - v;
  return v * v * (1 / 2 + v * (1 / 6 + v * (1 / 24 + v * (1 / 120 + v * (1 / 720 + v * (1 / 5040 + v / 40320))))));
}
