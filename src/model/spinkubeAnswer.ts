import { type ArrivalProcess, arrivals, isSingle } from "../arrivals/index.ts";
import { type Distribution, distribution, scaled, type TransformPart } from "../distributions/index.ts";
import { complex } from "../numerics/complex.ts";
import { gammaP, poissonTerm } from "../numerics/gamma.ts";
import { stationary } from "../numerics/stationary.ts";
import { type AvailableAnswer, exactly, type InstancesAnswer, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, SpinkubeSpec } from "../scenario/scenario.ts";
import { joined } from "./atomicLatency.ts";
import { atomsOf, latencyOfDistribution, sumOfAtoms } from "./latencyOfDistribution.ts";
import { type LatencyLaw, latencyOfLaw } from "./latencyOfLaw.ts";
import { type Atom, lawOf, merged, productOf, weightedByItself } from "./law.ts";
import { invertedLaw, type TimeLaw } from "./timeLaw.ts";
import { unavailable } from "./unavailable.ts";

/** Failures rarer than this are left out without a word, and up to the second with one. */
const negligible = 1e-9;
const tolerable = 1e-4;
/** More delays than this are not split. */
const mostDelays = 60;

/**
 * The answer for WaaS pods whose requests do not slow each other down: nobody waits, so the latency is the sum of
 * instance start, work and what is added, whatever the arrivals.
 *
 * The cap on instances is left out where requests that reach it are proven rare.
 */
export function spinkubeAnswer(scenario: Scenario, target: SpinkubeSpec): TargetAnswer {
  if (target.workIs === "cpu")
    return unavailable(target, "model: work that shares cores is not built yet; simulate it");
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  const process = arrivals(scenario.arrivals);
  if (process.finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  const start = distribution(target.instanceStart);
  const work = scaled(distribution(scenario.work), target.workFactor);
  const added = [distribution(target.network), distribution(target.requestOverhead)];
  const laws = [start, work, ...added];
  if (laws.some((law) => law.transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  const held = start.mean + work.mean;
  const atCap = atCapAtMost(process, held, target);
  if (atCap === null || atCap > tolerable) {
    return unavailable(target, "model: requests that reach the cap on instances are not built yet; simulate it");
  }
  return noQueueAnswer(scenario, target, { process, start, work, added, atCap });
}

interface Found {
  readonly process: ArrivalProcess;
  readonly start: Distribution;
  readonly work: Distribution;
  readonly added: readonly Distribution[];
  readonly atCap: number;
}

function noQueueAnswer(
  { report }: Scenario,
  target: SpinkubeSpec,
  { process, start, work, added, atCap }: Found,
): AvailableAnswer {
  const { law, rough } = latencyLaw(start, work, added);
  const { latency, overheadAt } = latencyOfLaw(law, report);
  const never = exactly(0);
  return {
    name: target.name,
    kind: target.kind,
    method: "no queue: the sum of instance start, work and network, by transforms (Euler)",
    ...statusOf(atCap, rough),
    stable: true,
    counts: null,
    latency,
    breakdown: {
      network: exactly(added.reduce((sum, x) => sum + x.mean, 0)),
      cold: never,
      start: exactly(start.mean),
      queue: never,
      work: exactly(work.mean),
    },
    overhead: exactly(law.mean === 0 ? 0 : 1 - work.mean / law.mean),
    overheadAt,
    cold: {
      probability: never,
      triggered: null,
      inTriggerBatch: null,
      busyPeriod: null,
      startsPerSecond: never,
      duration: null,
    },
    instanceStart: latencyOfDistribution(start, report),
    instances: instancesOf(process, start.mean + work.mean, target.replicas),
    states: null,
    resources: null,
    timeline: null,
    lateness: null,
    uncorrected: null,
  };
}

function latencyLaw(
  start: Distribution,
  work: Distribution,
  added: readonly Distribution[],
): { readonly law: LatencyLaw; readonly rough: boolean } {
  const laws = [start, work, ...added];
  const mean = laws.reduce((sum, law) => sum + law.mean, 0);
  const rough = laws.reduce((count, law) => count * (law.transform?.length ?? 1), 1) > mostDelays;
  const law = {
    law: sumLaw(laws, mean, rough),
    ownWork: sumLaw([start, ...added], mean, rough, weightedByItself(work.transform ?? [])),
    mean,
    variance: laws.reduce((sum, x) => sum + x.scv * x.mean ** 2, 0),
    meanWork: work.mean,
    kinked: rough,
    roughness: rough ? 1e-3 : 0,
  };
  return { law, rough };
}

function statusOf(atCap: number, rough: boolean): Pick<AvailableAnswer, "status" | "reason"> {
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

/** The law of a sum, or with `weighted` in place of one more time the law weighted with it. */
function sumLaw(
  laws: readonly Distribution[],
  scale: number,
  rough: boolean,
  weighted?: readonly TransformPart[],
): TimeLaw {
  const none: TransformPart[] = [{ delay: 0, smooth: () => complex(1) }];
  const factors = [...laws.map((law) => law.transform ?? []), ...(weighted ? [weighted] : [])];
  const parts = factors.map((factor) => (rough ? merged(factor) : factor)).reduce(productOf, none);
  const atoms = laws.map(atomsOf).reduce<readonly Atom[]>(sumOfAtoms, [{ at: 0, weight: 1 }]);
  const split = parts.map((part) => ({ ...part, residues: [] }));
  return invertedLaw(
    lawOf(split, { poles: [], atoms: weighted || rough ? [] : joined(atoms), scale: scale > 0 ? scale : 1 }),
  );
}
