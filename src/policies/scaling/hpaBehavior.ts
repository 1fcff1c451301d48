import type { Seconds } from "../../base/units.ts";
import { hpaConstants } from "./hpaConstants.ts";
import { defaultTolerance, type HpaTolerance } from "./hpaTolerance.ts";

/** How much the count may change in a period. */
export interface ScalingPolicy {
  /** Pods: a number of them; Percent: of the count at the period's start. */
  readonly type: "Pods" | "Percent";
  /** ≥ 1. */
  readonly value: number;
  readonly periodSeconds: Seconds;
}

/** The rules of one direction. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: Seconds;
  /** Which policy holds where several would: the one that allows the largest change, the smallest, or none at all. */
  readonly selectPolicy: "Max" | "Min" | "Disabled";
  readonly policies: readonly ScalingPolicy[];
  /** Null: the controller's. */
  readonly tolerance: number | null;
}

export interface HpaBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** A behavior as an HPA object writes it: every part may be missing. */
export interface HpaBehaviorSpec {
  readonly scaleUp?: Partial<ScalingRules> | null;
  readonly scaleDown?: Partial<ScalingRules> | null;
}

/**
 * A behavior with its missing parts filled in as the API server does.
 *
 * Up: 4 pods or 100 % in 15 s, whichever is more, without a window. Down: all pods in 15 s, after the downscale stabilization.
 * These defaults hold only where there is a behavior: an HPA without any follows other limits altogether (`hpaLimits`).
 *
 * @param downscaleStabilizationSeconds the controller's, for a scale-down window that is not given
 * @see kubernetes pkg/apis/autoscaling/v2/defaults.go
 * @example
 * hpaBehavior({}).scaleDown.stabilizationWindowSeconds // => 300
 */
export function hpaBehavior(
  { scaleUp, scaleDown }: HpaBehaviorSpec,
  downscaleStabilizationSeconds: Seconds = hpaConstants.downscaleStabilizationSeconds,
): HpaBehavior {
  const all: ScalingPolicy = { type: "Percent", value: 100, periodSeconds: 15 };
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [{ type: "Pods", value: 4, periodSeconds: 15 }, all],
      tolerance: null,
      ...scaleUp,
    },
    scaleDown: {
      stabilizationWindowSeconds: downscaleStabilizationSeconds,
      selectPolicy: "Max",
      policies: [all],
      tolerance: null,
      ...scaleDown,
    },
  };
}

/** The tolerances a behavior leads to: its own, or else the controller's. */
export function behaviorTolerance(
  behavior: HpaBehavior | null,
  byDefault: HpaTolerance = defaultTolerance,
): HpaTolerance {
  return {
    down: behavior?.scaleDown.tolerance ?? byDefault.down,
    up: behavior?.scaleUp.tolerance ?? byDefault.up,
  };
}
