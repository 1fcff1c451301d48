import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { knativeConstants } from "./constants.ts";
import { goDuration } from "./goDuration.ts";
import type { KnativeFields } from "./knative.ts";

/** The ConfigMap `config-autoscaler` of a cluster; percentages as Knative writes them. */
export interface ClusterScaling {
  readonly concurrencyTargetDefault: number;
  readonly concurrencyTargetPercentage: number;
  readonly requestsPerSecondTargetDefault: number;
  readonly requestsPerSecondTargetPercentage: number;
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindow: Seconds;
  readonly panicWindowPercentage: number;
  readonly panicThresholdPercentage: number;
  readonly scaleToZero: boolean;
  readonly scaleToZeroGracePeriod: Seconds;
  readonly scaleToZeroPodRetentionPeriod: Seconds;
  readonly scaleDownDelay: Seconds;
  readonly initialScale: number;
  readonly allowZeroInitialScale: boolean;
  readonly minScale: number;
  /** 0: none. */
  readonly maxScale: number;
  /** `progress-deadline` of the ConfigMap `config-deployment`. */
  readonly progressDeadline: Seconds;
}

/** What a cluster has that nobody configured. */
export const clusterScaling: ClusterScaling = {
  concurrencyTargetDefault: knativeConstants.concurrencyTargetDefault,
  concurrencyTargetPercentage: 70,
  requestsPerSecondTargetDefault: knativeConstants.requestsPerSecondTargetDefault,
  requestsPerSecondTargetPercentage: 70,
  targetBurstCapacity: 211,
  activatorCapacity: knativeConstants.activatorCapacity,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  stableWindow: 60,
  panicWindowPercentage: 10,
  panicThresholdPercentage: 200,
  scaleToZero: true,
  scaleToZeroGracePeriod: 30,
  scaleToZeroPodRetentionPeriod: 0,
  scaleDownDelay: 0,
  initialScale: 1,
  allowZeroInitialScale: false,
  minScale: 0,
  maxScale: 0,
  progressDeadline: 600,
};

/** What a live revision says about its scaling. */
export interface RevisionScaling {
  readonly metric: "concurrency" | "rps";
  /** 0: unlimited. */
  readonly containerConcurrency: number;
  /** A route leads to it; one without keeps no minimum and retains no pod. */
  readonly reachable: boolean;
  /** Keys without `autoscaling.knative.dev/`; those that do not concern the scale are ignored. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The autoscaler's fields of a live revision: its annotations over the cluster's configuration.
 *
 * @throws {RangeError} if an annotation is not the number or duration it should be; Knative's webhook refuses it too
 * @see knative/serving pkg/reconciler/autoscaling/kpa/resources/decider.go, MakeDecider (v0.50)
 * @example
 * revisionFields(clusterScaling, { metric: "rps", containerConcurrency: 0, reachable: true, annotations: { window: "2m" } }).stableWindow // => 120
 */
export function revisionFields(cluster: ClusterScaling, revision: RevisionScaling): KnativeFields {
  const { annotations, metric, containerConcurrency, reachable } = revision;
  const number = (name: string, otherwise: number): number => numberIn(annotations, name) ?? otherwise;
  const seconds = (name: string, otherwise: Seconds): Seconds =>
    annotations[name] === undefined ? otherwise : goDuration(annotations[name]);
  const byRate = metric === "rps";
  const percentage = byRate ? cluster.requestsPerSecondTargetPercentage : cluster.concurrencyTargetPercentage;
  return {
    metric,
    containerConcurrency,
    reachable,
    target: numberIn(annotations, "target"),
    targetUtilization: number("target-utilization-percentage", percentage) / 100,
    concurrencyTargetDefault: cluster.concurrencyTargetDefault,
    requestsPerSecondTargetDefault: cluster.requestsPerSecondTargetDefault,
    minScale: reachable ? number("min-scale", cluster.minScale) : 0,
    maxScale: number("max-scale", cluster.maxScale) || Infinity,
    initialScale: initialScale({ ...cluster, annotation: numberIn(annotations, "initial-scale") }),
    activationScale: number("activation-scale", 0),
    stableWindow: seconds("window", cluster.stableWindow),
    panicWindowPercentage: number("panic-window-percentage", cluster.panicWindowPercentage),
    panicThresholdPercentage: number("panic-threshold-percentage", cluster.panicThresholdPercentage),
    maxScaleUpRate: cluster.maxScaleUpRate,
    maxScaleDownRate: cluster.maxScaleDownRate,
    targetBurstCapacity: number("target-burst-capacity", cluster.targetBurstCapacity),
    activatorCapacity: cluster.activatorCapacity,
    minActivators: knativeConstants.activatorsMin,
    scaleToZero: cluster.scaleToZero,
    scaleToZeroGracePeriod: cluster.scaleToZeroGracePeriod,
    scaleToZeroPodRetentionPeriod: seconds("scale-to-zero-pod-retention-period", cluster.scaleToZeroPodRetentionPeriod),
    scaleDownDelay: seconds("scale-down-delay", cluster.scaleDownDelay),
    activationTimeout:
      seconds("progress-deadline", cluster.progressDeadline) + knativeConstants.activationTimeoutBufferSeconds,
  };
}

/**
 * How many pods a new revision starts with: its annotation, unless that is a zero which the cluster does not allow.
 *
 * @param input.annotation null where there is none
 * @see knative/serving pkg/reconciler/autoscaling/kpa/resources/decider.go, GetInitialScale (v0.50)
 * @example
 * initialScale({ annotation: 0, initialScale: 1, allowZeroInitialScale: false }) // => 1
 */
export function initialScale(input: {
  readonly annotation: number | null;
  readonly initialScale: number;
  readonly allowZeroInitialScale: boolean;
}): number {
  const { annotation } = input;
  const isRefused = annotation === null || (annotation === 0 && !input.allowZeroInitialScale);
  return isRefused ? input.initialScale : annotation;
}

function numberIn(annotations: Readonly<Record<string, string>>, name: string): number | null {
  const text = annotations[name];
  if (text === undefined) return null;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  check(Number.isFinite(value), "revisionFields", `annotation ${name} must be a number`, text);
  return value;
}
