import type { ArrivalsSpec } from "../arrivals/index.ts";
import type { PerSecond } from "../base/units.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { exactly, type TargetAnswer } from "../scenario/answer.ts";
import { expectedResources } from "../scenario/resources.ts";
import type { Scenario, ServerSpec, SpinkubeSpec, TargetSpec } from "../scenario/scenario.ts";
import { allOn, assembled, type Found, neverCold } from "./assembled.ts";
import { expectedCounts } from "./expectedCounts.ts";
import { repairman } from "./repairman.ts";
import { sharedByClients } from "./sharedByClients.ts";
import { sojournLaw } from "./sojournLaw.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { unavailable } from "./unavailable.ts";

type Closed = ArrivalsSpec & { readonly kind: "closed" };

interface Times {
  readonly work: Distribution;
  readonly isExponential: boolean;
  readonly added: readonly Distribution[];
  readonly clients: number;
  readonly think: Distribution;
  readonly isThinkExponential: boolean;
}

/** A formula's figures with the requests per second that the answers let through. */
type ClosedFound = Found & { readonly throughput: PerSecond };

/**
 * The answer for clients that each wait for their answer, think, and ask again: what is away from the servers (think time, network,
 * overhead) is one infinite server, the target the other station of a closed network.
 */
export function closedAnswer(scenario: Scenario, target: TargetSpec): TargetAnswer {
  const { clients, thinkTime, kind } = scenario.arrivals as Closed;
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  const times: Times = {
    work: scaled(distribution(scenario.work), target.workFactor),
    isExponential: scenario.work.kind === "exponential",
    added: [distribution(target.network), distribution(target.requestOverhead)],
    clients,
    think: distribution(thinkTime),
    isThinkExponential: thinkTime.kind === "exponential" && distribution(target.network).mean === 0,
  };
  if ([times.work, ...times.added].some(({ transform }) => transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  if (times.work.mean === 0)
    return unavailable(target, `model: work that takes no time is not built for ${kind} clients; simulate it`);
  const found = solve(target, times);
  if (typeof found === "string") return unavailable(target, found);
  const { throughput, method } = found;
  const rate = `${Number(throughput.toPrecision(6))} requests/s`;
  const answer = assembled(scenario, target, { ...found, method: `${method}; ${rate} from ${clients} clients` });
  return {
    ...answer,
    counts: expectedCounts(scenario, throughput),
    resources: expectedResources(target, answer, throughput),
  };
}

function solve(target: TargetSpec, times: Times): ClosedFound | string {
  switch (target.kind) {
    case "server":
      return server(target, times);
    case "spinkube":
      return pods(target, times);
    case "perRequest":
      if (target.keepAlive !== "forever" || target.maxInstances < times.clients) {
        return "model: closed clients of instances that go or are limited are not built; simulate it";
      }
      // In the steady state every client has an instance to come back to.
      return nobodyWaits(times, { count: times.clients, method: "scale per request with instances that never go" });
    default:
      return `model: closed clients of ${target.kind} are not built; simulate it`;
  }
}

function server(target: ServerSpec, times: Times): ClosedFound | string {
  if (target.keepAlive !== "forever") return "model: closed clients behind a cold start are not built; simulate it";
  const slots = target.servers * target.concurrency;
  if (slots + target.queueLimit < times.clients)
    return "model: closed clients and a limited queue are not built; simulate it";
  if (target.discipline === "processorSharing") {
    if (target.servers !== 1 || target.concurrency < times.clients) {
      return "model: closed clients of limited or several shared processors are not built; simulate it";
    }
    return shared(times, { cores: 1, count: 1 });
  }
  if (slots >= times.clients) return nobodyWaits(times, { count: target.servers, method: "a slot for every client" });
  const { work, clients, added, isExponential } = times;
  const law = repairman({ clients, awaySeconds: awayOf(times), service: 1 / work.mean, servers: slots });
  return {
    method: `machine repairman: ${clients} clients at ${slots} exponential server(s) (Sevcik & Mitrani 1981)`,
    status: isExponential ? "exact" : "approximate",
    ...(!isExponential && { reason: `the work is taken as exponential: ${closedError}` }),
    law: sojournLaw(law.sojourn, added, work.mean),
    added,
    meanCold: 0,
    cold: neverCold,
    instances: allOn(target.servers, target.concurrency === 1 ? law.meanBusy : null),
    throughput: law.throughput,
  };
}

/** What taking the work as exponential was seen to do. */
const closedError = "throughput up to 10 % too low for work of less variation";

function pods(target: SpinkubeSpec, times: Times): ClosedFound | string {
  if (target.maxInstanceCount < times.clients)
    return "model: closed clients that may reach the cap on instances are not built; simulate it";
  const start = distribution(target.instanceStart);
  const cold = { cold: { ...neverCold, triggered: null, inTriggerBatch: null }, instanceStart: start };
  if (target.workIs === "io") {
    const method = "no queue: the sum of instance start, work and network, by transforms (Euler)";
    return { ...nobodyWaits(times, { count: target.replicas, method, start }), ...cold };
  }
  if (target.replicas !== 1) return "model: closed clients of several pods that share cores are not built; simulate it";
  return { ...shared({ ...times }, { cores: target.cores, count: 1, start }), ...cold };
}

function nobodyWaits(
  times: Times,
  { count, method, start }: { readonly count: number; readonly method: string; readonly start?: Distribution },
): ClosedFound {
  const { work, added, clients } = times;
  const law = sumOfTimes([{ weight: 1, times: [...(start === undefined ? [] : [start]), ...added], own: work }]);
  return {
    method,
    status: "exact",
    law,
    added,
    meanCold: 0,
    meanStart: start?.mean ?? 0,
    cold: neverCold,
    instances: { total: exactly(count), starting: exactly(0), ready: exactly(count), busy: null, idle: null },
    throughput: clients / (law.mean + times.think.mean),
  };
}

/** One processor, or one pod's cores, that all requests share. */
function shared(
  times: Times,
  { cores, count, start }: { readonly cores: number; readonly count: number; readonly start?: Distribution },
): ClosedFound {
  const { work, clients, added } = times;
  const startMean = start?.mean ?? 0;
  const held = startMean + work.mean;
  const { sojourn, throughput } = sharedByClients({ clients, awaySeconds: awayOf(times), service: 1 / held, cores });
  const exact = times.isExponential && times.isThinkExponential && startMean === 0;
  const share = work.mean / held;
  const ownWork = sojourn.ownWork.map((own) => own * share);
  return {
    method: "a processor shared by closed clients: a tagged request by uniformisation (Baskett et al. 1975)",
    status: exact ? "exact" : "approximate",
    ...(!exact && {
      reason: "mean and throughput hold for every law; the distribution is that of exponential work and think times",
    }),
    law: sojournLaw({ ...sojourn, ownWork }, added, work.mean),
    added,
    meanCold: 0,
    meanStart: startMean,
    cold: neverCold,
    instances: { total: exactly(count), starting: exactly(0), ready: exactly(count), busy: null, idle: null },
    throughput,
  };
}

/** A client is away while it thinks and while its request is on the way. */
const awayOf = ({ think, added }: Times): number => added.reduce((sum, { mean }) => sum + mean, think.mean);
