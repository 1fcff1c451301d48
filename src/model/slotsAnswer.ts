import { exactly } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import { allOn, type Found, neverCold } from "./assembled.ts";
import { generalServers } from "./generalServers.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import type { ManyInput } from "./manyAnswer.ts";
import { slotsQueue } from "./slotsQueue.ts";
import { waitingLaw } from "./waitingLaw.ts";

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
    law: waitingLaw({ ...queue, atOnce: 0 }, { work, coldStart, added }),
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
