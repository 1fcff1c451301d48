import type { Transform } from "./euler.ts";

/** 2·pairs + 1 values of the transform serve every instant of one window. */
const pairs = 22;
/** The period in units of the window's end, and −ln of the aliasing error: measured to keep both errors near 1e-11. */
const period = 1.25;
const damping = 27;
/** A window reaches from a quarter of its end to its end. */
const ratio = 4;

/** The continued fraction of one window. */
interface Window {
  readonly period: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * f on (0, ∞) from its Laplace transform, for many instants: the transform is asked 45 times per factor of 4 in t, not at every t.
 *
 * The trapezoidal rule for the inversion integral is a power series in e^(iπt/T), which is continued by the fraction that
 * matches it. About 1e-11 where f is smooth; instants at which the fraction has not converged come back as NaN.
 *
 * @param transform evaluated at Re s > 0 only
 * @see de Hoog, Knight & Stokes, An improved method for numerical inversion of Laplace transforms, SIAM J. Sci. Stat. Comput.
 *   3 (1982) 357
 * @example
 * windowedInverse((s) => ({ re: s.re / (s.re ** 2 + s.im ** 2), im: -s.im / (s.re ** 2 + s.im ** 2) }))(2).toFixed(9) // => "1.000000000"
 */
export function windowedInverse(transform: Transform): (t: number) => number {
  const windows = new Map<number, Window>();
  return (t) => {
    const order = Math.ceil(Math.log2(t) / 2);
    let window = windows.get(order);
    if (window === undefined) {
      window = windowTo(transform, ratio ** order);
      windows.set(order, window);
    }
    return valueAt(window, t);
  };
}

/** Rutishauser's quotient-difference scheme turns the series' coefficients into those of the fraction. */
function windowTo(transform: Transform, end: number): Window {
  const half = period * end;
  const size = 2 * pairs + 1;
  const a = pair(size);
  for (let k = 0; k < size; k++) {
    const value = transform({ re: damping / (2 * half), im: (Math.PI * k) / half });
    a.re[k] = k === 0 ? value.re / 2 : value.re;
    a.im[k] = k === 0 ? value.im / 2 : value.im;
  }
  const [q, e, d] = [pair(size), pair(size), pair(size)];
  d.re[0] = a.re[0]!;
  d.im[0] = a.im[0]!;
  for (let k = 0; k < 2 * pairs; k++) quotient(q, k, a, k + 1, a, k);
  for (let r = 1, left = 2 * pairs; r <= pairs; r++) {
    d.re[2 * r - 1] = -q.re[0]!;
    d.im[2 * r - 1] = -q.im[0]!;
    for (let k = 0; k + 1 < left; k++) {
      e.re[k] = q.re[k + 1]! - q.re[k]! + e.re[k + 1]!;
      e.im[k] = q.im[k + 1]! - q.im[k]! + e.im[k + 1]!;
    }
    left--;
    d.re[2 * r] = -e.re[0]!;
    d.im[2 * r] = -e.im[0]!;
    for (let k = 0; k + 1 < left; k++) {
      quotient(q, k, e, k + 1, e, k);
      const re = q.re[k]!;
      const im = q.im[k]!;
      q.re[k] = re * q.re[k + 1]! - im * q.im[k + 1]!;
      q.im[k] = re * q.im[k + 1]! + im * q.re[k + 1]!;
    }
    left--;
  }
  return { period: half, re: d.re, im: d.im };
}

interface Pair {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const pair = (size: number): Pair => ({ re: new Float64Array(size), im: new Float64Array(size) });

/** to[k] = a[i] / b[j] */
function quotient(to: Pair, k: number, a: Pair, i: number, b: Pair, j: number): void {
  const c = b.re[j]!;
  const d = b.im[j]!;
  const norm = c * c + d * d;
  const x = a.re[i]!;
  const y = a.im[i]!;
  to.re[k] = (x * c + y * d) / norm;
  to.im[k] = (y * c - x * d) / norm;
}

function valueAt({ period: half, re, im }: Window, t: number): number {
  const last = 2 * pairs;
  const angle = (Math.PI * t) / half;
  const [zr, zi] = [Math.cos(angle), Math.sin(angle)];
  // Numerator and denominator, each with the one before.
  let [ar, ai, pr, pi] = [re[0]!, im[0]!, 0, 0];
  let [br, bi, qr, qi] = [1, 0, 1, 0];
  for (let n = 1; n < last; n++) {
    const dr = re[n]! * zr - im[n]! * zi;
    const di = re[n]! * zi + im[n]! * zr;
    // Plain variables: this loop is most of a curve's time.
    const nextAr = ar + dr * pr - di * pi;
    const nextAi = ai + dr * pi + di * pr;
    const nextBr = br + dr * qr - di * qi;
    const nextBi = bi + dr * qi + di * qr;
    pr = ar;
    pi = ai;
    qr = br;
    qi = bi;
    ar = nextAr;
    ai = nextAi;
    br = nextBr;
    bi = nextBi;
  }
  const grown = Math.exp((damping * t) / (2 * half)) / half;
  const before = (grown * (pr * qr + pi * qi)) / (qr * qr + qi * qi);
  const plain = (grown * (ar * br + ai * bi)) / (br * br + bi * bi);
  const [rr, ri] = remainder(
    (re[last - 1]! - re[last]!) * zr - (im[last - 1]! - im[last]!) * zi,
    (re[last - 1]! - re[last]!) * zi + (im[last - 1]! - im[last]!) * zr,
    re[last]! * zr - im[last]! * zi,
    re[last]! * zi + im[last]! * zr,
  );
  const [nr, ni] = [ar + rr * pr - ri * pi, ai + rr * pi + ri * pr];
  const [mr, mi] = [br + rr * qr - ri * qi, bi + rr * qi + ri * qr];
  const value = (grown * (nr * mr + ni * mi)) / (mr * mr + mi * mi);
  // Two convergents that differ tell of a fraction that has not settled, or of a pole that rounding made.
  return Math.abs(value - plain) + Math.abs(plain - before) < 1e-5 * (1 + Math.abs(value)) ? value : Number.NaN;
}

/** What is left of the fraction if its last two coefficients go on for ever: −h·(1 − √(1 + d/h²)), h = (1 + difference)/2. */
function remainder(differenceRe: number, differenceIm: number, dr: number, di: number): [number, number] {
  const hr = (1 + differenceRe) / 2;
  const hi = differenceIm / 2;
  const [sr, si] = [hr * hr - hi * hi, 2 * hr * hi];
  const norm = sr * sr + si * si;
  const [xr, xi] = [1 + (dr * sr + di * si) / norm, (di * sr - dr * si) / norm];
  const size = Math.hypot(xr, xi);
  const rootRe = Math.sqrt((size + xr) / 2);
  const rootIm = Math.sign(xi) * Math.sqrt(Math.max(0, (size - xr) / 2));
  return [-hr * (1 - rootRe) - hi * rootIm, -hi * (1 - rootRe) + hr * rootIm];
}
