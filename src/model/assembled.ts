import type { Distribution } from "../distributions/index.ts";
import {
  type AvailableAnswer,
  type ColdAnswer,
  exactly,
  type InstancesAnswer,
  type StatesAnswer,
} from "../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";
import { latencyOfDistribution } from "./latencyOfDistribution.ts";
import { type LatencyLaw, latencyOfLaw } from "./latencyOfLaw.ts";

/** What a formula knows of a target with several instances. */
export interface Found {
  readonly method: string;
  readonly status: "exact" | "numeric" | "approximate";
  /** Why it is approximate, and how far it may be off. */
  readonly reason?: string;
  readonly law: LatencyLaw;
  /** Times that hold no slot: network and request overhead. */
  readonly added: readonly AddedTime[];
  readonly meanCold: number;
  readonly meanStart?: number;
  readonly cold: ColdAnswer;
  readonly instanceStart?: Distribution;
  readonly instances: InstancesAnswer;
  readonly states?: StatesAnswer;
}

/** The answer of a formula, complete; the breakdown's parts sum to the mean latency. */
export function assembled({ report }: Scenario, target: TargetSpec, found: Found): AvailableAnswer {
  const { law, added, meanCold, meanStart = 0 } = found;
  const { latency, overheadAt } = latencyOfLaw(law, report);
  const network = added.reduce((sum, x) => sum + x.mean, 0);
  const known = network + meanCold + meanStart + law.meanWork;
  return {
    name: target.name,
    kind: target.kind,
    method: found.method,
    status: found.status,
    ...(found.reason !== undefined && { reason: found.reason }),
    stable: true,
    counts: null,
    latency,
    breakdown: {
      network: exactly(network),
      cold: exactly(meanCold),
      start: exactly(meanStart),
      queue: exactly(law.mean === Infinity ? Infinity : Math.max(0, law.mean - known)),
      work: exactly(law.meanWork),
    },
    overhead: exactly(law.mean === 0 ? 0 : 1 - law.meanWork / law.mean),
    overheadAt,
    cold: found.cold,
    instanceStart: found.instanceStart === undefined ? null : latencyOfDistribution(found.instanceStart, report),
    instances: found.instances,
    states: found.states ?? null,
    resources: null,
    timeline: null,
    lateness: null,
    uncorrected: null,
  };
}

/** Instances that are all on, so many of them busy. */
export const allOn = (count: number, busy: number | null): InstancesAnswer => ({
  total: exactly(count),
  starting: exactly(0),
  ready: exactly(count),
  busy: busy === null ? null : exactly(busy),
  idle: busy === null ? null : exactly(count - busy),
});

export const neverCold: ColdAnswer = {
  probability: exactly(0),
  triggered: exactly(0),
  inTriggerBatch: exactly(0),
  busyPeriod: null,
  startsPerSecond: exactly(0),
  duration: null,
};
