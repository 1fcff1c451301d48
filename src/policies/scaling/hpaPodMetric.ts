import { type Proposal, wholeReplicas } from "./hpaReplicas.ts";
import { type HpaTolerance, withinTolerance } from "./hpaTolerance.ts";

/** What the controller makes of a pod before it looks at its usage; `hpaPodGroups` decides it. */
export type PodGroup = "ready" | "unready" | "missing" | "ignored";

/** One pod and its usage of a metric. */
export interface PodUsage {
  readonly group: PodGroup;
  /** In thousandths of the metric's unit, a whole number; null where there is none. */
  readonly usageMilli: number | null;
  /** What the pod requests of the resource; null where it requests nothing, which a utilization cannot be taken of. */
  readonly requestMilli?: number | null;
}

export interface UtilizationProposal extends Proposal {
  /** Usage over request of the pods that count, in whole percent, cut down. */
  readonly utilizationPercent: number;
}

/** Why no count could be proposed. */
export interface MetricFailure {
  readonly failure: string;
}

/** What a usage ratio is taken of: a pod that counts, with the usage that is assumed for it where it has none. */
interface Counted {
  readonly usageMilli: number;
  readonly requestMilli: number;
}

interface Ratio<T> {
  readonly ratio: number;
  readonly seen: T;
}

/**
 * The replicas at which pods use the target share of what they request.
 *
 * Pods without a figure are taken to be at their request where the count would fall (or at the target, where that is more) and
 * idle where it would grow; unready ones are idle where it would grow. What turns the direction round changes nothing.
 *
 * @param targetPercent of the request, an integer ≥ 1
 * @see kubernetes pkg/controller/podautoscaler/replica_calculator.go, GetResourceReplicas
 * @example
 * utilizationReplicas({ currentReplicas: 1, pods: [{ group: "ready", usageMilli: 900, requestMilli: 1000 }], targetPercent: 50, tolerance: { down: 0.1, up: 0.1 } }) // => { replicas: 2, usageMilli: 900, utilizationPercent: 90 }
 */
export function utilizationReplicas(input: {
  readonly currentReplicas: number;
  readonly pods: readonly PodUsage[];
  readonly targetPercent: number;
  readonly tolerance: HpaTolerance;
}): UtilizationProposal | MetricFailure {
  const { pods, targetPercent } = input;
  if (pods.some(({ requestMilli }) => typeof requestMilli !== "number")) return { failure: "a pod without a request" };
  const ratioOf = (counted: readonly Counted[]) => {
    const usage = sum(counted.map(({ usageMilli }) => usageMilli));
    const request = sum(counted.map(({ requestMilli }) => requestMilli));
    if (request === 0) return null;
    const utilizationPercent = Math.trunc((usage * 100) / request);
    const seen = { usageMilli: Math.trunc(usage / counted.length), utilizationPercent };
    return { ratio: utilizationPercent / targetPercent, seen };
  };
  return replicasOf(input, ratioOf, (pod) => Math.trunc((pod.requestMilli! * Math.max(100, targetPercent)) / 100));
}

/**
 * The replicas at which pods use the target amount on average: a metric of the pods themselves, or a resource in absolute terms.
 *
 * Missing pods are taken to be at the target where the count would fall and idle where it would grow.
 *
 * @see kubernetes pkg/controller/podautoscaler/replica_calculator.go, calcPlainMetricReplicas
 * @example
 * podAverageReplicas({ currentReplicas: 1, pods: [{ group: "ready", usageMilli: 8600 }], targetMilli: 4400, tolerance: { down: 0.1, up: 0.1 } }) // => { replicas: 2, usageMilli: 8600 }
 */
export function podAverageReplicas(input: {
  readonly currentReplicas: number;
  readonly pods: readonly PodUsage[];
  readonly targetMilli: number;
  readonly tolerance: HpaTolerance;
}): Proposal | MetricFailure {
  const { targetMilli } = input;
  const ratioOf = (counted: readonly Counted[]) => {
    const usageMilli = Math.trunc(sum(counted.map((pod) => pod.usageMilli)) / counted.length);
    return { ratio: usageMilli / targetMilli, seen: { usageMilli } };
  };
  return replicasOf(input, ratioOf, () => targetMilli);
}

/** The part both have in common: which pods count, twice where some have no figure, and what a turn of direction does. */
function replicasOf<T extends object>(
  {
    currentReplicas,
    pods,
    tolerance,
  }: {
    readonly currentReplicas: number;
    readonly pods: readonly PodUsage[];
    readonly tolerance: HpaTolerance;
  },
  ratioOf: (counted: readonly Counted[]) => Ratio<T> | null,
  assumedOnScaleDown: (pod: PodUsage) => number,
): ({ readonly replicas: number } & T) | MetricFailure {
  const of = (group: PodGroup): readonly PodUsage[] => pods.filter((pod) => pod.group === group);
  const [ready, unready, missing] = [of("ready"), of("unready"), of("missing")];
  if (ready.length === 0) return { failure: pods.length === 0 ? "no pods" : "no pod that counts has a figure" };
  const counted = ready.map((pod) => assume(pod, pod.usageMilli ?? 0));
  const first = ratioOf(counted);
  if (first === null) return { failure: "the pods request nothing" };

  const { ratio, seen } = first;
  const idle = ratio > 1 ? unready : [];
  if (idle.length === 0 && missing.length === 0) {
    return {
      replicas: withinTolerance(ratio, tolerance) ? currentReplicas : wholeReplicas(ratio * ready.length),
      ...seen,
    };
  }
  // Exactly on target the missing pods stay out of the count.
  if (ratio < 1) counted.push(...missing.map((pod) => assume(pod, assumedOnScaleDown(pod))));
  if (ratio > 1) counted.push(...[...missing, ...idle].map((pod) => assume(pod, 0)));
  const second = ratioOf(counted);
  if (second === null) return { failure: "the pods request nothing" };
  const replicas = wholeReplicas(second.ratio * counted.length);
  const keep =
    withinTolerance(second.ratio, tolerance) ||
    (ratio < 1 && second.ratio > 1) ||
    (ratio > 1 && second.ratio < 1) ||
    (second.ratio < 1 && replicas > currentReplicas) ||
    (second.ratio > 1 && replicas < currentReplicas);
  return { replicas: keep ? currentReplicas : replicas, ...seen };
}

const assume = ({ requestMilli }: PodUsage, usageMilli: number): Counted => ({
  usageMilli,
  requestMilli: requestMilli ?? 0,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
