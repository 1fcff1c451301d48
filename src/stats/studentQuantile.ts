import { check } from "../base/check.ts";
import { logGamma } from "../numerics/gamma.ts";

/**
 * The quantile of Student's t distribution.
 *
 * Solves on the regularised incomplete beta function, evaluated by its continued fraction; accurate to 1e-10.
 *
 * @param p in (0, 1)
 * @param freedom degrees of freedom, ≥ 1
 * @see Abramowitz & Stegun 26.7, 26.5.8
 * @example
 * studentQuantile(0.975, 7).toFixed(4) // => "2.3646"
 */
export function studentQuantile(p: number, freedom: number): number {
  check(p > 0 && p < 1, "studentQuantile", "p must be in (0, 1)", p);
  check(freedom >= 1, "studentQuantile", "freedom must be ≥ 1", freedom);
  if (p === 0.5) return 0;
  const tail = p < 0.5 ? p : 1 - p;
  let low = 0;
  let high = 1;
  while (studentTail(high, freedom) > tail) high *= 2;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (studentTail(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return p < 0.5 ? -(low + high) / 2 : (low + high) / 2;
}

/** P(T > t) for t ≥ 0. */
function studentTail(t: number, freedom: number): number {
  return 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b));
  // The continued fraction converges fast only below the mean; above it the symmetry does.
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);
