import { ConvergenceError, check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { add, type Complex, complex, multiply, scale } from "../numerics/complex.ts";
import { arrivalsDuring } from "./arrivalsDuring.ts";
import { transformAt } from "./law.ts";
import { type RestMoments, restMoments, restsOfTime } from "./restOfTime.ts";

/** One instance that serves in order of arrival and turns away who finds it full. */
export interface LimitedServer {
  readonly arrivalRate: PerSecond;
  readonly service: Distribution;
  /** Requests present at most, the one in service included; an integer ≥ 1. */
  readonly capacity: number;
  readonly coldStart: Distribution;
  /** From the instant the instance empties; null: it never sleeps. */
  readonly keepAlive: Distribution | null;
}

export interface LimitedQueue {
  /** P(a request is turned away). */
  readonly rejected: number;
  /** Of accepted requests, without their own service: the wait's transform but for those who wait for nobody. */
  waitOfOthers(s: Complex): Complex;
  /** Shares of the accepted requests that find the instance idle, and off: those start it. */
  readonly atOnce: number;
  readonly triggered: number;
  /** They start the instance or come during the start. */
  readonly direct: number;
  readonly meanWait: Seconds;
  /** E[W²]. */
  readonly waitSecondMoment: number;
  /** Mean wait for a start, over accepted requests. */
  readonly meanCold: Seconds;
  readonly startsPerSecond: PerSecond;
  readonly states: { readonly off: number; readonly starting: number; readonly idle: number; readonly busy: number };
}

/**
 * M/G/1 with a limited queue, cold starts and any keep-alive: the law of the wait of those who are accepted, for every load.
 *
 * The numbers that departures leave behind form a chain whose balance across every level has positive terms only. A service
 * that begins with m present meets an arrival with m + i present for the mean time Rᵢ, and what is left of it belongs to i
 * (`restsOfTime`); the same holds for a cold start.
 *
 * @throws {RangeError} if an argument is outside its domain
 * @throws {ConvergenceError} where so many requests come during one service that their counts lose their digits
 * @see Takagi, Queueing Analysis, vol. 2: Finite Systems (1993), ch. 1
 */
export function limitedQueue(server: LimitedServer): LimitedQueue {
  const { arrivalRate: lambda, service, coldStart, keepAlive, capacity: K } = server;
  check(lambda > 0 && lambda < Infinity, "limitedQueue", "arrivalRate must be in (0, ∞)", lambda);
  check(Number.isInteger(K) && K >= 1, "limitedQueue", "capacity must be an integer ≥ 1", K);
  check(service.mean > 0, "limitedQueue", "the service must take time", service.mean);
  const q = keepAlive === null ? 0 : transformAt(keepAlive.transform ?? [], complex(lambda)).re;
  const came = arrivalsDuring(service, lambda);
  const cameInStart = q === 0 ? Float64Array.of(1) : arrivalsDuring(coldStart, lambda);
  const x = leftBehind({ q, came, cameInStart, K });
  const perDeparture = service.mean + x[0]! * (1 / lambda + q * coldStart.mean);
  const rate = 1 / perDeparture;
  const empties = x[0]! * rate;
  // Services per second that begin with m present, m = 1 … K − 1; with K present nobody is accepted.
  const begins = new Float64Array(Math.max(1, K));
  for (let m = 1; m < K; m++) begins[m] = rate * (x[m] ?? 0) + empties * q * (cameInStart[m - 1] ?? 0);
  if (K > 1) begins[1]! += empties * (1 - q);
  const share = lambda / rate;
  const atOnce = (empties * (1 - q)) / rate;
  const triggered = (empties * q) / rate;
  const inStart = cameInStart.subarray(0, Math.max(0, K - 1));
  const startRests = q === 0 ? [] : restMoments(lambda, cameInStart).slice(0, Math.max(0, K - 1));
  const moments = waitMoments({ begins, K, service }, restMoments(lambda, came), startRests, { empties: empties * q });
  const starting = startRests.reduce((sum, { time }) => sum + time, 0) * empties * q;
  const coldWait = startRests.reduce((sum, { first }) => sum + first, 0) * empties * q;
  return {
    rejected: Math.max(0, 1 - rate / lambda),
    atOnce,
    triggered,
    direct: triggered + share * starting,
    meanWait: share * moments.first + triggered * coldStart.mean,
    waitSecondMoment: share * moments.second + triggered * coldStart.moment(2),
    meanCold: triggered * coldStart.mean + share * coldWait,
    startsPerSecond: empties * q,
    states: {
      off: (empties * q) / lambda,
      starting: empties * q * coldStart.mean,
      idle: (empties * (1 - q)) / lambda,
      busy: rate * service.mean,
    },
    waitOfOthers: (s) => {
      const z = transformAt(service.transform ?? [], s);
      const busy = throughBusy(begins, restsOfTime(s, lambda, came, z), z);
      if (q === 0) return scale(busy, share);
      const rests = restsOfTime(s, lambda, cameInStart, transformAt(coldStart.transform ?? [], s));
      // Found n = 1 + i present during the start: its rest, and n services.
      let start = complex(0);
      for (let i = inStart.length - 1; i >= 0; i--) start = multiply(z, add(start, rests[i]!));
      return scale(add(busy, scale(start, empties * q)), share);
    },
  };
}

/**
 * P(a departure leaves n behind), n = 0 … K − 1. Across every level as many go down as up: down only from n + 1 without an
 * arrival in the service.
 */
function leftBehind({
  q,
  came,
  cameInStart,
  K,
}: {
  readonly q: number;
  readonly came: Float64Array;
  readonly cameInStart: Float64Array;
  readonly K: number;
}): Float64Array {
  const none = came[0]!;
  // Counts are good to 1e-16 absolute: the chance of none must be well above that.
  if (none < 1e-6) throw new ConvergenceError("limitedQueue", { iterations: came.length, residual: none });
  const atLeast = tails(came);
  const afterStart = tails(convolved(came, cameInStart));
  const x = new Float64Array(K);
  x[0] = 1;
  for (let n = 0; n + 1 < K; n++) {
    // From 0 present the service begins with 1, or after a start with all who came.
    let up = x[0]! * ((1 - q) * (atLeast[n + 1] ?? 0) + q * (afterStart[n + 1] ?? 0));
    for (let j = Math.max(1, n + 2 - atLeast.length); j <= n; j++) up += x[j]! * (atLeast[n + 2 - j] ?? 0);
    x[n + 1] = up / none;
    if (x[n + 1]! > 1e250) for (let j = 0; j <= n + 1; j++) x[j]! *= 1e-250;
  }
  const total = x.reduce((sum, value) => sum + value, 0);
  return x.map((value) => value / total);
}

/** Σ over m, i with m + i < K of begins(m)·Rᵢ·z^(m+i−1): who finds n = m + i waits for the rest and n − 1 services. */
function throughBusy(begins: Float64Array, rests: readonly Complex[], z: Complex): Complex {
  const K = begins.length;
  // Σ over i ≤ k of Rᵢ·zⁱ, for every k that a start with m = K − 1 − k leaves room for.
  let sum = complex(0);
  let power = complex(1);
  const partial: Complex[] = [];
  for (let k = 0; k < Math.min(rests.length, K - 1); k++) {
    sum = add(sum, multiply(power, rests[k]!));
    power = multiply(power, z);
    partial.push(sum);
  }
  let total = complex(0);
  for (let m = K - 1; m >= 1; m--) {
    const within = partial[Math.min(K - 1 - m, partial.length - 1)]!;
    total = add(scale(within, begins[m]!), m === K - 1 ? complex(0) : multiply(z, total));
  }
  return total;
}

/** E[W] and E[W²] of the same sums, per second. */
function waitMoments(
  { begins, K, service }: { readonly begins: Float64Array; readonly K: number; readonly service: Distribution },
  rests: readonly RestMoments[],
  startRests: readonly RestMoments[],
  { empties }: { readonly empties: number },
): { readonly first: number; readonly second: number } {
  const mean = service.mean;
  const variance = service.scv * mean ** 2;
  let first = 0;
  let second = 0;
  const count = (weight: number, rest: RestMoments, services: number): void => {
    const own = services * mean;
    first += weight * (rest.first + rest.time * own);
    second += weight * (rest.second + 2 * rest.first * own + rest.time * (own * own + services * variance));
  };
  for (let m = 1; m < K; m++) {
    const weight = begins[m]!;
    if (weight === 0) continue;
    for (let i = 0; i < rests.length && m + i < K; i++) count(weight, rests[i]!, m + i - 1);
  }
  for (const [i, rest] of startRests.entries()) count(empties, rest, i + 1);
  return { first, second };
}

/** P(at least n), n = 0, 1, … */
function tails(chances: Float64Array): Float64Array {
  const sums = new Float64Array(chances.length + 1);
  for (let n = chances.length - 1; n >= 0; n--) sums[n] = sums[n + 1]! + chances[n]!;
  return sums;
}

function convolved(a: Float64Array, b: Float64Array): Float64Array {
  const product = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) product[i + j]! += a[i]! * b[j]!;
  return product;
}
