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

const inverseSqrtPi = 0.5641895835477563;

const nearZero = [3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315];
const nearZeroBelow = [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1];
const tail = [
  1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163,
  8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
];
const tailBelow = [
  1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903, 537.1811018620099,
  117.6939508913125, 15.744926110709835, 1,
];
const farTail = [
  0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445, 0.30532663496123236,
  0.016315387137302097,
];
const farTailBelow = [
  0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1,
];
const central = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const centralBelow = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const middle = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const middleBelow = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const far = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const farBelow = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
  1.421511758316446e-7, 2.0442631033899397e-15,
];
