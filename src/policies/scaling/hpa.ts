import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { behaviorTolerance, type HpaBehavior, type HpaBehaviorSpec, hpaBehavior } from "./hpaBehavior.ts";
import { hpaConstants } from "./hpaConstants.ts";
import { hpaHistory } from "./hpaHistory.ts";
import type { LimitReason } from "./hpaLimits.ts";
import { type HpaMetric, type InactiveReason, replicasForMetrics } from "./hpaMetrics.ts";
import type { Recommendation } from "./hpaRecommendations.ts";

/** What one HPA object and its controller are configured with. */
export interface HpaSettings {
  /** ≥ 0; 0 only where the cluster allows it. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Null where the object has none: other limits hold then. */
  readonly behavior: HpaBehavior | null;
  readonly tolerance: number;
  readonly downscaleStabilizationSeconds: Seconds;
  readonly scaleUpLimitFactor: number;
  readonly scaleUpLimitMinimum: number;
}

/** The workload as one reconciliation finds it. */
export interface HpaView {
  /** What it is ordered to have. */
  readonly specReplicas: number;
  /** The pods there are. */
  readonly statusReplicas: number;
  readonly metrics: readonly HpaMetric[];
}

/** A condition of the HPA's status. */
export interface HpaCondition<Reason extends string> {
  readonly status: boolean;
  readonly reason: Reason;
}

export type AbleReason =
  | "SucceededGetScale"
  | "ReadyForNewScale"
  | "ScaleUpStabilized"
  | "ScaleDownStabilized"
  | "SucceededRescale";

/** The conditions one reconciliation sets; null where it leaves them as they were. */
interface Conditions {
  readonly ableToScale: HpaCondition<AbleReason>;
  readonly scalingActive: HpaCondition<"ValidMetricFound" | "ScalingDisabled" | InactiveReason> | null;
  readonly scalingLimited: HpaCondition<LimitReason> | null;
}

export interface HpaDecision extends Conditions {
  /** What the workload is to have now; its present count where nothing changes. */
  readonly desired: number;
  readonly rescale: boolean;
}

/** The Kubernetes controller of one HPA object. */
export interface HorizontalPodAutoscaler {
  reconcile(nowSeconds: Seconds, view: HpaView): HpaDecision;
}

/** Settings from what an HPA object says, the rest as Kubernetes has it. */
export function hpaSettings(
  spec: {
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly behavior?: HpaBehaviorSpec | null;
  } & Partial<Omit<HpaSettings, "minReplicas" | "maxReplicas" | "behavior">>,
): HpaSettings {
  const { tolerance, downscaleStabilizationSeconds, scaleUpLimitFactor, scaleUpLimitMinimum } = {
    ...hpaConstants,
    ...spec,
  };
  const { minReplicas = 1, maxReplicas, behavior = null } = spec;
  check(
    minReplicas >= 0 && minReplicas <= maxReplicas,
    "hpaSettings",
    "minReplicas must be in [0, maxReplicas]",
    minReplicas,
  );
  check(tolerance >= 0, "hpaSettings", "tolerance must be ≥ 0", tolerance);
  return {
    minReplicas,
    maxReplicas,
    behavior: behavior === null ? null : hpaBehavior(behavior, downscaleStabilizationSeconds),
    tolerance,
    downscaleStabilizationSeconds,
    scaleUpLimitFactor,
    scaleUpLimitMinimum,
  };
}

/**
 * The Kubernetes horizontal pod autoscaler: from metrics to the count a workload is ordered to have.
 *
 * Call `reconcile` every `hpaConstants.syncSeconds` and obey it at once. It remembers what the metrics asked for and, with a
 * behavior, what was changed. The first reconciliation notes the present count, so that a new autoscaler does not scale down for a
 * stabilization window. A count of 0 is left alone unless `minReplicas` is 0: KEDA's zero is safe from it.
 *
 * @param start recommendations a controller already holds; none on its first sight of the object
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler (v1.32 to v1.35)
 */
export function horizontalPodAutoscaler(
  settings: HpaSettings,
  start: { readonly recommendations?: readonly Recommendation[] } = {},
): HorizontalPodAutoscaler {
  const { minReplicas, maxReplicas } = settings;
  const tolerance = behaviorTolerance(settings.behavior, { down: settings.tolerance, up: settings.tolerance });
  const history = hpaHistory(settings, start.recommendations);

  /** Orders a count, or leaves the one there is. */
  const decide = (
    now: Seconds,
    current: number,
    desired: number,
    conditions: Partial<Conditions> = {},
  ): HpaDecision => {
    const rescale = desired !== current;
    if (rescale) history.changed(now, current, desired);
    const ableToScale = rescale ? "SucceededRescale" : (conditions.ableToScale?.reason ?? "SucceededGetScale");
    return {
      desired,
      rescale,
      ableToScale: { status: true, reason: ableToScale },
      scalingActive: conditions.scalingActive ?? null,
      scalingLimited: conditions.scalingLimited ?? null,
    };
  };

  return {
    reconcile(now, { specReplicas: current, statusReplicas, metrics }) {
      history.begin(now, current);
      if (current === 0 && minReplicas !== 0) {
        return decide(now, current, 0, { scalingActive: { status: false, reason: "ScalingDisabled" } });
      }
      if (current > maxReplicas) return decide(now, current, maxReplicas);
      if (current < minReplicas) return decide(now, current, minReplicas);

      const asked = replicasForMetrics(metrics, { specReplicas: current, statusReplicas, tolerance });
      const { replicas: wanted, reason } = asked;
      if (wanted === null) return decide(now, current, current, { scalingActive: { status: false, reason } });
      const { stabilized, held, replicas, limit } = history.normalize(now, current, wanted);
      return decide(now, current, replicas, {
        ableToScale: { status: true, reason: held ?? "ReadyForNewScale" },
        scalingActive: { status: true, reason },
        scalingLimited: { status: replicas !== stabilized, reason: limit },
      });
    },
  };
}
