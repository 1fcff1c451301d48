import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { add, type Complex, complex, divide, multiply, scale } from "../numerics/complex.ts";
import { arrivalsDuring } from "./arrivalsDuring.ts";
import { transformAt } from "./law.ts";
import { restMoments, restsOfTime } from "./restOfTime.ts";

/** One instance with several slots behind one cold start. */
export interface SlotsServer {
  readonly arrivalRate: PerSecond;
  /** Of one slot: services are exponential. */
  readonly serviceRate: PerSecond;
  /** Slots; Infinity where there is no limit. */
  readonly slots: number;
  readonly coldStart: Distribution;
  /** From the instant the instance empties; null: it never sleeps. */
  readonly keepAlive: Distribution | null;
}

export interface SlotsQueue {
  /** The wait's transform without the requests that start the instance. */
  waitOfOthers(s: Complex): Complex;
  /** A request starts the instance: it waits for exactly one cold start. */
  readonly triggered: number;
  readonly meanWait: Seconds;
  /** E[W²]. */
  readonly waitSecondMoment: number;
  /** Mean wait for a cold start, over all requests. */
  readonly meanCold: Seconds;
  /** A request starts the instance or arrives during the start. */
  readonly direct: number;
  /** A request belongs to a busy period that began with a start. */
  readonly busyPeriod: number;
  readonly states: { readonly off: number; readonly starting: number; readonly idle: number; readonly busy: number };
}

/**
 * The wait at one instance with c slots, one cold start for every time it wakes, Poisson arrivals and exponential
 * service: exact for every law of the cold start and of the keep-alive.
 *
 * A cycle begins when the instance empties. With probability q = E[e^(−λD)] the next request finds it off, and service
 * begins with that request and those who came during the start; level crossing then gives the mean time h(j) spent at
 * every level j of a cycle, and with it what an arrival finds. The rest of the start and the number that came in it
 * belong together (`restsOfTime`).
 *
 * @throws {RangeError} if a rate is not positive or the load is not below the slots
 * @throws {ConvergenceError} where too many arrivals may come during a start
 * @see Takagi, Queueing Analysis, vol. 1 (1991), ch. 2, for one slot
 */
export function slotsQueue(server: SlotsServer): SlotsQueue {
  const { arrivalRate: lambda, serviceRate: mu, coldStart, keepAlive } = server;
  const positive = (rate: number): boolean => rate > 0 && rate < Infinity;
  check(positive(lambda), "slotsQueue", "arrivalRate must be in (0, ∞)", lambda);
  check(positive(mu), "slotsQueue", "serviceRate must be in (0, ∞)", mu);
  check(server.slots >= 1, "slotsQueue", "slots must be ≥ 1", server.slots);
  check(lambda < server.slots * mu, "slotsQueue", "the load must be below the slots", lambda / mu);
  const q = keepAlive === null ? 0 : transformAt(keepAlive.transform ?? [], complex(lambda)).re;
  const came = q === 0 ? Float64Array.of(1) : arrivalsDuring(coldStart, lambda);
  const c = Math.min(server.slots, Math.ceil(lambda / mu + 40 * Math.sqrt(lambda / mu) + came.length + 60));
  const moreThan = tailSums(came);
  const levels = levelsOf({ lambda, mu, c }, (j) => (j === 0 ? 1 : q * (moreThan[j - 1] ?? 0)), moreThan.length + 1);
  const cold = levelsOf({ lambda, mu, c }, (j) => (j === 0 ? 1 : (moreThan[j - 1] ?? 0)), moreThan.length + 1);
  const cycle = 1 / lambda + q * coldStart.mean + levels.time;
  const perCycle = lambda * cycle;
  const moments = waitMoments({ lambda, mu, c, q, coldStart }, came, levels);
  return {
    waitOfOthers: (s) =>
      scale(
        add(complex(1 - q + lambda * levels.timeBelow), add(scale(levels.queued(s), lambda), during(s))),
        1 / perCycle,
      ),
    triggered: q / perCycle,
    meanWait: moments.first / perCycle,
    waitSecondMoment: moments.second / perCycle,
    meanCold: q === 0 ? 0 : (q * (coldStart.mean + (lambda * coldStart.moment(2)) / 2)) / perCycle,
    direct: (q * (1 + lambda * coldStart.mean)) / perCycle,
    busyPeriod: (q * (1 + lambda * coldStart.mean + lambda * cold.time)) / perCycle,
    states: {
      off: q / perCycle,
      starting: (q * coldStart.mean) / cycle,
      idle: (1 - q) / perCycle,
      busy: levels.time / cycle,
    },
  };

  function during(s: Complex): Complex {
    if (q === 0) return complex(0);
    const y = divide(complex(c * mu), complex(c * mu + s.re, s.im));
    const rests = restsOfTime(s, lambda, came, transformAt(coldStart.transform ?? [], s));
    // Horner's scheme over those who must wait for a slot as well.
    let sum = complex(0);
    for (let n = rests.length - 1; n >= c - 1; n--) sum = multiply(y, add(sum, rests[n]!));
    for (let n = 0; n < Math.min(c - 1, rests.length); n++) sum = add(sum, rests[n]!);
    return scale(sum, q * lambda);
  }
}

