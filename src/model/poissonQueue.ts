import { isSingle } from "../arrivals/index.ts";
import { invariant } from "../base/check.ts";
import { add, type Complex, complex, divide, multiply, scale } from "../numerics/complex.ts";
import { atomicSojourn, isAtomic } from "./atomicLatency.ts";
import type { ColdFigures, ColdQueue, ColdServer, UnstableQueue } from "./coldQueue.ts";
import { coldTransforms, eventWork, type Waits } from "./coldTransforms.ts";
import { earlySojourn } from "./earlyParts.ts";
import { atomsOf, atomsWeightedByThemselves, sumOfAtoms } from "./latencyOfDistribution.ts";
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

  const waits = (s: Complex): Waits => {
    const work = eventWork(batch, service, s);
    const g = divide(complex(lambda * p0), complex(s.re - lambda * work.rest.re, s.im - lambda * work.rest.im));
    const awake = add(multiply(g, add(work.rest, scale(work.h, q))), complex(p0 * (1 - q)));
    return {
      work,
      beforeWarm: multiply(work.ahead, awake),
      busyCold: multiply(work.ahead, scale(multiply(g, work.others), -q)),
    };
  };
  const firstCold = (p0 * q) / batch.mean;
  const parts = service.transform ?? [];
  const startAndFirst = productOf(waking.parts, firstService.transform ?? []);
  const atomic = isAtomic(service) ? atomicSojourn(server, { q, p0 }) : null;
  return {
    stable: true,
    transforms: coldTransforms(waits, p0 * q),
    service: parts,
    firstWarm: (p0 * (1 - q)) / batch.mean,
    firstCold,
    serviceAtoms: atomsOf(service),
    startAndFirst,
    startAndWeightedFirst: productOf(waking.parts, weightedByItself(firstService.transform ?? [])),
    poles: () => [],
    atomic,
    early: atomic === null && isSingle(batch) ? earlySojourn(parts, startAndFirst, { lambda, q, p0 }) : null,
    startAtoms: sumOfAtoms(waking.atoms, atomsOf(firstService)),
    startAtomsOfWork: sumOfAtoms(waking.atoms, atomsWeightedByThemselves(firstService)),
    ...poissonMoments(server, { q, p0, waking: waking.moments }),
    meanWork: service.mean + firstCold * (firstService.mean - service.mean),
    meanCold: p0 * q * (waking.mean + (lambda * waking.moments[1]!) / 2),
    figures: figuresOf(server, { load, q, p0, waking: waking.mean, extra }),
  };
}

function figuresOf(
  { eventRate: lambda, batch, service, firstService, coldStart }: ColdServer,
  { load, q, p0, waking, extra }: { load: number; q: number; p0: number; waking: number; extra: number },
): ColdFigures {
  const trigger = p0 * q;
  // What is left of a shut-down when a request comes counts as off: the start has not begun.
  const states = {
    off: trigger * (1 + lambda * (waking - coldStart.mean)),
    starting: lambda * trigger * coldStart.mean,
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
