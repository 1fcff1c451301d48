import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { kedaConstants } from "./kedaConstants.ts";

/** The counts of a ScaledObject as it writes them; null: not given, which is not always the same as its default. */
export interface ReplicaCounts {
  readonly minReplicaCount?: number | null;
  readonly maxReplicaCount?: number | null;
  readonly idleReplicaCount?: number | null;
}

/** What the operator needs to know of a ScaledObject. */
export interface ScaledObjectSettings {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** What to scale to without activity; null: to 0, and only where `minReplicas` is 0. */
  readonly idleReplicas: number | null;
  readonly pollingSeconds: Seconds;
  readonly cooldownSeconds: Seconds;
  readonly initialCooldownSeconds: Seconds;
  /** Replicas to assume where a trigger keeps failing; null: no fallback is set. */
  readonly fallbackReplicas: number | null;
}

/**
 * A ScaledObject's settings with KEDA's defaults.
 *
 * @throws {RangeError} if the counts contradict each other, as KEDA's webhook refuses them
 * @see kedacore/keda apis/keda/v1alpha1/scaledobject_types.go (v2.20)
 * @example
 * scaledObjectSettings({ maxReplicaCount: 5 }).cooldownSeconds // => 300
 */
export function scaledObjectSettings(
  spec: ReplicaCounts & {
    readonly pollingIntervalSeconds?: Seconds;
    readonly cooldownPeriodSeconds?: Seconds;
    readonly initialCooldownPeriodSeconds?: Seconds;
    readonly fallbackReplicas?: number;
  },
): ScaledObjectSettings {
  const { minReplicaCount, maxReplicaCount, idleReplicaCount = null } = spec;
  checkReplicaCounts(spec);
  return {
    minReplicas: minReplicaCount ?? kedaConstants.minReplicas,
    maxReplicas: maxReplicaCount ?? kedaConstants.maxReplicas,
    idleReplicas: idleReplicaCount,
    pollingSeconds: spec.pollingIntervalSeconds ?? kedaConstants.pollingSeconds,
    cooldownSeconds: spec.cooldownPeriodSeconds ?? kedaConstants.cooldownSeconds,
    initialCooldownSeconds: spec.initialCooldownPeriodSeconds ?? kedaConstants.initialCooldownSeconds,
    fallbackReplicas: spec.fallbackReplicas ?? null,
  };
}

/**
 * The bounds of the autoscaler KEDA makes for a ScaledObject: never fewer than 1, because below decides the operator.
 *
 * @see kedacore/keda apis/keda/v1alpha1/scaledobject_types.go, GetHPAMinReplicas, GetHPAMaxReplicas (v2.20)
 * @example
 * kedaHpaReplicas({ minReplicaCount: 0 }) // => { min: 1, max: 100 }
 */
export function kedaHpaReplicas({ minReplicaCount, maxReplicaCount }: ReplicaCounts): {
  readonly min: number;
  readonly max: number;
} {
  const min =
    typeof minReplicaCount === "number" && minReplicaCount > 0 ? minReplicaCount : kedaConstants.hpaMinReplicas;
  return { min, max: maxReplicaCount ?? kedaConstants.maxReplicas };
}

/**
 * Refuses counts that contradict each other: at least the minimum up to the maximum, and idle below the minimum.
 *
 * KEDA holds a minimum of 0 to the autoscaler's bound of 1 where it is written out, and to 0 where it is not.
 *
 * @throws {RangeError}
 * @see kedacore/keda apis/keda/v1alpha1/scaledobject_types.go, CheckReplicaCountBoundsAreValid (v2.20)
 */
export function checkReplicaCounts(counts: ReplicaCounts): void {
  const { idleReplicaCount: idle = null } = counts;
  const { min, max } = kedaHpaReplicas(counts);
  const least = typeof counts.minReplicaCount === "number" ? min : 0;
  check(least <= max, "ScaledObject", `minReplicaCount must be ≤ maxReplicaCount ${max}`, least);
  check(idle === null || idle < least, "ScaledObject", `idleReplicaCount must be < minReplicaCount ${least}`, idle);
}
