import { arrivals, isSingle } from "../arrivals/index.ts";
import type { PerSecond } from "../base/units.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { allOn, assembled, type Found, neverCold } from "./assembled.ts";
import { constantLatency } from "./constantLatency.ts";
import { generalServers } from "./generalServers.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { limitedAnswer } from "./limitedAnswer.ts";
import { markovServers } from "./markovServers.ts";
import { setupQueue } from "./setupQueue.ts";
import { setupSojourn } from "./setupSojourn.ts";
import { sharedProcessor } from "./sharedProcessor.ts";
import { slotsAnswer } from "./slotsAnswer.ts";
import { sojournLaw } from "./sojournLaw.ts";
import { type TwoPhases, twoPhaseServers } from "./twoPhaseServers.ts";
import { twoPhasesOf } from "./twoPhasesOf.ts";
import { unavailable } from "./unavailable.ts";
import { unstableAnswer } from "./unstableAnswer.ts";

/** Whether a server target is anything but one instance that serves one request at a time, in order, and turns nobody away. */
export const isMany = ({ servers, concurrency, discipline, queueLimit }: ServerSpec): boolean =>
  servers !== 1 || concurrency !== 1 || discipline !== "fcfs" || queueLimit !== Infinity;

/** What the formulas of several servers, several slots and shared processors ask for. */
export interface ManyInput {
  readonly rate: PerSecond;
  readonly work: Distribution;
  readonly exponentialWork: boolean;
  /** The phases of work that has two; null for other laws. */
  readonly twoPhases: TwoPhases | null;
  readonly coldStart: Distribution;
  /** null: for ever. */
  readonly keepAlive: Distribution | null;
  /** Instances stay for ever, so no request ever meets a start. */
  readonly alwaysOn: boolean;
  readonly added: readonly AddedTime[];
}

/** The answer for several servers with one queue, several slots in one instance, or a shared processor. */
export function manyAnswer(scenario: Scenario, target: ServerSpec, others: readonly AddedTime[] = []): TargetAnswer {
  const input = inputOf(scenario, target, others);
  if (typeof input === "string") return unavailable(target, input);
  const { rate, work, added } = input;
  if (target.queueLimit !== Infinity) {
    const limited = limitedAnswer(scenario, target, input);
    return typeof limited === "string" ? unavailable(target, limited) : limited;
  }
  const capacity = target.discipline === "processorSharing" ? 1 : target.servers * target.concurrency;
  const load = (rate * work.mean) / capacity;
  const method = "offered load against capacity";
  if (!(load < 1)) return unstableMany(scenario, target, { work, added, load, method });
  const found = solve(scenario, target, input);
  return typeof found === "string" ? unavailable(target, found) : assembled(scenario, target, found);
}

function inputOf(scenario: Scenario, target: ServerSpec, others: readonly AddedTime[]): ManyInput | string {
  if (target.timeout !== Infinity) return "model: timeouts are not built yet; simulate it";
  const process = arrivals(scenario.arrivals);
  if (process.finite) return "model: finite arrivals have no steady state; simulate it";
  if (process.poisson === undefined || !isSingle(process.poisson.batch)) {
    return "model: several servers or slots are built for Poisson arrivals one by one only; simulate it";
  }
  const { rate } = process.poisson;
  const work = scaled(distribution(scenario.work), target.workFactor);
  const coldStart = distribution(target.coldStart);
  const keepAlive = target.keepAlive === "forever" ? null : distribution(target.keepAlive);
  const added = [distribution(target.network), distribution(target.requestOverhead), ...others];
  if ([work, coldStart, ...added].some((law) => law.transform === undefined)) {
    return "model: one of the distributions has no known transform; simulate it";
  }
  if (work.mean === 0) return "model: work that takes no time is not built yet here; simulate it";
  if (keepAlive !== null && target.firstWork !== null) {
    return "model: a first work of its own is not built yet for several servers or slots; simulate it";
  }
  if (keepAlive !== null && target.closeDown !== null) {
    return "model: a close-down is not built yet for several servers or slots; simulate it";
  }
  // So many busy slots are never all free at once: e^−500.
  const alwaysOn = keepAlive === null || (target.servers === 1 && rate * work.mean > 500);
  const exponentialWork = scenario.work.kind === "exponential";
  const twoPhases = twoPhasesOf(scenario.work, target.workFactor);
  const kept = alwaysOn ? null : keepAlive;
  return { rate, work, exponentialWork, twoPhases, coldStart, keepAlive: kept, alwaysOn, added };
}

function solve(scenario: Scenario, target: ServerSpec, input: ManyInput): Found | string {
  if (target.discipline === "processorSharing") return shared(target, input);
  if (target.servers !== 1 && target.concurrency !== 1 && (!input.alwaysOn || target.concurrency === Infinity)) {
    return "model: several slots in several servers are not built yet; simulate it";
  }
  const isMany = input.alwaysOn && input.rate * input.work.mean > 500;
  if (
    target.servers === 1 &&
    ((input.exponentialWork && !isMany) || !input.alwaysOn || target.concurrency === Infinity)
  ) {
    return slotsAnswer(scenario, target, input);
  }
  if (input.alwaysOn) return always(target, input);
  return withSetups(target, input);
}

