import { check } from "../base/check.ts";
import { normalQuantile } from "./erf.ts";

/**
 * The logarithm of the gamma function for x > 0.
 *
 * Lanczos' approximation below 15, Stirling's series above; absolute error about 1e-15 near the zeros at 1 and 2.
 *
 * @throws {RangeError} unless x > 0
 * @see Lanczos, SIAM J. Numer. Anal. B 1 (1964) 86, with Godfrey's 15 coefficients
 * @example
 * logGamma(1) // => 0
 */
export function logGamma(x: number): number {
  check(x > 0, "logGamma", "x must be > 0", x);
  if (x === 1 || x === 2) return 0;
  if (x >= 15) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x);
  const shifted = x + 4.2421875;
  let sum = 0.9999999999999971;
  for (let k = 0; k < lanczos.length; k++) sum += lanczos[k]! / (x + k);
  // The product form first: its logarithm loses nothing near 1 and 2, where the value is near 0.
  return Math.log(Math.sqrt(2 * Math.PI) * sum * shifted ** (x - 0.5) * Math.exp(-shifted));
}

/**
 * The regularised lower incomplete gamma function P(a, x) = γ(a, x)/Γ(a): the cdf of a gamma variable of shape a.
 *
 * Power series below x = a + 1, Legendre's continued fraction above; O(√a) terms.
 *
 * @param a shape, > 0
 * @param x ≥ 0
 * @returns a probability in [0, 1]
 * @throws {RangeError} if an argument is outside its domain
 * @see DLMF §8.11.4, §8.9.2; Loader, Fast and accurate computation of binomial probabilities (2000)
 * @example
 * gammaP(1, 0.5) // => 0.3934693402873666 (1 − e^−0.5)
 */
export function gammaP(a: number, x: number): number {
  checkArguments("gammaP", a, x);
  if (x === 0) return 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

/**
 * The regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x), with full relative accuracy in the tail.
 *
 * @param a shape, > 0
 * @param x ≥ 0
 * @returns a probability in [0, 1]
 * @throws {RangeError} if an argument is outside its domain
 * @see DLMF §8.9.2
 * @example
 * gammaQ(1, 2) // => 0.1353352832366127 (e^−2)
 */
export function gammaQ(a: number, x: number): number {
  checkArguments("gammaQ", a, x);
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/**
 * The x with P(a, x) = p: the quantile of a gamma variable of shape a and scale 1.
 *
 * Newton's iteration on the logarithm of the smaller tail, which is concave, from Wilson and Hilferty's approximation
 * and kept inside a bracket.
 *
 * @param a shape, > 0
 * @param p in [0, 1]
 * @returns 0 at p = 0, Infinity at p = 1
 * @throws {RangeError} if an argument is outside its domain
 * @see DiDonato & Morris, ACM TOMS 12 (1986) 377
 * @example
 * gammaQuantile(1, 0.5) // => 0.6931471805599453 (ln 2)
 */
export function gammaQuantile(a: number, p: number): number {
  checkArguments("gammaQuantile", a, 0);
  check(p >= 0 && p <= 1, "gammaQuantile", "p must be in [0, 1]", p);
  if (p === 0 || p === 1) return p === 0 ? 0 : Infinity;
  let low = 0;
  let high = Infinity;
  let x = firstGuess(a, p);
  for (let step = 0; step < 100; step++) {
    // The smaller of the two tails carries the digits.
    const [tail, wanted] = p < 0.5 ? [gammaP(a, x), p] : [gammaQ(a, x), 1 - p];
    const error = Math.log(tail / wanted) * (p < 0.5 ? 1 : -1);
    if (error === 0) return x;
    if (error > 0) high = x;
    else low = x;
    let next = x - (error * tail * x) / (a * poissonTerm(a, x));
    if (!(next > low && next < high)) next = high === Infinity ? 2 * x : low === 0 ? high / 64 : (low + high) / 2;
    if (Math.abs(next - x) <= 2e-16 * x) return next;
    x = next;
  }
  return x;
}

function firstGuess(a: number, p: number): number {
  if (a < 0.5 || p < 1e-4) {
    const leading = Math.exp((Math.log(p) + logGamma(a + 1)) / a);
    if (leading < 0.2 * (a + 1)) return Math.max(leading, Number.MIN_VALUE);
  }
  const cube = 1 - 1 / (9 * a) + normalQuantile(p) / (3 * Math.sqrt(a));
  return cube > 0 ? a * cube ** 3 : 0.01 * a;
}

/** xᵃe^(−x)/Γ(a+1), without the cancellation of its three large factors (Loader's saddle-point form). */
export function poissonTerm(a: number, x: number): number {
  if (a < 15) return Math.exp(a * Math.log(x) - x - logGamma(a + 1));
  const u = (x - a) / a;
  const excess = Math.abs(u) > 0.3 ? u - Math.log(x / a) : relativeExcess(u);
  return Math.exp(-stirlingError(a) - a * excess) / Math.sqrt(2 * Math.PI * a);
}

/** u − ln(1 + u) for |u| ≤ 0.3, by its series, because the two would cancel. */
function relativeExcess(u: number): number {
  // ln(1+u) = 2 artanh(v), v = u/(2+u): u − ln(1+u) = uv − 2(v³/3 + v⁵/5 + …).
  const v = u / (2 + u);
  let sum = 0;
  let term = v;
  for (let k = 3; k < 40; k += 2) {
    term *= v * v;
    const next = sum + term / k;
    if (next === sum) break;
    sum = next;
  }
  return u * v - 2 * sum;
}

/** ln Γ(x+1) − [½ ln(2πx) + x ln x − x] for x ≥ 15, by Stirling's series. */
function stirlingError(x: number): number {
  const y = 1 / (x * x);
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - (y * 691) / 360360))))) / x;
}

function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(1, sum * poissonTerm(a, x));
}

/** Lentz's evaluation of the continued fraction of Γ(a, x). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < 1_000_000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) break;
  }
  return Math.min(1, Math.max(0, a * poissonTerm(a, x) * product));
}

const nonZero = (x: number): number => (Math.abs(x) < 1e-300 ? 1e-300 : x);

function checkArguments(where: string, a: number, x: number): void {
  check(a > 0 && a < Infinity, where, "a must be in (0, ∞)", a);
  check(x >= 0, where, "x must be ≥ 0", x);
}

const halfLogTwoPi = 0.9189385332046727;
const lanczos = [
  57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202, 3.399464998481189e-5,
  4.652362892704858e-5, -9.837447530487956e-5, 0.0001580887032249125, -0.00021026444172410488, 0.00021743961811521265,
  -0.0001643181065367639, 8.441822398385275e-5, -2.6190838401581408e-5, 3.6899182659531625e-6,
];
