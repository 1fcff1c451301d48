import { exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import { allOn, assembled, type Found, neverCold } from "./assembled.ts";
import { erlangB } from "./erlangC.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import { limitedQueue } from "./limitedQueue.ts";
import { limitedServers } from "./limitedServers.ts";
import type { ManyInput } from "./manyAnswer.ts";
import { sojournLaw } from "./sojournLaw.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { waitingLaw } from "./waitingLaw.ts";
import { withRejected } from "./withRejected.ts";

/** What a formula of a limited queue finds; `rejected` is a share of all requests. */
type Limited = Found & { readonly rejected: number };

/** The answer where a full queue turns requests away: of those who are accepted, with the others counted as failed. */
export function limitedAnswer(scenario: Scenario, target: ServerSpec, input: ManyInput): TargetAnswer | string {
  const found = solve(scenario, target, input);
  if (typeof found === "string") return found;
  return withRejected(scenario, assembled(scenario, target, found), { rate: input.rate, rejected: found.rejected });
}

function solve(scenario: Scenario, target: ServerSpec, input: ManyInput): Limited | string {
  const { rate, work, exponentialWork, alwaysOn, added } = input;
  const { queueLimit: limit } = target;
  if (target.discipline !== "fcfs") return "model: a limited queue is not built yet for processor sharing; simulate it";
  const slots = target.servers * target.concurrency;
  if (alwaysOn && limit === 0) return lossSystem(target, input, slots);
  if (alwaysOn && exponentialWork) {
    if (slots + limit > mostPlaces) return "model: a limited queue of this many places is not built yet; simulate it";
    const { sojourn, rejected, meanBusy } = limitedServers({
      arrival: rate,
      service: 1 / work.mean,
      servers: slots,
      limit,
    });
    return {
      method: `M/M/${slots} with ${limit} places to wait: birth–death chain (Kleinrock 1975, §3.7), uniformisation`,
      status: "exact",
      law: sojournLaw(sojourn, added, work.mean),
      added,
      meanCold: 0,
      cold: neverCold,
      instances: allOn(target.servers, target.concurrency === 1 ? meanBusy : null),
      rejected,
    };
  }
  if (slots !== 1) {
    return "model: a limited queue of several servers or slots is built for exponential work that is always on; simulate it";
  }
  if (limit > mostInLine) return "model: a limited queue of this many places is not built yet; simulate it";
  return oneServer(scenario, input, limit);
}

/** Beyond, counting every place takes too long. */
const mostPlaces = 20_000;
/** The same where every place has a law of its own. */
const mostInLine = 2000;

/** Nobody waits, so the law of the work plays no part in who is turned away. */
function lossSystem(target: ServerSpec, { rate, work, added }: ManyInput, slots: number): Limited {
  const rejected = slots === Infinity ? 0 : erlangB({ offeredLoad: rate * work.mean, servers: slots });
  return {
    method: `M/G/${slots} without a place to wait: Erlang's loss formula, insensitive to the law of the work (Sevastyanov 1957)`,
    status: "exact",
    law: sumOfTimes([{ weight: 1, times: added, own: work }]),
    added,
    meanCold: 0,
    cold: neverCold,
    instances: allOn(target.servers, target.concurrency === 1 ? rate * work.mean * (1 - rejected) : null),
    rejected,
  };
}

function oneServer(
  { report }: Scenario,
  { rate, work, coldStart, keepAlive, added }: ManyInput,
  limit: number,
): Limited {
  const queue = limitedQueue({ arrivalRate: rate, service: work, capacity: limit + 1, coldStart, keepAlive });
  const { off, starting, idle, busy } = queue.states;
  const law = waitingLaw(queue, { work, coldStart, added });
  const kinked = work.transform!.some(({ delay }) => delay > 0);
  return {
    method: "M/G/1 with a limited queue: departures' chain (Takagi 1993), its transform inverted (Euler)",
    status: kinked ? "approximate" : "exact",
    ...(kinked && { reason: "work of fixed length leaves kinks in the wait, inverted as a whole" }),
    law: { ...law, roughness: law.roughness + (kinked ? kinkError : 0) },
    added,
    meanCold: queue.meanCold,
    cold: {
      probability: exactly(queue.direct),
      triggered: exactly(queue.triggered),
      inTriggerBatch: exactly(queue.triggered),
      busyPeriod: null,
      startsPerSecond: exactly(queue.startsPerSecond),
      duration: queue.triggered === 0 || coldStart.mean === 0 ? null : latencyOfDistribution(coldStart, report),
    },
    instances: {
      total: exactly(starting + idle + busy),
      starting: exactly(starting),
      ready: exactly(idle + busy),
      busy: exactly(busy),
      idle: exactly(idle),
    },
    states: { off: exactly(off), starting: exactly(starting), idle: exactly(idle), busy: exactly(busy) },
    rejected: queue.rejected,
  };
}

/** What the inversion of a wait with kinks was seen to err, against simulation. */
const kinkError = 5e-3;
