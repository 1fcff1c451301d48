import { type ArrivalsSpec, arrivals } from "../arrivals/index.ts";
import { ConvergenceError } from "../base/check.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { type AvailableAnswer, exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, ServerSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { type ArrivalFit, arrivalFit, describeFit, fewestRequests, simplerFit } from "./arrivalFit.ts";
import { boundedLaw } from "./boundedLaw.ts";
import type { ColdFigures, ColdQueue, ColdServer, UnstableQueue } from "./coldQueue.ts";
import { latencyLaw } from "./composition.ts";
import { exactMap } from "./exactMap.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import { latencyOfLaw } from "./latencyOfLaw.ts";
import { latticeBounds } from "./latticeBounds.ts";
import { memoised } from "./law.ts";
import { markovianQueue } from "./markovianQueue.ts";
import { poissonQueue } from "./poissonQueue.ts";
import { unavailable } from "./unavailable.ts";
import { unstableAnswer } from "./unstableAnswer.ts";

/** The answer for one instance that serves in order of arrival, or the reason why there is none. */
export function serverAnswer(scenario: Scenario, target: ServerSpec, others: readonly AddedTime[] = []): TargetAnswer {
  const reason = notCovered(target);
  if (reason !== null) return unavailable(target, reason);
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
  const solved = solve(scenario.arrivals, laws);
  if (typeof solved === "string") return unavailable(target, solved);
  const { queue, method } = solved;
  return queue.stable
    ? stableAnswer(scenario, target, { ...solved, queue, added, coldStart: laws.coldStart })
    : unstableAnswer(scenario, target, { work, added, load: queue.load, method });
}

/** The same law, whose transform is computed once where several formulas ask for it at one s. */
const remembering = (law: Distribution): Distribution => ({
  ...law,
  ...(law.transform && { transform: law.transform.map(({ delay, smooth }) => ({ delay, smooth: memoised(smooth) })) }),
});

/** A queue and how it was found. */
interface Theory<Queue> {
  readonly queue: Queue;
  readonly method: string;
  readonly status: "exact" | "numeric" | "approximate";
  readonly reason?: string;
  /** Where there are proven bounds of the latency: what they need to know. */
  readonly server?: ColdServer;
}

/** The queue by the theory its arrivals allow, or why there is none. */
function solve(
  spec: ArrivalsSpec,
  laws: Omit<ColdServer, "eventRate" | "batch">,
): Theory<ColdQueue | UnstableQueue> | string {
  const { poisson, finite } = arrivals(spec);
  if (finite && spec.kind !== "trace") return "model: finite arrivals have no steady state; simulate it";
  if (poisson !== undefined) {
    const server = { ...laws, eventRate: poisson.rate, batch: poisson.batch };
    return {
      queue: poissonQueue(server),
      server,
      method: "M/G/1 with exceptional first service (Welch 1964), its transform inverted (Euler)",
      status: "exact",
    };
  }
  if (laws.closeDown !== null) return "model: a close-down under Markovian arrivals is not built yet; simulate it";
  const method =
    "MAP/G/1 with exceptional first service by its workload (Lucantoni 1991), its transform inverted (Euler)";
  const map = exactMap(spec);
  if (map !== null) return { queue: markovianQueue(map, { ...laws, batch: map.batch }), method, status: "numeric" };
  if (spec.kind === "trace" && spec.times.length < fewestRequests) {
    return `model: a trace of fewer than ${fewestRequests} requests says too little about its process; simulate it`;
  }
  const fit = arrivalFit(spec);
  if (fit === null) return "model: these arrivals have no steady state; simulate it";
  const fitted = (by: ArrivalFit): Theory<ColdQueue | UnstableQueue> => ({
    queue: markovianQueue(by.map, { ...laws, batch: by.map.batch }),
    method: `${method}; arrivals fitted by ${by.kind}`,
    status: "approximate",
    reason: `in place of the arrivals stands ${describeFit(by)}; the intervals do not hold what that changes`,
  });
  try {
    return fitted(fit);
  } catch (error) {
    const simpler = error instanceof ConvergenceError ? simplerFit(spec) : null;
    if (simpler === null) throw error;
    return fitted(simpler);
  }
}

function notCovered(target: ServerSpec): string | null {
  if (target.servers !== 1) return "model: several servers are not built yet; simulate it";
  if (target.discipline !== "fcfs") return "model: processor sharing is not built yet; simulate it";
  if (target.concurrency !== 1) return "model: several slots in one instance are not built yet; simulate it";
  if (target.queueLimit !== Infinity) return "model: a limited queue is not built yet; simulate it";
  if (target.timeout !== Infinity) return "model: timeouts are not built yet; simulate it";
  return null;
}

/** An error in the probability at a quantile beyond which there is no answer. */
const mostError = 0.03;

interface Solved extends Theory<ColdQueue> {
  readonly added: readonly AddedTime[];
  readonly coldStart: Distribution;
}

function stableAnswer(
  { report }: Scenario,
  target: ServerSpec,
  { queue, added, coldStart, method, status, reason, server }: Solved,
): AvailableAnswer {
  const found = latencyLaw(queue, added);
  const isSplit = found.roughness === 0 && !found.kinked;
  const isBounded = !isSplit && server !== undefined && !(server.closeDown !== null && server.closeDown.mean > 0);
  const law = isBounded ? boundedLaw(found, (lattice) => latticeBounds(server, added, lattice)) : found;
  const { latency, overheadAt } = latencyOfLaw(law, report);
  for (const { value } of latency.quantiles) {
    const residual = law.law.error(value.value);
    if (!(residual <= mostError)) throw new ConvergenceError("inversion", { iterations: 0, residual });
  }
  const { meanWork, meanCold, meanSojourn, figures } = queue;
  const rough = law.roughness > 0 || law.kinked;
  return {
    name: target.name,
    kind: target.kind,
    method: isBounded ? `${method}; between proven bounds on a lattice` : method,
    status: rough ? "approximate" : status,
    ...((reason || rough) && { reason: [reason, rough ? roughReason : null].filter(Boolean).join("; ") }),
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
