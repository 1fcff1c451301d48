import { type ArrivalProcess, arrivals } from "../arrivals/index.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { type AvailableAnswer, exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import type { ColdFigures, ColdQueue, ColdServer, UnstableQueue } from "./coldQueue.ts";
import { latencyLaw } from "./composition.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import { latencyOfLaw } from "./latencyOfLaw.ts";
import { memoised } from "./law.ts";
import { markovianQueue } from "./markovianQueue.ts";
import { poissonQueue } from "./poissonQueue.ts";
import { unavailable } from "./unavailable.ts";
import { unstableAnswer } from "./unstableAnswer.ts";

/** The answer for one instance that serves in order of arrival, or the reason why there is none. */
export function serverAnswer(scenario: Scenario, target: ServerSpec, others: readonly AddedTime[] = []): TargetAnswer {
  const reason = notCovered(target);
  if (reason !== null) return unavailable(target, reason);
  const process = arrivals(scenario.arrivals);
  const work = scaled(distribution(scenario.work), target.workFactor);
  const added = [distribution(target.network), distribution(target.requestOverhead), ...others];
  const laws = {
    service: remembering(work),
    firstService: target.firstWork === null ? work : distribution(target.firstWork),
    coldStart: distribution(target.coldStart),
    keepAlive: target.keepAlive === "forever" ? null : distribution(target.keepAlive),
    closeDown: target.closeDown === null ? null : distribution(target.closeDown),
  };
  const unknown = [...Object.values(laws), ...added].some((law) => law !== null && law.transform === undefined);
  if (unknown) return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  if (process.finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  const solved = solve(process, laws);
  if (typeof solved === "string") return unavailable(target, solved);
  const { queue, method, status } = solved;
  return queue.stable
    ? stableAnswer(scenario, target, { queue, added, coldStart: laws.coldStart, method, status })
    : unstableAnswer(scenario, target, { work, added, load: queue.load, method });
}

/** The same law, whose transform is computed once where several formulas ask for it at one s. */
const remembering = (law: Distribution): Distribution => ({
  ...law,
  ...(law.transform && { transform: law.transform.map(({ delay, smooth }) => ({ delay, smooth: memoised(smooth) })) }),
});

/** The queue by the theory its arrivals allow, or why there is none. */
function solve(
  { poisson, map }: ArrivalProcess,
  laws: Omit<ColdServer, "eventRate" | "batch">,
): { queue: ColdQueue | UnstableQueue; method: string; status: "exact" | "numeric" } | string {
  if (poisson !== undefined) {
    return {
      queue: poissonQueue({ ...laws, eventRate: poisson.rate, batch: poisson.batch }),
      method: "M/G/1 with exceptional first service (Welch 1964), its transform inverted (Euler)",
      status: "exact",
    };
  }
  if (map === undefined) return "model: these arrivals are neither Poisson nor Markovian; simulate it";
  if (laws.closeDown !== null) return "model: a close-down under Markovian arrivals is not built yet; simulate it";
  return {
    queue: markovianQueue(map, { ...laws, batch: map.batch }),
    method: "MAP/G/1 with exceptional first service by its workload (Lucantoni 1991), its transform inverted (Euler)",
    status: "numeric",
  };
}

function notCovered(target: ServerSpec): string | null {
  if (target.servers !== 1) return "model: several servers are not built yet; simulate it";
  if (target.discipline !== "fcfs") return "model: processor sharing is not built yet; simulate it";
  if (target.concurrency !== 1) return "model: several slots in one instance are not built yet; simulate it";
  if (target.queueLimit !== Infinity) return "model: a limited queue is not built yet; simulate it";
  if (target.timeout !== Infinity) return "model: timeouts are not built yet; simulate it";
  return null;
}

interface Solved {
  readonly queue: ColdQueue;
  readonly added: readonly AddedTime[];
  readonly coldStart: Distribution;
  readonly method: string;
  readonly status: "exact" | "numeric";
}

function stableAnswer(
  { report }: Scenario,
  target: ServerSpec,
  { queue, added, coldStart, method, status }: Solved,
): AvailableAnswer {
  const law = latencyLaw(queue, added);
  const { latency, overheadAt } = latencyOfLaw(law, report);
  const { meanWork, meanCold, meanSojourn, figures } = queue;
  const rough = law.roughness > 0 || law.kinked;
  return {
    name: target.name,
    kind: target.kind,
    method,
    status: rough ? "approximate" : status,
    ...(rough && { reason: roughReason }),
    stable: true,
    counts: null,
    latency,
    breakdown: {
      network: exactly(added.reduce((sum, { mean }) => sum + mean, 0)),
      cold: exactly(meanCold),
      start: exactly(0),
      queue: exactly(meanSojourn === Infinity ? Infinity : Math.max(0, meanSojourn - meanWork - meanCold)),
      work: exactly(meanWork),
    },
    overhead: exactly(1 - meanWork / law.mean),
    overheadAt,
    cold: {
      probability: exactly(figures.direct),
      triggered: exactly(figures.triggered),
      inTriggerBatch: exactly(figures.inTriggerBatch),
      busyPeriod: figures.busyPeriod === null ? null : exactly(figures.busyPeriod),
      startsPerSecond: exactly(figures.startsPerSecond),
      duration: coldStart.mean === 0 ? null : latencyOfDistribution(coldStart, report),
    },
    instanceStart: null,
    ...stateFigures(figures),
    resources: null,
    timeline: null,
    lateness: null,
    uncorrected: null,
  };
}

function stateFigures({ states }: ColdFigures): Pick<AvailableAnswer, "instances" | "states"> {
  const { off, starting, idle, busy } = states;
  return {
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

const roughReason =
  "a law with more jumps or kinks than can be treated one by one is inverted as a whole; the intervals hold the error";
