import type { Seconds } from "../../base/units.ts";
import type { HpaBehavior } from "./hpaBehavior.ts";
import { type LimitReason, limitByBehavior, limitWithoutBehavior, type ScaleEvents } from "./hpaLimits.ts";
import { type Recommendation, stabilizeBothWays, stabilizeDown } from "./hpaRecommendations.ts";
import { storeScaleEvent } from "./hpaScaleEvents.ts";

/** What turns a wish into an order: the recent wishes, and the recent changes where rates are limited. */
export interface HpaHistory {
  /** Notes the present count, if nothing was noted before. */
  begin(nowSeconds: Seconds, currentReplicas: number): void;
  /** Notes the wish, and brings it within windows, rates and bounds. */
  normalize(nowSeconds: Seconds, currentReplicas: number, wanted: number): Normalized;
  /** Notes a change that was made. */
  changed(nowSeconds: Seconds, currentReplicas: number, desired: number): void;
}

export interface Normalized {
  readonly replicas: number;
  readonly limit: LimitReason;
  /** The wish after the stabilization windows, before the limits. */
  readonly stabilized: number;
  /** Which window held the wish back; null where none did. */
  readonly held: "ScaleUpStabilized" | "ScaleDownStabilized" | null;
}

/**
 * The memory of one horizontal pod autoscaler.
 *
 * @param recommendations known from before; undefined: none are, not even that there are none
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors
 */
export function hpaHistory(
  settings: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly behavior: HpaBehavior | null;
    readonly downscaleStabilizationSeconds: Seconds;
    readonly scaleUpLimitFactor: number;
    readonly scaleUpLimitMinimum: number;
  },
  recommendations: readonly Recommendation[] | undefined,
): HpaHistory {
  const { behavior, downscaleStabilizationSeconds: windowSeconds } = settings;
  let log = recommendations;
  let events: ScaleEvents = { up: [], down: [] };

  const stabilize = (nowSeconds: Seconds, currentReplicas: number, desired: number): number => {
    const { replicas, log: noted } =
      behavior === null
        ? stabilizeDown(log ?? [], { nowSeconds, desired, windowSeconds })
        : stabilizeBothWays(log ?? [], {
            nowSeconds,
            currentReplicas,
            desired,
            upWindowSeconds: behavior.scaleUp.stabilizationWindowSeconds,
            downWindowSeconds: behavior.scaleDown.stabilizationWindowSeconds,
          });
    log = noted;
    return replicas;
  };

  return {
    begin(atSeconds, replicas) {
      log ??= [{ atSeconds, replicas }];
    },
    normalize(now, currentReplicas, wanted) {
      const stabilized = stabilize(now, currentReplicas, wanted);
      const wish = { ...settings, currentReplicas, desired: stabilized };
      const { replicas, reason: limit } =
        behavior === null ? limitWithoutBehavior(wish) : limitByBehavior(wish, behavior, events, now);
      const window = behavior !== null && wanted >= currentReplicas ? "ScaleUpStabilized" : "ScaleDownStabilized";
      return { replicas, limit, stabilized, held: stabilized === wanted ? null : window };
    },
    changed(nowSeconds, currentReplicas, desired) {
      const change = Math.abs(desired - currentReplicas);
      const direction = desired > currentReplicas ? "up" : "down";
      const policies = (direction === "up" ? behavior?.scaleUp : behavior?.scaleDown)?.policies ?? null;
      events = { ...events, [direction]: storeScaleEvent(events[direction], { nowSeconds, change, policies }) };
    },
  };
}
