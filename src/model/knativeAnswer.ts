import { arrivals, isSingle } from "../arrivals/index.ts";
import type { PerSecond } from "../base/units.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { type KnativeSettings, knativeSettings } from "../policies/scaling/knative.ts";
import type { Estimate, TargetAnswer } from "../scenario/answer.ts";
import type { KnativeSpec, Scenario } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { assembled } from "./assembled.ts";
import { erlangC } from "./erlangC.ts";
import { generalWait } from "./generalServers.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { type LoadingFigures, loadingHost } from "./loadingHost.ts";
import { mixedLaws } from "./mixedLaws.ts";
import { type Metric, podChain } from "./podChain.ts";
import { podStartLaw, type StartLaw } from "./podStartLaw.ts";
import { sharedDemand } from "./sharedDemand.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { restOf } from "./sumTime.ts";
import { unavailable } from "./unavailable.ts";

/** Loads above this are answered as this: pods are too few for moments only, or the autoscaler would order more. */
const highestLoad = 0.9;
/** A load that is out of balance is soon answered with more pods: its spread is cut here. */
const mostSteep = 10;
/** Counts of pods rarer than this are left out. */
const rare = 1e-4;
/** Requests beyond the timeout that are left out. */
const lateAtMost = 1e-6;
/** What the distribution function was seen to err, against the simulator. */
const measuredError = 0.12;

interface Times {
  readonly rate: PerSecond;
  readonly work: Distribution;
  readonly start: StartLaw;
  readonly added: readonly AddedTime[];
}

/**
 * The answer for a Knative revision: approximate.
 *
 * How many pods there are while there are any is a Markov chain over Knative's own decisions (`podChain`); how often there is
 * none is M/G/∞ behind a cold start, kept alive by the stable window (`loadingHost`). Given the pods, requests are served as by
 * that many pods for ever.
 */
