import type { Seconds } from "../../base/units.ts";
import { knativeConstants } from "./constants.ts";
import { type Decision, type DecisionSettings, noDecision, scalingDecision } from "./decision.ts";
import { type KnativeStat, metricCollector } from "./metricCollector.ts";
import { metricTarget, panicWindow } from "./metricTarget.ts";

/** Everything the autoscaler of one revision is configured with; times in seconds. */
export interface KnativeSettings extends DecisionSettings {
  readonly metric: "concurrency" | "rps";
  readonly aggregation: "linear" | "weightedExponential";
  readonly panicWindowSeconds: Seconds;
  readonly minScale: number;
  /** Infinity where there is none. */
  readonly maxScale: number;
  readonly initialScale: number;
  readonly scaleToZero: boolean;
  readonly scaleToZeroGraceSeconds: Seconds;
  readonly podRetentionSeconds: Seconds;
  readonly activationTimeoutSeconds: Seconds;
  readonly minActivators: number;
  /** What one activator is planned for, in the unit of the metric. */
  readonly activatorCapacity: number;
}

/**
 * The fields of a scenario's knative target that configure the autoscaler; percentages as Knative writes them. The optional ones come from a
 * live revision or its cluster (`revisionFields`); no scenario sets them.
 */
export interface KnativeFields {
  readonly containerConcurrency: number;
  readonly metric: "concurrency" | "rps";
  readonly target: number | null;
  readonly targetUtilization: number;
  readonly minScale: number;
  readonly maxScale: number;
  readonly initialScale: number;
  readonly stableWindow: Seconds;
  readonly panicWindowPercentage: number;
  readonly panicThresholdPercentage: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly targetBurstCapacity: number;
  readonly scaleToZero: boolean;
  readonly scaleToZeroGracePeriod: Seconds;
  readonly scaleToZeroPodRetentionPeriod: Seconds;
  readonly scaleDownDelay: Seconds;
  readonly minActivators: number;
  readonly activatorCapacity?: number;
  readonly activationScale?: number;
  readonly activationTimeout?: Seconds;
  readonly reachable?: boolean;
  readonly concurrencyTargetDefault?: number;
  readonly requestsPerSecondTargetDefault?: number;
}

export interface KnativeAutoscaler {
  /** Adds one reporter's figures to the second they arrive in. */
  record(nowSeconds: Seconds, stat: KnativeStat): void;
  /** The decision of one tick; `valid` is false where the windows hold no data, and then nothing may change. */
  decide(nowSeconds: Seconds, readyPods: number): Decision;
}

/**
 * The Knative pod autoscaler (KPA) of one revision: metric windows and the decision on them.
 *
 * It never looks at a clock: the simulator passes its own time, the local rig the wall clock. Whole seconds of that
 * time are the buckets. Call `decide` every `knativeConstants.tickSeconds`, and at once when a stat with load arrives while the
 * last decision was 0.
 *
 * @param start the instant of creation and the pods ready then (more than one: it starts in panic mode)
 * @see knative/serving pkg/autoscaler (v0.50)
 */
export function knativeAutoscaler(
  settings: KnativeSettings,
  start: { readonly nowSeconds: Seconds; readonly readyPods: number },
): KnativeAutoscaler {
  const collector = metricCollector({ ...settings, scrapes: settings.targetBurstCapacity !== -1 });
  const state = scalingDecision(start, settings.scaleDownDelaySeconds);
  return {
    record: (now, stat) => collector.record(now, stat),
    decide(nowSeconds, readyPods) {
      const averages =
        settings.metric === "rps" ? collector.requestsPerSecond(nowSeconds) : collector.concurrency(nowSeconds);
      if (averages === null) return noDecision;
      const { stable: stableValue, panic: panicValue } = averages;
      return state.decide(settings, { nowSeconds, readyPods, stableValue, panicValue });
    },
  };
}

/** The settings that the fields of a scenario's knative target, or of a live revision, stand for. */
export function knativeSettings(spec: KnativeFields): KnativeSettings {
  const { target, total } = metricTarget({
    metric: spec.metric,
    containerConcurrency: spec.containerConcurrency,
    target: spec.target,
    utilization: spec.targetUtilization,
    concurrencyDefault: spec.concurrencyTargetDefault ?? knativeConstants.concurrencyTargetDefault,
    requestsPerSecondDefault: spec.requestsPerSecondTargetDefault ?? knativeConstants.requestsPerSecondTargetDefault,
  });
  return {
    metric: spec.metric,
    aggregation: "linear",
    targetValue: target,
    totalValue: total,
    targetBurstCapacity: spec.targetBurstCapacity,
    panicThreshold: spec.panicThresholdPercentage / 100,
    maxScaleUpRate: spec.maxScaleUpRate,
    maxScaleDownRate: spec.maxScaleDownRate,
    stableWindowSeconds: spec.stableWindow,
    panicWindowSeconds: panicWindow(spec.stableWindow, spec.panicWindowPercentage),
    scaleDownDelaySeconds: spec.scaleDownDelay,
    activationScale: spec.activationScale ?? 0,
    reachable: spec.reachable ?? true,
    minScale: spec.minScale,
    maxScale: spec.maxScale,
    initialScale: spec.initialScale,
    scaleToZero: spec.scaleToZero,
    scaleToZeroGraceSeconds: spec.scaleToZeroGracePeriod,
    podRetentionSeconds: spec.scaleToZeroPodRetentionPeriod,
    activationTimeoutSeconds: spec.activationTimeout ?? knativeConstants.activationTimeoutSeconds,
    minActivators: spec.minActivators,
    activatorCapacity: spec.activatorCapacity ?? knativeConstants.activatorCapacity,
  };
}
