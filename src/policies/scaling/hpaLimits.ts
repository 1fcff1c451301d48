import type { Seconds } from "../../base/units.ts";
import type { HpaBehavior, ScalingPolicy, ScalingRules } from "./hpaBehavior.ts";
import { hpaConstants } from "./hpaConstants.ts";
import { changeWithin, type ScaleEvent } from "./hpaScaleEvents.ts";

/** What kept the count from its wish, as the ScalingLimited condition names it. */
export type LimitReason =
  | "DesiredWithinRange"
  | "TooFewReplicas"
  | "TooManyReplicas"
  | "ScaleUpLimit"
  | "ScaleDownLimit";

export interface Limited {
  readonly replicas: number;
  readonly reason: LimitReason;
}

/** What both kinds of limit look at. */
export interface LimitInput {
  readonly currentReplicas: number;
  readonly desired: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** What was changed before, per direction. */
export interface ScaleEvents {
  readonly up: readonly ScaleEvent[];
  readonly down: readonly ScaleEvent[];
}

/**
 * The count within the bounds and the growth limit of an HPA without a behavior: 1 → 4 → 8 → 16 …; down at once.
 *
 * @param scaleUpLimitFactor 2 in every release; a parameter because Kubernetes' own tests set 8
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, convertDesiredReplicasWithRules
 * @example
 * limitWithoutBehavior({ currentReplicas: 1, desired: 64, minReplicas: 1, maxReplicas: 100 }) // => { replicas: 4, reason: "ScaleUpLimit" }
 */
export function limitWithoutBehavior({
  currentReplicas,
  desired,
  minReplicas,
  maxReplicas,
  scaleUpLimitFactor = hpaConstants.scaleUpLimitFactor,
  scaleUpLimitMinimum = hpaConstants.scaleUpLimitMinimum,
}: LimitInput & { readonly scaleUpLimitFactor?: number; readonly scaleUpLimitMinimum?: number }): Limited {
  const limit = Math.trunc(Math.max(scaleUpLimitFactor * currentReplicas, scaleUpLimitMinimum));
  if (desired < minReplicas) return { replicas: minReplicas, reason: "TooFewReplicas" };
  if (desired <= Math.min(limit, maxReplicas)) return { replicas: desired, reason: "DesiredWithinRange" };
  return maxReplicas > limit
    ? { replicas: limit, reason: "ScaleUpLimit" }
    : { replicas: maxReplicas, reason: "TooManyReplicas" };
}

/**
 * The count within the bounds and the rates of a behavior.
 *
 * A rate counts from the period's start: what was added since is used up, what was removed is free again. A limit that was passed
 * already never turns the direction round.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, convertDesiredReplicasWithBehaviorRate
 */
export function limitByBehavior(
  { currentReplicas, desired, minReplicas, maxReplicas }: LimitInput,
  behavior: HpaBehavior,
  events: ScaleEvents,
  nowSeconds: Seconds,
): Limited {
  if (desired > currentReplicas) {
    const limit = Math.max(currentReplicas, scaleUpLimit(currentReplicas, behavior.scaleUp, events, nowSeconds));
    if (desired > Math.min(limit, maxReplicas)) {
      return maxReplicas > limit
        ? { replicas: limit, reason: "ScaleUpLimit" }
        : { replicas: maxReplicas, reason: "TooManyReplicas" };
    }
  } else if (desired < currentReplicas) {
    const limit = Math.min(currentReplicas, scaleDownLimit(currentReplicas, behavior.scaleDown, events, nowSeconds));
    if (desired < Math.max(limit, minReplicas)) {
      return minReplicas < limit
        ? { replicas: limit, reason: "ScaleDownLimit" }
        : { replicas: minReplicas, reason: "TooFewReplicas" };
    }
  }
  return { replicas: desired, reason: "DesiredWithinRange" };
}

/**
 * The most replicas the policies allow now; may be below the current count where the period's allowance is spent.
 *
 * A share is rounded up, or a small workload would never grow.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, calculateScaleUpLimitWithScalingRules
 * @example
 * scaleUpLimit(10, { selectPolicy: "Max", policies: [{ type: "Percent", value: 1, periodSeconds: 60 }] }, { up: [], down: [] }, 0) // => 11
 */
export function scaleUpLimit(
  currentReplicas: number,
  { selectPolicy, policies }: Pick<ScalingRules, "selectPolicy" | "policies">,
  events: ScaleEvents,
  nowSeconds: Seconds,
): number {
  if (selectPolicy === "Disabled") return currentReplicas;
  const limits = policies.map((policy) => {
    const start = periodStart(currentReplicas, policy, events, nowSeconds);
    return policy.type === "Pods" ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return selectPolicy === "Min" ? Math.min(...limits) : Math.max(...limits);
}

/**
 * The fewest replicas the policies allow now; may be above the current count where the period's allowance is spent.
 *
 * What remains of a share is cut down to a whole number.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, calculateScaleDownLimitWithBehaviors
 * @example
 * scaleDownLimit(5, { selectPolicy: "Max", policies: [{ type: "Percent", value: 50, periodSeconds: 60 }] }, { up: [], down: [] }, 0) // => 2
 */
export function scaleDownLimit(
  currentReplicas: number,
  { selectPolicy, policies }: Pick<ScalingRules, "selectPolicy" | "policies">,
  events: ScaleEvents,
  nowSeconds: Seconds,
): number {
  if (selectPolicy === "Disabled") return currentReplicas;
  const limits = policies.map((policy) => {
    const start = periodStart(currentReplicas, policy, events, nowSeconds);
    return policy.type === "Pods" ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return selectPolicy === "Min" ? Math.max(...limits) : Math.min(...limits);
}

/** The count when the policy's period began, from what was changed since. */
function periodStart(
  current: number,
  { periodSeconds }: ScalingPolicy,
  { up, down }: ScaleEvents,
  now: Seconds,
): number {
  return current - changeWithin(up, now, periodSeconds) + changeWithin(down, now, periodSeconds);
}
