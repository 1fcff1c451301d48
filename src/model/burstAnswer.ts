import type { ArrivalsSpec } from "../arrivals/index.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { type ColdAnswer, exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { PerRequestSpec, Scenario, ServerSpec, SpinkubeSpec, TargetSpec } from "../scenario/scenario.ts";
import { assembled, type Found, neverCold } from "./assembled.ts";
import { burstAfterStart, burstOnOne, burstOnSetups, servedBefore, sharedBurst } from "./burstLaw.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { productOf, weightedByItself } from "./law.ts";
import { sojournLaw } from "./sojournLaw.ts";
import { steepLaw } from "./steepLaw.ts";
import { sumOfTimes, varianceOf } from "./sumOfTimes.ts";
import { unavailable } from "./unavailable.ts";

type Burst = ArrivalsSpec & { readonly kind: "burst" };

interface Times {
  readonly size: number;
  readonly work: Distribution;
  readonly isExponential: boolean;
  readonly added: readonly Distribution[];
}

/**
 * The answer for one burst at an instant, on a target that nothing else has touched: no steady state, but the law of a random request
 * of the burst.
 */
export function burstAnswer(scenario: Scenario, target: TargetSpec): TargetAnswer {
  const { size } = scenario.arrivals as Burst;
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  if (target.firstWork !== null)
    return unavailable(target, "model: a first work of its own is not built for a burst; simulate it");
  const times: Times = {
    size,
    work: scaled(distribution(scenario.work), target.workFactor),
    isExponential: scenario.work.kind === "exponential",
    added: [distribution(target.network), distribution(target.requestOverhead)],
  };
  if ([times.work, ...times.added].some(({ transform }) => transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  const found = solve(scenario, target, times);
  if (typeof found === "string") return unavailable(target, found);
  const answer = assembled(scenario, target, {
    ...found,
    method: `a burst of ${size}, not a steady state: ${found.method}`,
  });
  const counts = { scheduled: size, sent: size, completed: size, failed: {}, dropped: 0, unsent: 0, measured: 0 };
  return { ...answer, counts };
}

function solve(scenario: Scenario, target: TargetSpec, times: Times): Found | string {
  switch (target.kind) {
    case "server":
      return server(scenario, target, times);
    case "perRequest":
      return perRequest(scenario, target, times);
    case "spinkube":
      return pods(target, times);
    default:
      return `model: a burst on ${target.kind} is not built; simulate it`;
  }
}

/** What is the same for all: a burst finds nothing ready where instances go, and counts the instances it starts. */
function coldFigures(scenario: Scenario, start: Distribution | null, started: number, size: number): ColdAnswer {
  if (start === null || start.mean === 0) return { ...neverCold, startsPerSecond: null };
  return {
    probability: exactly(1),
    triggered: exactly(started / size),
    inTriggerBatch: exactly(1),
    busyPeriod: exactly(1),
    startsPerSecond: null,
    duration: latencyOfDistribution(start, scenario.report),
  };
}

const serving = (count: number) => ({ total: exactly(count), starting: null, ready: null, busy: null, idle: null });

function server(scenario: Scenario, target: ServerSpec, times: Times): Found | string {
  const { size, work, isExponential, added } = times;
  const slots = target.servers * target.concurrency;
  if (target.queueLimit + slots < size) return "model: a burst on a limited queue is not built; simulate it";
  const start = target.keepAlive === "forever" ? null : distribution(target.coldStart);
  if (start !== null && start.transform === undefined) {
    return "model: one of the distributions has no known transform; simulate it";
  }
  const before = start === null ? added : [start, ...added];
  const started = start === null ? 0 : Math.min(size, target.servers);
  const common = {
    status: "exact" as const,
    added,
    meanCold: start?.mean ?? 0,
    cold: coldFigures(scenario, start, started, size),
    instances: serving(target.servers),
  };
  if (target.discipline === "processorSharing") {
    if (target.servers !== 1 || target.concurrency < size || !isExponential) {
      return "model: a burst on a shared processor is built for exponential work and room for all; simulate it";
    }
    const sojourn = sharedBurst({ burst: size, serviceRate: 1 / work.mean });
    return {
      ...common,
      method: "a shared processor, a tagged request by uniformisation",
      law: sojournLaw(sojourn, before, work.mean),
    };
  }
  if (slots >= size && (target.servers === 1 || start === null || start.scv === 0)) {
    return {
      ...common,
      method: "a slot for every request",
      law: sumOfTimes([{ weight: 1, times: before, own: work }]),
    };
  }
  if (isExponential && (target.servers === 1 || start === null || start.scv === 0)) {
    const sojourn = burstAfterStart({ burst: size, instances: slots, serviceRate: 1 / work.mean });
    return {
      ...common,
      method: `${slots} slots after the start, Erlang waits by rank`,
      law: sojournLaw(sojourn, before, work.mean),
    };
  }
  if (slots === 1) {
    const law = oneByOne(times, start);
    if (law === null) return "model: a burst one by one is built for work with at most one delay; simulate it";
    return { ...common, method: "one by one: start and services up to its rank (Fourier series)", law };
  }
  if (isExponential && target.concurrency === 1 && target.coldStart.kind === "exponential") {
    const rates = { setupRate: 1 / start!.mean, serviceRate: 1 / work.mean };
    const sojourn = burstOnSetups({ burst: size, instances: target.servers, ...rates });
    // Whose start it was that one waited for is not followed: all waiting counts as queueing.
    return {
      ...common,
      meanCold: 0,
      method: "servers started for who waits, a tagged request by uniformisation",
      law: sojournLaw(sojourn, added, work.mean),
    };
  }
  return "model: a burst on several servers is built for exponential work, and a start that is fixed or exponential; simulate it";
}

function oneByOne({ size, work, added }: Times, start: Distribution | null): LatencyLaw | null {
  if (work.transform!.length !== 1) return null;
  const coldStart = start ?? distribution({ kind: "deterministic", value: 0 });
  const others = added.map(({ transform }) => transform!).reduce(productOf);
  const { parts, mean } = burstOnOne({ burst: size, coldStart, service: work });
  const after = added.reduce((sum, law) => sum + law.mean, 0);
  // Of a random rank J: S₁ + … + S_J varies with the services and with the rank.
  const ranks = ((size * size - 1) / 12) * work.mean ** 2 + ((size + 1) / 2) * varianceOf(work);
  // A random rank's own service, weighted with itself, after the services before it.
  const own = productOf(weightedByItself(work.transform!), servedBefore(work.transform![0]!, size));
  const ownParts = productOf(own, coldStart.transform!);
  return {
    law: steepLaw(productOf(parts, others), mean + after),
    ownWork: steepLaw(productOf(ownParts, others), mean + after),
    mean: mean + after,
    variance: varianceOf(coldStart) + ranks + added.reduce((sum, law) => sum + varianceOf(law), 0),
    meanWork: work.mean,
    kinked: false,
    roughness: 0,
  };
}

function perRequest(scenario: Scenario, target: PerRequestSpec, { size, work, added }: Times): Found | string {
  if (target.maxInstances < size || target.minInstances > 0 || target.startsPerSecond !== Infinity) {
    return "model: a burst on limited instances or starts is not built; simulate it";
  }
  const start = distribution(target.coldStart);
  if (start.transform === undefined) return "model: one of the distributions has no known transform; simulate it";
  return {
    method: "an instance for every request: start and work",
    status: "exact",
    law: sumOfTimes([{ weight: 1, times: [start, ...added], own: work }]),
    added,
    meanCold: start.mean,
    cold: coldFigures(scenario, start, size, size),
    instances: serving(size),
  };
}

function pods(target: SpinkubeSpec, { size, work, added }: Times): Found | string {
  if (target.maxInstanceCount < size)
    return "model: a burst that may reach the cap on instances is not built; simulate it";
  if (target.workIs === "cpu") return "model: a burst on shared cores is not built; simulate it";
  if (target.autoscaler !== undefined)
    return "model: pods under an autoscaler of their own have no formula; simulate it";
  const start = distribution(target.instanceStart);
  if (start.transform === undefined) return "model: one of the distributions has no known transform; simulate it";
  return {
    method: "no queue: instance start and work",
    status: "exact",
    law: sumOfTimes([{ weight: 1, times: [start, ...added], own: work }]),
    added,
    meanCold: 0,
    meanStart: start.mean,
    cold: { ...neverCold, triggered: null, inTriggerBatch: null, startsPerSecond: null },
    instanceStart: start,
    instances: serving(target.replicas),
  };
}
