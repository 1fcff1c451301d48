import { arrivals, isSingle } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { type Estimate, exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { PerRequestSpec, Scenario } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { assembled } from "./assembled.ts";
import { expiryChain } from "./expiryChain.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { unavailable } from "./unavailable.ts";
import { windowMaximum } from "./windowMaximum.ts";

/** Above this chance of the last instance allowed, the limit cannot be left out. */
const negligible = 1e-9;

/** The answer for a platform that gives every request an instance to itself, under Poisson arrivals. */
export function perRequestAnswer(
  scenario: Scenario,
  target: PerRequestSpec,
  others: readonly AddedTime[] = [],
): TargetAnswer {
  const process = arrivals(scenario.arrivals);
  const times = timesOf(scenario, target, others);
  const reason = notCovered(target, times);
  if (reason !== null) return unavailable(target, reason);
  if (process.finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  if (process.poisson === undefined || !isSingle(process.poisson.batch)) {
    return unavailable(target, "model: scale per request is built for Poisson arrivals one by one only; simulate it");
  }
  const rate = process.poisson.rate;
  const pool = poolOf(rate, target, times);
  if (typeof pool === "string") return unavailable(target, pool);
  const { cold, starting, total, busy, method, approximations, slack } = pool;
  const about = (value: number): Estimate => ({
    value,
    low: value * (1 - slack),
    high: value * (1 + slack),
  });
  const share = { ...about(cold), high: Math.min(1, cold * (1 + slack)) };
  const exactLaw = mixedLaw(times, cold);
  // The law moves with the cold share.
  const law = { ...exactLaw, roughness: exactLaw.roughness + slack * cold };
  const approximate = approximations.length > 0;
  return assembled(scenario, target, {
    method,
    status: approximate ? "approximate" : "exact",
    ...(approximate && { reason: approximations.join("; ") }),
    law,
    added: times.added,
    meanCold: cold * times.coldStart.mean,
    cold: {
      probability: share,
      triggered: share,
      inTriggerBatch: share,
      busyPeriod: null,
      startsPerSecond: about(rate * cold),
      duration:
        cold === 0 || times.coldStart.mean === 0 ? null : latencyOfDistribution(times.coldStart, scenario.report),
    },
    instances: {
      total: about(total),
      starting: about(starting),
      ready: about(total - starting),
      busy: exactly(busy),
      idle: about(Math.max(0, total - starting - busy)),
    },
  });
}

interface Times {
  readonly work: Distribution;
  readonly firstWork: Distribution;
  readonly coldStart: Distribution;
  /** null: idle instances stay for ever. */
  readonly keepAlive: Distribution | null;
  readonly added: readonly AddedTime[];
  readonly exponentialWork: boolean;
}

function timesOf(scenario: Scenario, target: PerRequestSpec, others: readonly AddedTime[]): Times {
  const work = scaled(distribution(scenario.work), target.workFactor);
  return {
    work,
    firstWork: target.firstWork === null ? work : distribution(target.firstWork),
    coldStart: distribution(target.coldStart),
    keepAlive: target.keepAlive === "forever" ? null : distribution(target.keepAlive),
    added: [distribution(target.network), distribution(target.requestOverhead), ...others],
    exponentialWork: scenario.work.kind === "exponential",
  };
}

function notCovered(target: PerRequestSpec, { work, firstWork, coldStart, added }: Times): string | null {
  if (target.timeout !== Infinity) return "model: timeouts are not built yet; simulate it";
  const expires = target.keepAlive !== "forever" && target.keepAlive.kind !== "deterministic";
  if (target.minInstances > 0 && expires) {
    return "model: a least number of instances is built for a fixed keep-alive only; simulate it";
  }
  if (target.startsPerSecond !== Infinity) return "model: a limit on starts per second is not built yet; simulate it";
  if ([work, firstWork, coldStart, ...added].some((law) => law.transform === undefined)) {
    return "model: one of the distributions has no known transform; simulate it";
  }
  if (work.mean === 0) return "model: work that takes no time is not built yet for scale per request; simulate it";
  return null;
}

/** The instances of the steady state. */
interface Pool {
  readonly cold: number;
  readonly starting: number;
  readonly busy: number;
  readonly total: number;
  readonly method: string;
  readonly approximations: readonly string[];
  /** How far the cold share and the counts may be off, relative. */
  readonly slack: number;
}

function poolOf(rate: PerSecond, target: PerRequestSpec, times: Times): Pool | string {
  const { keepAlive, work } = times;
  if (keepAlive === null) {
    if (target.maxInstances !== Infinity)
      return "model: a limit on instances is not built yet for instances that never go";
    const method = "scale per request with instances that never go: in the steady state nobody is cold";
    return { cold: 0, starting: 0, busy: rate * work.mean, total: Infinity, method, approximations: [], slack: 0 };
  }
  return keepAlive.scv === 0 || keepAlive.mean === 0
    ? fixedExpiry(rate, target, times, keepAlive.mean)
    : exponentialExpiry(rate, target, times, keepAlive);
}

function fixedExpiry(
  rate: PerSecond,
  target: PerRequestSpec,
  { work, firstWork, coldStart, exponentialWork }: Times,
  keepAliveSeconds: Seconds,
): Pool | string {
  if (target.selection !== "mru" && target.selection !== "newest" && keepAliveSeconds > 0) {
    return `model: the selection ${target.selection} is not built yet with a fixed keep-alive; simulate it`;
  }
  const startHeld = target.coldStartOccupiesInstance ? coldStart.mean : 0;
  const extra = startHeld + firstWork.mean - work.mean;
  // A cold request holds its instance longer: the mean holding time that agrees with its own share of cold requests.
  const at = (cold: number) =>
    windowMaximum({
      arrivalRate: rate,
      holdingSeconds: work.mean + cold * extra,
      keepAliveSeconds,
      atLeast: target.minInstances,
    });
  let found = at(0);
  for (let step = 0; extra !== 0 && step < 60; step++) {
    const next = at(found.cold);
    const settled = Math.abs(next.cold - found.cold) <= 1e-7 * next.cold;
    found = next;
    if (settled) break;
  }
  const beyond = found.meanInstances + 12 * Math.sqrt(found.meanInstances);
  const last =
    found.atMost === null ? (target.maxInstances > beyond ? 0 : 1) : 1 - (found.atMost[target.maxInstances] ?? 1);
  if (last > negligible) return "model: a limit on instances that is reached is not built yet; simulate it";
  const approximations: string[] = [];
  // Without a keep-alive everybody is cold, whatever the laws.
  if (keepAliveSeconds > 0) {
    if (!exponentialWork) approximations.push("work is not exponential: cold share within 2 %, instances within 1.4 %");
    if (extra !== 0) approximations.push(startHeld <= keepAliveSeconds ? heldLonger : heldForLong);
    if (target.selection === "newest")
      approximations.push("newest by start is taken for newest by use: up to 11 % too many cold starts were seen");
  }
  const ofHolding = approximations.length === 0 ? 0 : extra === 0 ? 0.02 : startHeld <= keepAliveSeconds ? 0.1 : 0.3;
  const slack = target.selection === "newest" && keepAliveSeconds > 0 ? Math.max(ofHolding, 0.12) : ofHolding;
  return {
    cold: found.cold,
    starting: rate * found.cold * startHeld,
    busy: rate * (work.mean + found.cold * (firstWork.mean - work.mean)),
    total: found.meanInstances,
    method: "instances as the largest number busy in the keep-alive window (M/M/∞ first passages)",
    approximations,
    slack,
  };
}

const heldLonger =
  "a cold request holds its instance longer, counted by its mean: the cold share is 0 to 8 % too low (measured by simulation)";
const heldForLong =
  "a cold start longer than the keep-alive, counted by its mean: the cold share is up to 30 % off (measured by simulation)";

function exponentialExpiry(
  rate: PerSecond,
  target: PerRequestSpec,
  { work, firstWork, coldStart, exponentialWork }: Times,
  keepAlive: Distribution,
): Pool | string {
  if (target.keepAlive === "forever" || target.keepAlive.kind !== "exponential") {
    return "model: a random keep-alive other than exponential is not built yet for scale per request; simulate it";
  }
  const startHeld = target.coldStartOccupiesInstance ? coldStart.mean : 0;
  const found = expiryChain({
    arrivalRate: rate,
    serviceSeconds: work.mean,
    coldStartSeconds: startHeld,
    idleSeconds: keepAlive.mean,
  });
  const total = found.meanStarting + found.meanExecuting + found.meanIdle;
  if (target.maxInstances <= total + 12 * Math.sqrt(total) + 12) {
    return "model: a limit on instances that may be reached is not built yet; simulate it";
  }
  const approximations = [];
  if (!exponentialWork) approximations.push("work is not exponential: taken as if it were");
  if (startHeld > 0 && target.coldStart.kind !== "exponential") {
    approximations.push("the cold start is not exponential: taken as if it were when instances are counted");
  }
  if (target.firstWork !== null && firstWork.mean !== work.mean) {
    approximations.push("the first work counts like every other when instances are counted");
  }
  return {
    cold: found.cold,
    starting: found.meanStarting,
    busy: found.meanExecuting,
    total,
    method: "Markov chain of starting, executing and idle instances",
    approximations,
    slack: approximations.length === 0 ? 0 : 0.1,
  };
}

/** (1 − P)·work + P·(cold start + first work), and what is added: a request's own times do not depend on the pool. */
const mixedLaw = ({ work, firstWork, coldStart, added }: Times, cold: number): LatencyLaw =>
  sumOfTimes([
    { weight: 1 - cold, times: added, own: work },
    { weight: cold, times: [coldStart, ...added], own: firstWork },
  ]);
