import { type ArrivalProcess, arrivals, isSingle } from "../arrivals/index.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { exactly, type StageAnswer, type TargetAnswer } from "../scenario/answer.ts";
import { type EdgeSpec, edgeParts, type PopSpec } from "../scenario/edge.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { assembled, neverCold } from "./assembled.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import { latencyOfLaw } from "./latencyOfLaw.ts";
import { type LoadingFigures, loadingHost } from "./loadingHost.ts";
import { type Branch, sumOfTimes } from "./sumOfTimes.ts";
import { noTime, restOf, sumTime } from "./sumTime.ts";
import { unavailable } from "./unavailable.ts";

interface Times {
  readonly work: Distribution;
  readonly start: Distribution;
  readonly added: readonly AddedTime[];
}

interface Parts {
  readonly times: Times;
  /** By point of presence. */
  readonly trips: readonly Distribution[];
  readonly hosts: readonly LoadingFigures[];
  readonly cold: Cold | null;
}

/** A load, and what is left of it when a request comes. */
interface Cold {
  readonly start: Distribution;
  readonly rest: AddedTime;
}

/**
 * The answer for functions at points of presence: a mixture over the points of network and compute, of which every point has
 * its own chance to be cold.
 */
export function edgeAnswer(scenario: Scenario, target: EdgeSpec): TargetAnswer {
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  const process = arrivals(scenario.arrivals);
  if (process.finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  const times: Times = {
    work: scaled(distribution(scenario.work), target.workFactor),
    start: distribution(target.instanceStart),
    added: [distribution(target.network), distribution(target.requestOverhead)],
  };
  const trips = target.pops.map(({ roundTrip }) => distribution(roundTrip));
  if ([times.work, times.start, ...times.added, ...trips].some(({ transform }) => transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  const hosts = hostsOf(process, target, times);
  if (typeof hosts === "string") return unavailable(target, hosts);
  const cold = coldOf(target);
  const law = sumOfTimes(target.pops.flatMap((pop, i) => branchesOf(pop, trips[i]!, hosts[i]!, times, cold)));
  const sum = (of: (host: LoadingFigures) => number) => hosts.reduce((total, host) => total + of(host), 0);
  const share = (of: (host: LoadingFigures) => number) =>
    target.pops.reduce((total, pop, i) => total + pop.share * of(hosts[i]!), 0);
  const meanCold =
    cold === null ? 0 : share(({ triggered, during }) => triggered * cold.start.mean + during * cold.rest.mean);
  const trip = target.pops.reduce((total, pop, i) => total + pop.share * trips[i]!.mean, 0);
  const answer = assembled(scenario, target, {
    method: "a mixture over the points of presence of round trip and compute; at each M/G/∞ behind its cold start",
    status: law.roughness > 0 ? "approximate" : "numeric",
    ...(law.roughness > 0 && { reason: "laws of many atoms are inverted as a whole; the intervals hold the error" }),
    law,
    added: [...times.added, { ...noTime, mean: trip }],
    meanCold,
    meanStart: times.start.mean,
    cold:
      cold === null
        ? neverCold
        : {
            probability: exactly(share(({ triggered, during }) => triggered + during)),
            triggered: exactly(share(({ triggered }) => triggered)),
            inTriggerBatch: exactly(share(({ triggered }) => triggered)),
            busyPeriod: null,
            startsPerSecond: exactly(process.rate * share(({ triggered }) => triggered)),
            duration: latencyOfDistribution(cold.start, scenario.report),
          },
    instanceStart: times.start,
    instances: {
      total: exactly(sum(({ states }) => 1 - states.off)),
      starting: exactly(sum(({ states }) => states.starting)),
      ready: exactly(sum(({ states }) => states.idle + states.busy)),
      busy: process.poisson === undefined ? null : exactly(sum(({ states }) => states.busy)),
      idle: process.poisson === undefined ? null : exactly(sum(({ states }) => states.idle)),
    },
  });
  return { ...answer, stages: partsOf(scenario, target, { times, trips, hosts, cold }) };
}

/** Network and compute, each with a law of its own; they are independent at one point, not over all. */
function partsOf(
  { report }: Scenario,
  { pops }: EdgeSpec,
  { times, trips, hosts, cold }: Parts,
): readonly StageAnswer[] {
  const compute = { ...times, added: [] };
  const laws = {
    network: sumOfTimes(pops.map(({ share }, i) => ({ weight: share, times: times.added, own: trips[i]! }))),
    compute: sumOfTimes(pops.flatMap((pop, i) => branchesOf(pop, noTime, hosts[i]!, compute, cold))),
  };
  return edgeParts.map((name) => {
    const { mean, quantiles } = latencyOfLaw(laws[name], report).latency;
    return { name, kind: name, mean, quantiles };
  });
}

function coldOf({ coldStart }: EdgeSpec): Cold | null {
  if (coldStart === null) return null;
  const start = distribution(coldStart);
  return { start, rest: restOf(start) };
}

/** What arrives at each point; null figures of a point that is never cold. */
function hostsOf(process: ArrivalProcess, target: EdgeSpec, { work, start }: Times): LoadingFigures[] | string {
  if (target.coldStart === null) {
    const held = start.mean + work.mean;
    return target.pops.map(({ share }) => {
      const busy = process.poisson === undefined ? 0 : -Math.expm1(-process.poisson.rate * share * held);
      return { triggered: 0, during: 0, states: { off: 0, starting: 0, idle: 1 - busy, busy } };
    });
  }
  if (process.poisson === undefined || !isSingle(process.poisson.batch)) {
    return "model: points of presence that load on demand are built for Poisson arrivals one by one only; simulate it";
  }
  const { rate } = process.poisson;
  const { start: coldStart } = coldOf(target)!;
  const keepAlive = target.keepAlive === "forever" ? null : distribution(target.keepAlive);
  if ([coldStart, keepAlive].some((law) => law !== null && law.transform === undefined)) {
    return "model: one of the distributions has no known transform; simulate it";
  }
  const holding = sumTime(start, work);
  return target.pops.map(({ share }) => loadingHost({ arrivalRate: rate * share, holding, coldStart, keepAlive }));
}

/** Requests of one point: those that find it loaded, start the load, or come during it. */
function branchesOf(
  { share }: PopSpec,
  roundTrip: AddedTime,
  { triggered, during }: LoadingFigures,
  { work, start, added }: Times,
  cold: Cold | null,
): Branch[] {
  const times = [roundTrip, start, ...added];
  const warm = { weight: share * (1 - triggered - during), times, own: work };
  if (cold === null) return [warm];
  return [
    warm,
    { weight: share * triggered, times: [...times, cold.start], own: work },
    { weight: share * during, times: [...times, cold.rest], own: work },
  ];
}
