import { ConvergenceError, check } from "../base/check.ts";

/**
 * A zero of a continuous function between two points where its signs differ, by Brent's method.
 *
 * @param f called about ten times for a smooth function
 * @param bracket f(low) and f(high) must not have the same sign
 * @param tolerance relative to the zero
 * @throws {RangeError} if the signs are the same
 * @see Brent, Algorithms for minimization without derivatives (1973), ch. 4
 * @example
 * brent((x) => x * x - 2, { low: 0, high: 2 }, 1e-15).toFixed(12) // => "1.414213562373"
 */
export function brent(
  f: (x: number) => number,
  { low, high }: { readonly low: number; readonly high: number },
  tolerance: number,
): number {
  let [a, b] = [low, high];
  let [fa, fb] = [f(a), f(b)];
  check(fa * fb <= 0, "brent", "f must change its sign in the bracket", `${fa} and ${fb}`);
  let [c, fc] = [a, fa];
  let step = b - a;
  let last = step;
  for (let k = 0; k < 200; k++) {
    if (fb * fc > 0) {
      [c, fc] = [a, fa];
      step = last = b - a;
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const enough = 2 ** -52 * Math.abs(b) + (tolerance * Math.abs(b)) / 2;
    const half = (c - b) / 2;
    if (Math.abs(half) <= enough || fb === 0) return b;
    [step, last] = nextStep({ a, b, c, fa, fb, fc, half, enough, last, step });
    [a, fa] = [b, fb];
    b += Math.abs(step) > enough ? step : half > 0 ? enough : -enough;
    fb = f(b);
  }
  throw new ConvergenceError("brent", { iterations: 200, residual: fb });
}

interface State {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly fa: number;
  readonly fb: number;
  readonly fc: number;
  readonly half: number;
  readonly enough: number;
  readonly last: number;
  readonly step: number;
}

/** Interpolates where that shrinks the bracket faster than halving it; [the step, the step before it]. */
function nextStep({ a, b, c, fa, fb, fc, half, enough, last, step }: State): [number, number] {
  if (Math.abs(last) < enough || Math.abs(fa) <= Math.abs(fb)) return [half, half];
  const s = fb / fa;
  let p: number;
  let q: number;
  if (a === c) {
    p = 2 * half * s;
    q = 1 - s;
  } else {
    const r = fb / fc;
    const u = fa / fc;
    p = s * (2 * half * u * (u - r) - (b - a) * (r - 1));
    q = (u - 1) * (r - 1) * (s - 1);
  }
  if (p > 0) q = -q;
  else p = -p;
  const accepted = 2 * p < Math.min(3 * half * q - Math.abs(enough * q), Math.abs(last * q));
  return accepted ? [p / q, step] : [half, half];
}
