import { ConvergenceError, check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { fourier } from "../numerics/fourier.ts";
import { poissonMixture } from "../numerics/uniformised.ts";

/** The wait in M/D/k. */
export interface ConstantServers {
  /** P(W ≤ t). */
  waitCdf(t: Seconds): number;
  readonly noWait: number;
  readonly meanWait: Seconds;
  readonly waitVariance: number;
}

/**
 * The wait in M/D/k, first come first served: exact.
 *
 * Seen every D seconds the line is the random walk max(0, line + Poisson(λD) − k), whose stationary law comes from the
 * factors of 1 − z^(−k)·e^(λD(z−1)) on a circle between its zeros (Crommelin's equations, without solving them). With it,
 * W ≤ lD − u exactly if those in line u before the arrival and those who came since are fewer than lk: Franx's formula,
 * a sum of positive terms. Errors about 1e-14; the second moment by the distributional form of Little's law, true here.
 *
 * @param arrivalRate λ in (0, k/D)
 * @param serviceSeconds D in (0, ∞)
 * @param servers k, an integer ≥ 1
 * @throws {RangeError} if an argument is outside its domain
 * @throws {ConvergenceError} if the load is so near k that a million places in line do not hold the line
 * @see Franx, A simple solution for the M/D/c waiting time distribution, Oper. Res. Lett. 29 (2001) 221
 * @see Crommelin, Delay probability formulae, P.O.E.E.J. 26 (1934) 266
 */
export function constantServers({
  arrivalRate: lambda,
  serviceSeconds: D,
  servers: k,
}: {
  readonly arrivalRate: PerSecond;
  readonly serviceSeconds: Seconds;
  readonly servers: number;
}): ConstantServers {
  check(D > 0 && D < Infinity, "constantServers", "serviceSeconds must be in (0, ∞)", D);
  check(Number.isInteger(k) && k >= 1, "constantServers", "servers must be an integer ≥ 1", k);
  check(lambda > 0 && lambda * D < k, "constantServers", "arrivalRate must be in (0, servers/serviceSeconds)", lambda);
  const line = lineLaw(lambda * D, k);
  const atMost = cumulative(line);
  const moment = (f: (n: number) => number): number => line.reduce((sum, p, n) => sum + p * f(n), 0);
  const mean = moment((n) => n) / lambda;
  return {
    waitCdf: (t) => (t < 0 ? 0 : waitCdf(atMost, { lambda, D, k }, t)),
    noWait: waitCdf(atMost, { lambda, D, k }, 0),
    meanWait: mean,
    waitVariance: moment((n) => n * (n - 1)) / lambda ** 2 - mean ** 2,
  };
}

function waitCdf(
  atMost: Float64Array,
  { lambda, D, k }: { readonly lambda: PerSecond; readonly D: Seconds; readonly k: number },
  t: Seconds,
): number {
  const rounds = Math.floor(t / D) + 1;
  const places = rounds * k;
  if (places > atMost.length + 60 * (1 + Math.sqrt(lambda * D))) return 1;
  const fits = Float64Array.from(
    { length: places },
    (_, come) => atMost[Math.min(places - 1 - come, atMost.length - 1)]!,
  );
  return Math.min(1, poissonMixture(fits, lambda * (rounds * D - t)));
}

/** P(n in line) in the steady state. */
function lineLaw(a: number, k: number): Float64Array {
  const far = decay(a, k);
  const radius = Math.sqrt(far);
  // The coefficients fall like radius^−N on both sides.
  const size = 2 ** Math.ceil(Math.log2(Math.max(64, (4 * 38) / Math.log(far))));
  if (!(size <= 2 ** 21)) throw new ConvergenceError("constantServers", { iterations: size, residual: 1 - a / k });
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  logarithms(a, k, radius, re, im);
  fourier(re, im);
  for (let n = 0; n < size; n++) {
    re[n]! /= size;
    im[n] = 0;
  }
  // Powers 0 … size/2 are the factor without zeros inside; the others belong to the walk's descents. All is kept scaled
  // to the circle, where rounding errors stay small beside the coefficients of the tail too.
  const factor = re.map((value, n) => (n >= 1 && n < size / 2 ? -value : 0));
  const none = -factor.reduce((sum, value, n) => sum + value * radius ** -n, 0);
  re.set(factor);
  fourier(re, im, true);
  for (let n = 0; n < size; n++) {
    const height = Math.exp(re[n]! * size + none);
    const angle = im[n]! * size;
    re[n] = height * Math.cos(angle);
    im[n] = height * Math.sin(angle);
  }
  fourier(re, im);
  return re.map((value, n) => Math.max(0, (value / size) * radius ** -n));
}

/** ln(1 − z^(−k)·e^(a(z−1))) on the circle; the real part of 1 − … is positive there, so it is the principal branch. */
function logarithms(a: number, k: number, radius: number, re: Float64Array, im: Float64Array): void {
  for (let n = 0; n < re.length; n++) {
    const angle = (2 * Math.PI * n) / re.length;
    const size = Math.exp(a * (radius * Math.cos(angle) - 1) - k * Math.log(radius));
    const turn = a * radius * Math.sin(angle) - k * angle;
    const x = size * Math.cos(turn);
    const y = size * Math.sin(turn);
    re[n] = Math.log1p(-2 * x + x * x + y * y) / 2;
    im[n] = Math.atan2(-y, 1 - x);
  }
}

/** The zero z > 1 of k·ln z = a(z − 1), where the line's law decays: z^−n. */
function decay(a: number, k: number): number {
  const g = (z: number): number => a * (z - 1) - k * Math.log(z);
  let low = k / a;
  let high = 2 * low;
  while (g(high) < 0) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (g(middle) < 0) low = middle;
    else high = middle;
  }
  return low;
}

function cumulative(line: Float64Array): Float64Array {
  let sum = 0;
  return line.map((p) => {
    sum += p;
    return Math.min(1, sum);
  });
}
