import { type ArrivalProcess, arrivals, isSingle } from "../arrivals/index.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { gammaP, poissonTerm } from "../numerics/gamma.ts";
import { stationary } from "../numerics/stationary.ts";
import { type AvailableAnswer, exactly, type InstancesAnswer, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, SpinkubeSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { assembled, type Found, neverCold } from "./assembled.ts";
import { erlangB } from "./erlangC.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { unavailable } from "./unavailable.ts";
import { withRejected } from "./withRejected.ts";

/** Failures rarer than this are left out without a word, and up to the second with one. */
const negligible = 1e-9;
const tolerable = 1e-4;

/**
 * The answer for WaaS pods whose requests do not slow each other down: nobody waits, so the latency is the sum of
 * instance start, work and what is added, whatever the arrivals.
 *
 * At the cap requests fail: by Erlang's loss formula under Poisson arrivals, and left out where they are proven rare under others.
 */
export function spinkubeAnswer(
  scenario: Scenario,
  target: SpinkubeSpec,
  others: readonly AddedTime[] = [],
): TargetAnswer {
  if (target.workIs === "cpu")
    return unavailable(target, "model: work that shares cores is not built yet; simulate it");
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  const process = arrivals(scenario.arrivals);
  if (process.finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  const start = distribution(target.instanceStart);
  const work = scaled(distribution(scenario.work), target.workFactor);
  const added = [distribution(target.network), distribution(target.requestOverhead), ...others];
  const laws = [start, work, ...added];
  if (laws.some((law) => law.transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  const held = start.mean + work.mean;
  const atCap = atCapAtMost(process, held, target);
  const { poisson } = process;
  if (poisson !== undefined && isSingle(poisson.batch) && (atCap ?? 1) > negligible) {
    // A random pod for every request splits a Poisson process; a full pod is Erlang's loss system, whatever the law of the work.
    const offeredLoad = (poisson.rate * held) / target.replicas;
    const rejected = erlangB({ offeredLoad, servers: target.maxInstanceCount });
    const answer = noQueueAnswer(scenario, target, { process, start, work, added, atCap: 0 });
    const method = `${answer.method}; Erlang's loss formula at the cap`;
    return withRejected(scenario, { ...answer, method }, { rate: poisson.rate, rejected, as: "http5xx" });
  }
  if (atCap === null || atCap > tolerable) {
    return unavailable(target, "model: requests that reach the cap on instances are not built yet; simulate it");
  }
  return noQueueAnswer(scenario, target, { process, start, work, added, atCap });
}

interface Times {
  readonly process: ArrivalProcess;
  readonly start: Distribution;
  readonly work: Distribution;
  readonly added: readonly AddedTime[];
  readonly atCap: number;
}

function noQueueAnswer(
  scenario: Scenario,
  target: SpinkubeSpec,
  { process, start, work, added, atCap }: Times,
): AvailableAnswer {
  const law = sumOfTimes([{ weight: 1, times: [start, ...added], own: work }]);
  return assembled(scenario, target, {
    method: "no queue: the sum of instance start, work and network, by transforms (Euler)",
    ...statusOf(atCap, law.roughness > 0),
    law,
    added,
    meanCold: 0,
    meanStart: start.mean,
    cold: { ...neverCold, triggered: null, inTriggerBatch: null },
    instanceStart: start,
    instances: instancesOf(process, start.mean + work.mean, target.replicas),
  });
}

function statusOf(atCap: number, rough: boolean): Pick<Found, "status" | "reason"> {
  if (rough) {
    return {
      status: "approximate",
      reason: "laws of many atoms are inverted as a whole; the intervals hold the error",
    };
  }
  if (atCap <= negligible) return { status: "exact" };
  return {
    status: "approximate",
    reason: `the cap on instances is left out: at most a share of ${atCap.toPrecision(1)} of the requests reaches it`,
  };
}

/** A pod is busy while it holds a request; how long at a time depends on the arrivals. */
function instancesOf({ poisson, rate }: ArrivalProcess, held: number, replicas: number): InstancesAnswer {
  const all = { total: exactly(replicas), starting: exactly(0), ready: exactly(replicas) };
  if (poisson === undefined || !isSingle(poisson.batch)) return { ...all, busy: null, idle: null };
  const busy = replicas * -Math.expm1((-rate * held) / replicas);
  return { ...all, busy: exactly(busy), idle: exactly(replicas - busy) };
}

/**
 * A bound on P(a request finds its pod full); null where none is known.
 *
 * In flight are Poisson many around an average of the rate over the last moments. With h the chance of a full pod as a
 * convex function of that average, Jensen's inequality and the rearrangement inequality give at most E[λ·h(λ)]/E[λ] over the
 * stationary phases: the average is never more spread out than the rate itself.
 */
function atCapAtMost(
  { poisson, map }: ArrivalProcess,
  held: number,
  { maxInstanceCount: cap, replicas }: SpinkubeSpec,
): number | null {
  if (cap === Infinity || held === 0) return 0;
  const batch = poisson?.batch ?? map?.batch;
  if (batch === undefined || !isSingle(batch) || cap < 2) return null;
  const full = (rate: number): number => {
    const inFlight = (rate * held) / replicas;
    const convexUpTo = cap - 1;
    // Beyond it the tangent lies above.
    return inFlight <= convexUpTo
      ? gammaP(cap, inFlight)
      : gammaP(cap, convexUpTo) + (inFlight - convexUpTo) * poissonTerm(convexUpTo, convexUpTo);
  };
  if (poisson !== undefined) return full(poisson.rate);
  const { D0, D1 } = map!;
  const weights = stationary(D0.map((row, i) => row.map((rate, j) => rate + D1[i]![j]!)));
  const rates = D1.map((row) => row.reduce((sum, rate) => sum + rate, 0));
  const mean = rates.reduce((sum, rate, i) => sum + weights[i]! * rate, 0);
  return rates.reduce((sum, rate, i) => sum + weights[i]! * rate * full(rate), 0) / mean;
}