interface Levels {
  /** Mean time in service per cycle, and of it with a slot free. */
  readonly time: Seconds;
  readonly timeBelow: Seconds;
  /** h(c), and the entries G(j) from c on. */
  readonly top: Seconds;
  readonly entries: readonly number[];
  /** Σ over j ≥ c of h(j)·E[e^(−s·wait)]. */
  queued(s: Complex): Complex;
}

/** Mean times per cycle at the levels of service, from the chances G(j) to enter above level j. */
function levelsOf(
  { lambda, mu, c }: { readonly lambda: PerSecond; readonly mu: PerSecond; readonly c: number },
  entryAbove: (j: number) => number,
  highest: number,
): Levels {
  let timeBelow = 0;
  let here = 0;
  for (let j = 0; j < c; j++) {
    here = (lambda * here + entryAbove(j)) / ((j + 1) * mu);
    if (j + 1 < c) timeBelow += here;
  }
  const top = here;
  const entries: number[] = [];
  for (let j = c; j < highest; j++) entries.push(entryAbove(j));
  const load = lambda / (c * mu);
  // F(y) = y·[h(c) + Σ G(j)·y^(j−c+1)/(cμ)]/(1 − ρy).
  const queued = (s: Complex): Complex => {
    const y = divide(complex(c * mu), complex(c * mu + s.re, s.im));
    let sum = complex(0);
    for (let k = entries.length - 1; k >= 0; k--) sum = multiply(y, add(sum, complex(entries[k]!)));
    const below = complex(1 - load * y.re, -load * y.im);
    return divide(multiply(y, add(complex(top), scale(sum, 1 / (c * mu)))), below);
  };
  return { time: timeBelow + queued(complex(0)).re, timeBelow, top, entries, queued };
}

/** E[W] and E[W²] times the requests of a cycle. */
function waitMoments(
  {
    lambda,
    mu,
    c,
    q,
    coldStart,
  }: {
    readonly lambda: PerSecond;
    readonly mu: PerSecond;
    readonly c: number;
    readonly q: number;
    readonly coldStart: Distribution;
  },
  came: Float64Array,
  levels: Levels,
): { readonly first: number; readonly second: number } {
  const step = 1 / (c * mu);
  let first = 0;
  let second = 0;
  const load = lambda * step;
  // h(j) beyond the entries falls geometrically; summed until nothing is left.
  let here = levels.top;
  for (let k = 1; here > 0; k++) {
    first += lambda * here * k * step;
    second += lambda * here * k * (k + 1) * step * step;
    const entry = levels.entries[k - 1] ?? 0;
    if (entry === 0 && k > levels.entries.length) {
      const rest = geometricRest(load, k);
      first += lambda * here * rest.first * step;
      second += lambda * here * rest.second * step * step;
      break;
    }
    here = load * here + entry * step;
  }
  if (q === 0) return { first, second };
  if (coldStart.moment(2) === Infinity) return { first: Infinity, second: Infinity };
  first += q * coldStart.mean;
  second += q * coldStart.moment(2);
  for (const [n, rest] of restMoments(lambda, came).entries()) {
    const k = Math.max(0, n + 2 - c);
    first += q * lambda * (rest.first + rest.time * k * step);
    second += q * lambda * (rest.second + 2 * rest.first * k * step + rest.time * k * (k + 1) * step * step);
  }
  return { first, second };
}

/** Σ over i ≥ 1 of ρⁱ·(k + i) and of ρⁱ·(k + i)(k + i + 1). */
function geometricRest(load: number, k: number): { readonly first: number; readonly second: number } {
  const sum = load / (1 - load);
  const once = load / (1 - load) ** 2;
  const twice = (load * (1 + load)) / (1 - load) ** 3;
  return { first: k * sum + once, second: k * (k + 1) * sum + (2 * k + 1) * once + twice };
}

/** P(more than n), n = 0, 1, … */
function tailSums(chances: Float64Array): number[] {
  const sums = new Array<number>(chances.length).fill(0);
  for (let n = chances.length - 2; n >= 0; n--) sums[n] = sums[n + 1]! + chances[n + 1]!;
  return sums;
}
