import type { Distribution, TransformPart } from "../distributions/index.ts";
import type { Complex } from "../numerics/complex.ts";
import { exactly } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import { allOn, type Found, neverCold } from "./assembled.ts";
import { generalServers } from "./generalServers.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { lawOf, merged, productOf, weightedByItself } from "./law.ts";
import type { ManyInput } from "./manyAnswer.ts";
import { type SlotsQueue, slotsQueue } from "./slotsQueue.ts";
import { invertedLaw, type TimeLaw } from "./timeLaw.ts";

/** More delays than this are not split. */
const mostDelays = 40;

/** Several slots in one instance; without a limit nobody waits for a slot. */
export function slotsAnswer(scenario: Scenario, target: ServerSpec, input: ManyInput): Found | string {
  const { rate, work, exponentialWork, coldStart, keepAlive, added } = input;
  if (!exponentialWork) {
    if (keepAlive !== null) return "model: slots behind a cold start are built for exponential work only; simulate it";
    const busy = -Math.expm1(-rate * work.mean);
    return {
      method: "M/G/∞: every request has a slot at once",
      status: "exact",
      law: generalServers({ arrivalRate: rate, service: work, servers: Infinity, added }),
      added,
      meanCold: 0,
      cold: neverCold,
      instances: allOn(1, busy),
      states: { off: exactly(0), starting: exactly(0), idle: exactly(1 - busy), busy: exactly(busy) },
    };
  }
  if (keepAlive !== null && keepAlive.transform === undefined) {
    return "model: the keep-alive has no known transform; simulate it";
  }
  const queue = slotsQueue({
    arrivalRate: rate,
    serviceRate: 1 / work.mean,
    slots: target.concurrency,
    coldStart,
    keepAlive,
  });
  const { off, starting, idle, busy } = queue.states;
  const slots = target.concurrency === Infinity ? "any number of" : target.concurrency;
  return {
    method: `M/M with ${slots} slots behind one cold start: level crossing, the transform inverted (Euler)`,
    status: "exact",
    law: slotsLaw(queue, { work, coldStart, added }),
    added,
    meanCold: queue.meanCold,
    cold: {
      probability: exactly(queue.direct),
      triggered: exactly(queue.triggered),
      inTriggerBatch: exactly(queue.triggered),
      busyPeriod: exactly(queue.busyPeriod),
      startsPerSecond: exactly(rate * queue.triggered),
      duration:
        queue.triggered === 0 || coldStart.mean === 0 ? null : latencyOfDistribution(coldStart, scenario.report),
    },
    instances: {
      total: exactly(starting + idle + busy),
      starting: exactly(starting),
      ready: exactly(idle + busy),
      busy: exactly(busy),
      idle: exactly(idle),
    },
    states: { off: exactly(off), starting: exactly(starting), idle: exactly(idle), busy: exactly(busy) },
  };
}

interface Times {
  readonly work: Distribution;
  readonly coldStart: Distribution;
  readonly added: readonly Distribution[];
}

/** Who starts the instance waits for exactly its start, whose delays are split off; the rest is one part. */
function slotsLaw(queue: SlotsQueue, { work, coldStart, added }: Times): LatencyLaw {
  const later = added.reduce((sum, law) => sum + law.mean, 0);
  const mean = queue.meanWait + work.mean + later;
  const outside = added.map((law) => law.transform ?? []);
  const start = (coldStart.transform ?? []).map(({ delay, smooth }) => ({
    delay,
    smooth: (s: Complex) => {
      const { re, im } = smooth(s);
      return { re: re * queue.triggered, im: im * queue.triggered };
    },
  }));
  const cold = queue.triggered > 0 ? start : [];
  const delays = outside.reduce((count, parts) => count * parts.length, cold.length + 1);
  const rough = delays > mostDelays;
  const waits: TransformPart[] = [{ delay: 0, smooth: queue.waitOfOthers }, ...cold];
  const sumLaw = (own: readonly TransformPart[]): TimeLaw => {
    const parts = [own, ...outside].reduce<readonly TransformPart[]>(productOf, waits);
    const split = (rough ? merged(parts) : parts).map((part) => ({ ...part, residues: [] }));
    return invertedLaw(lawOf(split, { poles: [], atoms: [], scale: mean < Infinity ? mean : 10 * work.mean }));
  };
  // Requests that came during a start of fixed length bring a change of slope where it ends.
  const kinked = cold.some(({ delay }) => delay > 0);
  return {
    law: sumLaw(work.transform ?? []),
    ownWork: sumLaw(weightedByItself(work.transform ?? [])),
    mean,
    variance:
      queue.waitSecondMoment === Infinity
        ? Infinity
        : queue.waitSecondMoment -
          queue.meanWait ** 2 +
          [work, ...added].reduce((sum, law) => sum + (law.mean === 0 ? 0 : law.scv * law.mean ** 2), 0),
    meanWork: work.mean,
    kinked,
    roughness: rough ? 1e-3 : 0,
  };
}
