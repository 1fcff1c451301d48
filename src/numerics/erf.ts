import { check } from "../base/check.ts";

/**
 * The complementary error function 1 − erf(x) = 2/√π ∫ₓ^∞ e^(−t²) dt.
 *
 * Cody's three rational approximations; the relative error stays below 1e-15 for x < 5 and below 1e-14 in the far
 * tail, which a difference 1 − erf(x) could not give.
 *
 * @returns a number in [0, 2]; 0 beyond x = 26.6, where the value leaves the doubles
 * @see Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969) 631
 * @example
 * erfc(0.5) // => 0.4795001221869535
 */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - erfNearZero(x);
  const tail = erfcTail(size);
  return x < 0 ? 2 - tail : tail;
}

/**
 * P(Z ≤ z) of a standard normal Z, with full relative accuracy in the lower tail.
 *
 * @example
 * normalCdf(0) // => 0.5
 */
export const normalCdf = (z: number): number => 0.5 * erfc(-z * Math.SQRT1_2);

/**
 * The z with P(Z ≤ z) = p of a standard normal Z.
 *
 * Wichura's algorithm AS 241 (PPND16), relative error about 1e-16.
 *
 * @param p in [0, 1]
 * @returns −Infinity at 0, Infinity at 1
 * @throws {RangeError} outside [0, 1]
 * @see Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477
 * @example
 * normalQuantile(0.5) // => 0
 */
export function normalQuantile(p: number): number {
  check(p >= 0 && p <= 1, "normalQuantile", "p must be in [0, 1]", p);
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(central, r)) / horner(centralBelow, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size =
    r <= 5 ? horner(middle, r - 1.6) / horner(middleBelow, r - 1.6) : horner(far, r - 5) / horner(farBelow, r - 5);
  return q < 0 ? -size : size;
}

/** erf on |x| ≤ 0.46875. */
function erfNearZero(x: number): number {
  const y = x * x;
  return (x * horner(nearZero, y)) / horner(nearZeroBelow, y);
}

function erfcTail(x: number): number {
  if (x > 26.6) return 0;
  // e^(−x²) from x rounded to 1/16, because the rounding error of x² would be multiplied by x².
  const rounded = Math.floor(x * 16) / 16;
  const gauss = Math.exp(-rounded * rounded) * Math.exp(-(x - rounded) * (x + rounded));
  if (x <= 4) return (gauss * horner(tail, x)) / horner(tailBelow, x);
  const y = 1 / (x * x);
  return (gauss * (inverseSqrtPi - (y * horner(farTail, y)) / horner(farTailBelow, y))) / x;
}

/** A polynomial, coefficients from the constant term up. */
function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k]!;
  return sum;
}

const inverseSqrtPi = 0.5641895835477562869;

// biome-ignore-start lint/correctness/noPrecisionLoss: printed as published, to be compared with the source.
const nearZero = [
  3209.37758913846947, 377.485237685302021, 113.864154151050156, 3.1611237438705656, 0.185777706184603153,
];
const nearZeroBelow = [2844.23683343917062, 1282.61652607737228, 244.024637934444173, 23.6012909523441209, 1];
const tail = [
  1230.33935479799725, 2051.07837782607147, 1712.04761263407058, 881.95222124176909, 298.635138197400131,
  66.1191906371416295, 8.88314979438837594, 0.564188496988670089, 2.15311535474403846e-8,
];
const tailBelow = [
  1230.33935480374942, 3439.36767414372164, 4362.61909014324716, 3290.79923573345963, 1621.38957456669019,
  537.181101862009858, 117.693950891312499, 15.7449261107098347, 1,
];
const farTail = [
  6.58749161529837803e-4, 1.60837851487422766e-2, 0.125781726111229246, 0.360344899949804439, 0.305326634961232344,
  1.63153871373020978e-2,
];
const farTailBelow = [
  2.33520497626869185e-3, 6.05183413124413191e-2, 0.527905102951428412, 1.87295284992346725, 2.56852019228982242, 1,
];
const central = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
const centralBelow = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
];
const middle = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
];
const middleBelow = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
const far = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
const farBelow = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
];
// biome-ignore-end lint/correctness/noPrecisionLoss: end of the published tables.