export function knativeAnswer(
  scenario: Scenario,
  target: KnativeSpec,
  others: readonly AddedTime[] = [],
): TargetAnswer {
  const { poisson, finite } = arrivals(scenario.arrivals);
  if (finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  if (poisson === undefined || !isSingle(poisson.batch)) {
    return unavailable(target, "model: knative is built for Poisson arrivals one by one only; simulate it");
  }
  const reason = notCovered(target);
  if (reason !== null) return unavailable(target, reason);
  const times: Times = {
    rate: poisson.rate,
    work: scaled(distribution(scenario.work), target.workFactor),
    start: podStartLaw(target.podStart),
    added: [distribution(target.network), distribution(target.requestOverhead), ...others],
  };
  if ([times.work, times.start, ...times.added].some(({ transform }) => transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  if (!(times.work.mean > 0 && times.work.scv < Infinity)) {
    return unavailable(target, "model: knative is built for work that takes time, with a finite variance; simulate it");
  }
  const load = (times.rate * times.work.mean) / (target.maxScale * perPod(target));
  if (!(load < 1)) {
    return unavailable(
      target,
      `model: the offered load is ${Number(load.toPrecision(4))} of what maxScale pods can serve; simulate it`,
    );
  }
  return solved(scenario, target, times);
}

function notCovered(target: KnativeSpec): string | null {
  if (target.autoscaler !== undefined) return "model: a revision under another autoscaler is not built; simulate it";
  if (target.nodes !== undefined) return "model: pods that nodes have no room for are not built; simulate it";
  if (target.startWork !== undefined || target.startsAtOnce !== undefined) {
    return "model: starts that hold each other up are not built; simulate it";
  }
  if (target.firstWork !== null) return "model: a first work of its own is not built for knative; simulate it";
  if (target.scaleDownDelay > 0) return "model: a scale-down delay is not built; simulate it";
  if (target.workIs === "cpu" && (target.cores !== 1 || target.containerConcurrency !== 0)) {
    return "model: pods that share cores are built for one core and any number of requests only; simulate it";
  }
  return null;
}

function solved(scenario: Scenario, target: KnativeSpec, times: Times): TargetAnswer {
  const settings = knativeSettings(target);
  const chain = podChain({ settings, metric: (pods) => metricOf(pods, target, times), startSeconds: times.start.mean });
  const zero = zeroOf(target, settings, times);
  const likely = [...chain.ready.entries()].filter(([pods, chance]) => pods > 0 && chance > rare);
  const total = likely.reduce((sum, [, chance]) => sum + chance, 0);
  const warm = 1 - zero.triggered - zero.during;
  const laws = likely.map(([pods, chance]) => ({ weight: (warm * chance) / total, law: lawAt(pods, target, times) }));
  const cold = [
    { weight: zero.triggered, start: times.start as AddedTime },
    { weight: zero.during, start: zero.during > 0 ? restOf(times.start) : times.start },
  ].filter(({ weight }) => weight > 0);
  const coldLaws = cold.map(({ weight, start }) => ({
    weight,
    law: sumOfTimes([{ weight: 1, times: [start, ...times.added], own: times.work }]),
  }));
  const exactLaw = mixedLaws([...laws, ...coldLaws]);
  const error = (t: number): number =>
    exactLaw.law.error(t) + Math.min(measuredError, 20 * (1 - exactLaw.law.cdf(t)) + 1e-9);
  if (1 - exactLaw.law.cdf(target.timeout) > lateAtMost) {
    return unavailable(target, "model: requests that reach the timeout are not built; simulate it");
  }
  const fromZero = times.rate * zero.triggered;
  const on = 1 - zero.states.off - zero.states.starting;
  const meanReady = on * likely.reduce((sum, [pods, chance]) => sum + (pods * chance) / total, 0);
  const starting = on * chain.startsPerSecond * times.start.mean + zero.states.starting;
  return assembled(scenario, target, {
    method: "Knative's own decisions on both windows as a Markov chain over pods; M/G/∞ behind a cold start at zero",
    status: "approximate",
    reason:
      "pods and load are taken as if in balance at every tick; distribution function within " +
      `${measuredError} of the simulator's (docs/model.md)`,
    law: { ...exactLaw, law: { ...exactLaw.law, error } },
    added: times.added,
    meanCold: cold.reduce((sum, { weight, start }) => sum + weight * start.mean, 0),
    cold: {
      probability: about(zero.triggered + zero.during),
      triggered: null,
      inTriggerBatch: null,
      busyPeriod: null,
      // How often the count goes up and down again is not followed well enough to be stated.
      startsPerSecond: chain.startsPerSecond > 0.1 * fromZero ? null : about(fromZero),
      duration: times.start.mean === 0 ? null : latencyOfDistribution(times.start, scenario.report),
    },
    instances: {
      total: about(meanReady + starting),
      starting: about(starting),
      ready: about(meanReady),
      busy: null,
      idle: null,
    },
  });
}

const about = (value: number): Estimate => ({ value, low: value * 0.9, high: value * 1.1 });

/** Requests a pod has room for at full speed. */
const perPod = ({ containerConcurrency, workIs, cores }: KnativeSpec): number =>
  workIs === "cpu" ? cores : containerConcurrency === 0 ? Infinity : containerConcurrency;

/**
 * The metric with so many pods. In-flight requests without a limit are M/G/∞; those that wait add to the mean, and near
 * saturation to the spread as in M/M/1, in the share that waits.
 */
function metricOf(pods: number, target: KnativeSpec, { rate, work }: Times): Metric {
  if (target.metric === "rps") return { mean: rate, variancePerSecond: rate, variance: Infinity };
  const offered = rate * work.mean;
  const free: Metric = { mean: offered, variancePerSecond: rate * work.moment(2), variance: offered };
  const places = pods * perPod(target);
  if (places === Infinity) return free;
  const load = Math.min(offered / places, highestLoad);
  const waits = target.workIs === "cpu" ? load : erlangC({ offeredLoad: load * places, servers: places });
  const queued = (waits * load) / (1 - load);
  const steep = Math.min(mostSteep, 1 - waits + (waits * (1 + load)) / (1 - load) ** 4);
  return {
    mean: offered + (target.workIs === "cpu" ? pods : 1) * queued,
    variancePerSecond: free.variancePerSecond * steep,
    variance: offered + (target.workIs === "cpu" ? pods : 1) * ((queued * (1 + load)) / (1 - load)),
  };
}

/** How often there is no pod at all. */
function zeroOf(target: KnativeSpec, settings: KnativeSettings, { rate, work, start }: Times): LoadingFigures {
  const never: LoadingFigures = { triggered: 0, during: 0, states: { off: 0, starting: 0, idle: 0, busy: 1 } };
  if (target.minScale > 0 || !target.scaleToZero) return never;
  const kept = settings.stableWindowSeconds + target.scaleToZeroPodRetentionPeriod + graceOf(target, settings);
  // Whole seconds of reports and windows, and the tick, come on top.
  const keepAlive = distribution({ kind: "uniform", low: kept + 0.5, high: kept + 3 });
  return loadingHost({ arrivalRate: rate, holding: work, coldStart: start, keepAlive });
}

/** Before its last pod goes the activator must be in the path; where it always is, nothing waits for that. */
function graceOf(
  { targetBurstCapacity, scaleToZeroGracePeriod }: KnativeSpec,
  { totalValue }: KnativeSettings,
): number {
  const spare =
    targetBurstCapacity === 0 ? 0 : targetBurstCapacity < 0 ? -1 : Math.floor(totalValue - targetBurstCapacity);
  return spare >= 0 ? scaleToZeroGracePeriod : 0;
}

/** The latency with so many pods for ever. */
function lawAt(pods: number, target: KnativeSpec, { rate, work, added }: Times): LatencyLaw {
  if (target.workIs === "cpu") {
    const perCore = Math.min(rate / pods, highestLoad / work.mean);
    return sharedDemand({ arrivalRate: perCore, start: noStart, work, added })!;
  }
  if (target.containerConcurrency === 0) return sumOfTimes([{ weight: 1, times: added, own: work }]);
  const slots = pods * target.containerConcurrency;
  const { chance, wait } = generalWait(Math.min(rate, (highestLoad * slots) / work.mean), work, slots);
  return sumOfTimes([
    { weight: 1 - chance, times: added, own: work },
    { weight: chance, times: [wait, ...added], own: work },
  ]);
}

const noStart = distribution({ kind: "deterministic", value: 0 });
