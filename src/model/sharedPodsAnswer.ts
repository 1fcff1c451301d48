import { arrivals, isSingle } from "../arrivals/index.ts";
import { type Distribution, distribution, scaled } from "../distributions/index.ts";
import { exactly, type TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, SpinkubeSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { assembled, type Found, neverCold } from "./assembled.ts";
import { erlangC } from "./erlangC.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { sharedDemand } from "./sharedDemand.ts";
import { sharedProcessor } from "./sharedProcessor.ts";
import { sojournLaw } from "./sojournLaw.ts";
import { taggedShare } from "./taggedShare.ts";
import { unavailable } from "./unavailable.ts";
import { withRejected } from "./withRejected.ts";

/** Failures at the cap rarer than this are left out. */
const negligible = 1e-9;

/** The answer for WaaS pods in which start and work of all requests share the cores. */
export function sharedPodsAnswer(
  scenario: Scenario,
  target: SpinkubeSpec,
  others: readonly AddedTime[] = [],
): TargetAnswer {
  if (target.timeout !== Infinity) return unavailable(target, "model: timeouts are not built yet; simulate it");
  const process = arrivals(scenario.arrivals);
  if (process.finite) return unavailable(target, "model: finite arrivals have no steady state; simulate it");
  if (process.poisson === undefined || !isSingle(process.poisson.batch)) {
    return unavailable(target, "model: shared cores are built for Poisson arrivals one by one only; simulate it");
  }
  const work = scaled(distribution(scenario.work), target.workFactor);
  const start = distribution(target.instanceStart);
  const added = [distribution(target.network), distribution(target.requestOverhead), ...others];
  if (added.some((law) => law.transform === undefined)) {
    return unavailable(target, "model: one of the distributions has no known transform; simulate it");
  }
  // A random pod for every request splits a Poisson process into independent ones.
  const rate = process.poisson.rate / target.replicas;
  const demand = start.mean + work.mean;
  const load = (rate * demand) / target.cores;
  const isExponential = scenario.work.kind === "exponential" && start.mean === 0;
  if (isExponential && load ** target.maxInstanceCount > negligible && target.maxInstanceCount <= mostAtCap) {
    const capped = { rate, work, added };
    const { found, rejected } = cappedLaw(capped, target);
    const answer = assembled(scenario, target, { ...found, ...podFigures(target, null, start) });
    return withRejected(scenario, answer, { rate: process.poisson.rate, rejected, as: "http5xx" });
  }
  if (!(load < 1)) {
    const share = Number(load.toPrecision(4));
    return unavailable(target, `model: the offered load is ${share} of what the cores can do; simulate it`);
  }
  if (!(demand > 0)) return unavailable(target, "model: requests without any work are not built yet; simulate it");
  // In a pod the number present does not depend on the law of the demand, only on its mean.
  const whole = Math.max(1, Math.ceil(target.cores));
  const waits = erlangC({ offeredLoad: Math.min(rate * demand, whole), servers: whole });
  if (waits * load ** (target.maxInstanceCount - whole) > negligible) {
    return unavailable(target, "model: requests that reach the cap on instances are not built yet; simulate it");
  }
  const found = lawOf({ rate, start, work, added, exponential: scenario.work.kind === "exponential" }, target);
  if (typeof found === "string") return unavailable(target, found);
  const busy = target.cores === 1 ? target.replicas * load : null;
  return assembled(scenario, target, { ...found, added, ...podFigures(target, busy, start) });
}

/** Beyond, the chain of a full pod is not built. */
const mostAtCap = 5000;

const podFigures = ({ replicas }: SpinkubeSpec, busy: number | null, start: Distribution) => ({
  meanCold: 0,
  meanStart: start.mean,
  cold: { ...neverCold, triggered: null, inTriggerBatch: null },
  instanceStart: start,
  instances: {
    total: exactly(replicas),
    starting: exactly(0),
    ready: exactly(replicas),
    busy: busy === null ? null : exactly(busy),
    idle: busy === null ? null : exactly(replicas - busy),
  },
});

/** M/M with shared cores and room for so many: those who come to a full pod are turned away. */
function cappedLaw(
  { rate, work, added }: Pick<Demand, "rate" | "work" | "added">,
  { cores, maxInstanceCount: cap }: SpinkubeSpec,
): { readonly found: Pick<Found, "law" | "status" | "method" | "added">; readonly rejected: number } {
  // The number present is that of cores which serve one by one, fractions of a core included.
  const present = new Float64Array(cap + 1);
  present[0] = 1;
  for (let n = 0; n < cap; n++) {
    present[n + 1] = (present[n]! * rate * work.mean) / Math.min(n + 1, cores);
    if (present[n + 1]! > 1e250) for (let j = 0; j <= n + 1; j++) present[j]! *= 1e-250;
  }
  const total = present.reduce((sum, value) => sum + value, 0);
  const rejected = present[cap]! / total;
  const initial = present.slice(0, cap).map((value) => value / (total - present[cap]!));
  const sojourn = taggedShare({ initial, joining: () => rate, serviceRate: 1 / work.mean, cores });
  const method = "M/M with processor sharing and a cap in every pod: a tagged request by uniformisation";
  return { found: { law: sojournLaw(sojourn, added, work.mean), status: "exact", method, added }, rejected };
}

interface Demand {
  readonly rate: number;
  readonly start: Distribution;
  readonly work: Distribution;
  readonly added: readonly AddedTime[];
  readonly exponential: boolean;
}

function lawOf(
  { rate, start, work, added, exponential }: Demand,
  { cores }: SpinkubeSpec,
):
  | {
      readonly law: LatencyLaw;
      readonly status: "exact" | "approximate";
      readonly method: string;
      readonly reason?: string;
    }
  | string {
  if (exponential && start.mean === 0) {
    const sojourn = sharedProcessor({ arrivalRate: rate, serviceRate: 1 / work.mean, cores, limit: Infinity });
    const method = "M/M with processor sharing in every pod: a tagged request by uniformisation";
    return { law: sojournLaw(sojourn, added, work.mean), status: "exact", method };
  }
  if (cores !== 1)
    return "model: several cores are built for exponential work without an instance start only; simulate it";
  const law = sharedDemand({ arrivalRate: rate, start, work, added });
  if (law === null) return "model: shared cores need work with a finite variance; simulate it";
  return {
    law,
    status: "approximate",
    method: "M/G/1 with processor sharing in every pod: mean and variance given the demand, a gamma law between",
    reason: "the mean is exact; the law given a request's demand is fitted to its first two moments and its atom",
  };
}