/** M/G/k: k servers, or k slots that are there all the time. */
function always(target: ServerSpec, { rate, work, exponentialWork, twoPhases, added }: ManyInput): Found | string {
  if (!(work.scv < Infinity)) return "model: several servers need work with a finite variance; simulate it";
  const k = target.servers * target.concurrency;
  const busy = target.concurrency === 1 ? rate * work.mean : null;
  const common = { added, meanCold: 0, cold: neverCold, instances: allOn(target.servers, busy) };
  if (exponentialWork) {
    const { sojourn } = markovServers({ arrival: rate, service: 1 / work.mean, servers: k });
    const law = sojournLaw(sojourn, added, work.mean);
    return { ...common, method: `M/M/${k}, first come first served (Erlang C)`, status: "exact", law };
  }
  if (twoPhases !== null && k <= mostServers) {
    const { sojourn } = twoPhaseServers({ arrival: rate, service: twoPhases, servers: k });
    const law = sojournLaw(sojourn, added, work.mean);
    return { ...common, method: `M/PH/${k} with two phases: matrix-geometric, uniformisation`, status: "exact", law };
  }
  if (work.scv === 0 && added.every(({ scv, mean }) => scv === 0 || mean === 0)) {
    const law = constantLatency({ arrivalRate: rate, serviceSeconds: work.mean, servers: k }, added);
    return { ...common, method: `M/D/${k}, first come first served (Crommelin, Franx)`, status: "exact", law };
  }
  return {
    ...common,
    method: `M/G/${k}, first come first served: mean wait by Kimura 1986, a gamma tail`,
    status: "approximate",
    reason:
      "mean wait within 1.4 % for scv up to 4, chance to wait within 3 %; the tail of the wait is a two-moment fit",
    law: generalServers({ arrivalRate: rate, service: work, servers: k, added }),
  };
}

/** Beyond, the matrices of one row a server take too long. */
const mostServers = 80;

/** M/M/k/setup/delayed-off. */
function withSetups(target: ServerSpec, { rate, work, exponentialWork, coldStart, keepAlive, added }: ManyInput) {
  const off = keepAlive!.mean === 0 ? "deterministic" : target.keepAlive === "forever" ? "" : target.keepAlive.kind;
  const markovian = target.coldStart.kind === "exponential" && (keepAlive!.mean === 0 || off === "exponential");
  if (!exponentialWork) {
    return "model: several servers with a cold start are built for exponential work only; simulate it";
  }
  if (target.servers > mostServers) {
    return `model: more than ${mostServers} servers with a cold start are not built yet; simulate it`;
  }
  const servers = {
    arrivalRate: rate,
    serviceRate: 1 / work.mean,
    setupRate: 1 / coldStart.mean,
    offRate: keepAlive!.mean === 0 ? Infinity : 1 / keepAlive!.mean,
    servers: target.servers,
  };
  const queue = setupQueue(servers);
  const { sojourn, coldProbability, meanCold } = setupSojourn(servers, queue);
  return {
    method: `M/M/${target.servers}/setup with delayed off (Gandhi et al. 2014): matrix-geometric, a tagged request by uniformisation`,
    ...(markovian ? { status: "exact" as const } : { status: "approximate" as const, reason: takenAsExponential }),
    law: markovian ? sojournLaw(sojourn, added, work.mean) : roughly(sojournLaw(sojourn, added, work.mean)),
    added,
    meanCold,
    cold: {
      probability: exactly(coldProbability),
      triggered: exactly(queue.triggered),
      inTriggerBatch: exactly(queue.triggered),
      busyPeriod: null,
      startsPerSecond: exactly(queue.meanStarting * servers.setupRate),
      duration: null,
    },
    instances: {
      total: exactly(queue.meanOn + queue.meanStarting),
      starting: exactly(queue.meanStarting),
      ready: exactly(queue.meanOn),
      busy: exactly(queue.meanOn - queue.meanIdle),
      idle: exactly(queue.meanIdle),
    },
  };
}

const takenAsExponential =
  "cold start and keep-alive are taken as exponential of the same mean: the mean was seen off by −42 … +34 %, the distribution function by 0.33";

/** What other laws of the start and the keep-alive were seen to move the distribution function by. */
const roughly = (found: LatencyLaw): LatencyLaw => ({ ...found, roughness: found.roughness + 0.35 });

/** One processor that all in service share. */
function shared(target: ServerSpec, { rate, work, exponentialWork, alwaysOn, added }: ManyInput): Found | string {
  if (target.servers !== 1) return "model: processor sharing on several servers is not built yet; simulate it";
  if (!alwaysOn) return "model: processor sharing behind a cold start is not built yet; simulate it";
  if (!exponentialWork) return "model: processor sharing is built for exponential work only; simulate it";
  const busy = rate * work.mean;
  const sojourn = sharedProcessor({
    arrivalRate: rate,
    serviceRate: 1 / work.mean,
    cores: 1,
    limit: target.concurrency,
  });
  const limited = target.concurrency === Infinity ? "" : `, at most ${target.concurrency} at a time`;
  return {
    method: `M/M/1 with processor sharing${limited}: a tagged request by uniformisation`,
    status: "exact",
    law: sojournLaw(sojourn, added, work.mean),
    added,
    meanCold: 0,
    cold: neverCold,
    instances: allOn(1, busy),
    states: { off: exactly(0), starting: exactly(0), idle: exactly(1 - busy), busy: exactly(busy) },
  };
}

function unstableMany(
  scenario: Scenario,
  target: ServerSpec,
  queue: Parameters<typeof unstableAnswer>[2],
): TargetAnswer {
  const { states: _, ...answer } = unstableAnswer(scenario, target, queue);
  const load = Number(queue.load.toPrecision(4));
  return {
    ...answer,
    reason: `the offered load is ${load} of what all can serve: the queue grows without bound`,
    instances: allOn(target.servers, target.servers),
    states: null,
  };
}
