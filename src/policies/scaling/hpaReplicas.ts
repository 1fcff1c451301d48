import { type HpaTolerance, withinTolerance } from "./hpaTolerance.ts";

/** A count the calculator proposes, and the usage it saw. */
export interface Proposal {
  readonly replicas: number;
  /** The value, or the value for one pod; in thousandths of the metric's unit. */
  readonly usageMilli: number;
}

/** Replica counts are 32-bit numbers in Kubernetes, usages 64-bit ones. */
const replicasMax = 2 ** 31 - 1;

/** The smallest whole count that is enough; what does not fit a replica count is cut to what does. */
export const wholeReplicas = (count: number): number => {
  const whole = Math.ceil(count);
  return whole > 0 ? Math.min(whole, replicasMax) : 0; // Also for −0 and NaN.
};

/**
 * The replicas for a metric that describes the whole workload, against a target for the whole (`Value`).
 *
 * @param currentReplicas what the workload is ordered to have; at 0 neither tolerance nor ready pods count
 * @param readyPods running pods that are ready, which are all that the value is spread over
 * @see kubernetes pkg/controller/podautoscaler/replica_calculator.go, GetExternalMetricReplicas, GetObjectMetricReplicas
 * @example
 * valueReplicas({ currentReplicas: 3, readyPods: 3, valueMilli: 8600, targetMilli: 4400, tolerance: { down: 0.1, up: 0.1 } }) // => { replicas: 6, usageMilli: 8600 }
 */
export function valueReplicas(input: {
  readonly currentReplicas: number;
  readonly readyPods: number;
  readonly valueMilli: number;
  readonly targetMilli: number;
  readonly tolerance: HpaTolerance;
}): Proposal {
  const { currentReplicas, readyPods, valueMilli: usageMilli, targetMilli, tolerance } = input;
  const ratio = usageMilli / targetMilli;
  if (currentReplicas === 0) return { replicas: wholeReplicas(ratio), usageMilli };
  if (withinTolerance(ratio, tolerance)) return { replicas: currentReplicas, usageMilli };
  return { replicas: wholeReplicas(ratio * readyPods), usageMilli };
}

/**
 * The replicas for a metric that describes the whole workload, against a target for each pod (`AverageValue`): what KEDA uses.
 *
 * The tolerance is held against the pods that exist (`statusReplicas`), ready or not.
 *
 * @see kubernetes pkg/controller/podautoscaler/replica_calculator.go, GetExternalPerPodMetricReplicas, GetObjectPerPodMetricReplicas
 * @example
 * averageValueReplicas({ statusReplicas: 3, valueMilli: 39000, targetMilli: 10000, tolerance: { down: 0.1, up: 0.1 } }) // => { replicas: 4, usageMilli: 13000 }
 */
export function averageValueReplicas(input: {
  readonly statusReplicas: number;
  readonly valueMilli: number;
  readonly targetMilli: number;
  readonly tolerance: HpaTolerance;
}): Proposal {
  const { statusReplicas, valueMilli, targetMilli, tolerance } = input;
  const ratio = valueMilli / (targetMilli * statusReplicas);
  return {
    replicas: withinTolerance(ratio, tolerance) ? statusReplicas : wholeReplicas(valueMilli / targetMilli),
    usageMilli: statusReplicas === 0 ? 0 : Math.ceil(valueMilli / statusReplicas),
  };
}
