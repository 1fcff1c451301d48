import { invariant } from "../base/check.ts";
import { add, type Complex, complex, divide, multiply, scale, subtract } from "../numerics/complex.ts";
import type { ColdFigures, ColdQueue, ColdServer, UnstableQueue } from "./coldQueue.ts";
import { atomsOf, sumOfAtoms } from "./latencyOfDistribution.ts";
import { productOf, transformAt, weightedByItself } from "./law.ts";
import { poissonMoments } from "./poissonMoments.ts";
import { wakingLaw } from "./wakingLaw.ts";

/**
 * The cold server under Poisson (batch) arrivals: exact.
 *
 * A busy period begins cold with probability q = E[e^(−λD)], independently of everything before, so the queue is an
 * M/G/1 with an exceptional first service: H1* = (1−q)·H* + q·Z*·Hc*, where H is a batch's work, Hc the work of the
 * others in a request's batch, and Z the start plus the first service. With p₀ the chance that an event finds the
 * instance empty and G = λp₀/(s − λ + λH*), the workload is v = G·(1 − H1*), and
 * T* = K·{B*·v + p₀[(1−q)·B* + q·Z*]}, K the transform of the work ahead in a request's own batch.
 *
 * @see Welch, On a generalized M/G/1 queuing process in which the first customer of each busy period receives
 *   exceptional service, Oper. Res. 12 (1964) 736
 * @see Takagi, Queueing Analysis, vol. 1 (1991), ch. 2
 */
export function poissonQueue(server: ColdServer): ColdQueue | UnstableQueue {
  const { eventRate: lambda, batch, service, firstService } = server;
  const load = lambda * batch.mean * service.mean;
  if (!(load < 1)) return { stable: false, load };
  const waking = wakingLaw(server.coldStart, server.closeDown, lambda);
  const q = server.keepAlive === null ? 0 : transformAt(server.keepAlive.transform ?? [], complex(lambda)).re;
  const extra = waking.mean + firstService.mean - service.mean;
  const p0 = (1 - load) / (1 + lambda * q * extra);

  const pieces = memoised((s) => {
    const b = transformAt(service.transform ?? [], s);
    const h = batch.generating(b);
    const others = quotient(h, b, batch.probability(1));
    const ahead = aheadInBatch(b, h, batch.mean);
    const laterInBatch = quotient(subtract(ahead, complex(1 / batch.mean)), b, (1 - batch.probability(1)) / batch.mean);
    const g = divide(complex(lambda * p0), complex(s.re - lambda + lambda * h.re, s.im + lambda * h.im));
    const empty = complex(p0 * (1 - q));
    const beforeWarm = multiply(ahead, add(multiply(g, subtract(complex(1), scale(h, 1 - q))), empty));
    const busyCold = multiply(ahead, scale(multiply(g, others), -q));
    return { b, beforeWarm, busyCold, ahead, laterInBatch };
  });
  const weighted = weightedByItself(service.transform ?? []);
  const firstCold = (p0 * q) / batch.mean;
  return {
    stable: true,
    sojourn: {
      warm: (s) => multiply(pieces(s).b, pieces(s).beforeWarm),
      cold: (s) => add(multiply(pieces(s).b, pieces(s).busyCold), scale(pieces(s).ahead, p0 * q)),
    },
    ownWork: {
      warm: (s) => multiply(transformAt(weighted, s), pieces(s).beforeWarm),
      cold: (s) => multiply(transformAt(weighted, s), add(pieces(s).busyCold, scale(pieces(s).laterInBatch, p0 * q))),
      first: firstCold,
    },
    startAndFirst: productOf(waking.parts, firstService.transform ?? []),
    startAndWeightedFirst: productOf(waking.parts, weightedByItself(firstService.transform ?? [])),
    poles: [],
    startAtoms: sumOfAtoms(waking.atoms, atomsOf(firstService)),
    ...poissonMoments(server, { q, p0, waking: waking.moments }),
    meanWork: service.mean + firstCold * (firstService.mean - service.mean),
    meanCold: p0 * q * (waking.mean + (lambda * waking.moments[1]!) / 2),
    figures: figuresOf(server, { load, q, p0, waking: waking.mean, extra }),
  };
}

function figuresOf(
  { eventRate: lambda, batch, service, firstService }: ColdServer,
  { load, q, p0, waking, extra }: { load: number; q: number; p0: number; waking: number; extra: number },
): ColdFigures {
  const trigger = p0 * q;
  const states = {
    off: trigger,
    starting: lambda * trigger * waking,
    idle: p0 * (1 - q),
    busy: load + lambda * trigger * (firstService.mean - service.mean),
  };
  const total = states.off + states.starting + states.idle + states.busy;
  invariant(Math.abs(total - 1) < 1e-9, `the states' fractions of time sum to 1, not ${total}`);
  return {
    load,
    triggerPerEvent: trigger,
    triggered: trigger / batch.mean,
    inTriggerBatch: trigger,
    direct: trigger * (1 + lambda * waking),
    busyPeriod: (trigger * (1 + lambda * extra)) / (1 - load),
    startsPerSecond: lambda * trigger,
    states,
  };
}

/** E[e^(−s·work ahead in the own batch)] = (1 − H*)/(m(1 − B*)). */
function aheadInBatch(b: Complex, h: Complex, mean: number): Complex {
  const below = complex(1 - b.re, -b.im);
  if (mean === 1 || (below.re === 0 && below.im === 0)) return complex(1);
  return divide(complex(1 - h.re, -h.im), scale(below, mean));
}

/** a/b, or its limit where b has underflowed. */
const quotient = (a: Complex, b: Complex, limit: number): Complex =>
  b.re === 0 && b.im === 0 ? complex(limit) : divide(a, b);

/** Remembers the last argument: the warm and the cold part are asked for the same s. */
export function memoised<T>(f: (s: Complex) => T): (s: Complex) => T {
  let re = Number.NaN;
  let im = Number.NaN;
  let value: T;
  return (s) => {
    if (s.re !== re || s.im !== im) {
      value = f(s);
      re = s.re;
      im = s.im;
    }
    return value;
  };
}
