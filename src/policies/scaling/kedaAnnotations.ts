import { InputError } from "../../base/check.ts";
import type { HpaBehaviorSpec } from "./hpaBehavior.ts";

/** What the annotations of a ScaledObject hold back or force. */
export interface KedaPauses {
  /** The operator decides nothing. */
  readonly paused: boolean;
  /** The count to hold while paused; null: none is set. */
  readonly pausedReplicas: number | null;
  readonly scaleInPaused: boolean;
  readonly scaleOutPaused: boolean;
  /** Act as if a trigger were active. */
  readonly forcedActive: boolean;
}

const prefix = "autoscaling.keda.sh/";

/**
 * What a ScaledObject's annotations say; a switch whose text is no truth value is on.
 *
 * @throws {InputError} if `paused-replicas` is not a whole number
 * @see kedacore/keda apis/keda/v1alpha1/scaledobject_types.go, NeedToBePausedByAnnotation (v2.20)
 * @example
 * kedaPauses({ "autoscaling.keda.sh/paused-scale-in": "true" }).scaleInPaused // => true
 */
export function kedaPauses(annotations: Readonly<Record<string, string>>): KedaPauses {
  const text = (name: string): string | undefined => annotations[prefix + name];
  const isOn = (name: string): boolean => {
    const value = text(name);
    return value !== undefined && !["0", "f", "F", "false", "False", "FALSE"].includes(value);
  };
  const replicas = text("paused-replicas");
  if (replicas !== undefined && !/^\+?\d+$/.test(replicas)) {
    const message = `must be a whole number, not ${JSON.stringify(replicas)}`;
    throw new InputError("annotations", [{ path: `${prefix}paused-replicas`, message }]);
  }
  return {
    paused: isOn("paused"),
    pausedReplicas: replicas === undefined ? null : Number(replicas),
    scaleInPaused: isOn("paused-scale-in"),
    scaleOutPaused: isOn("paused-scale-out"),
    forcedActive: isOn("force-activation"),
  };
}

/**
 * The behavior KEDA gives its autoscaler: the ScaledObject's own, with a paused direction disabled.
 *
 * A pause makes a behavior where there was none, and with it other limits for the direction that is not paused.
 *
 * @see kedacore/keda controllers/keda/hpa.go, newHPAForScaledObject (v2.20)
 * @example
 * pausedBehavior(null, { scaleInPaused: true, scaleOutPaused: false }) // => { scaleDown: { selectPolicy: "Disabled" } }
 */
export function pausedBehavior(
  behavior: HpaBehaviorSpec | null,
  { scaleInPaused, scaleOutPaused }: Pick<KedaPauses, "scaleInPaused" | "scaleOutPaused">,
): HpaBehaviorSpec | null {
  if (!scaleInPaused && !scaleOutPaused) return behavior;
  const disabled = { selectPolicy: "Disabled" } as const;
  return {
    ...behavior,
    ...(scaleOutPaused ? { scaleUp: { ...behavior?.scaleUp, ...disabled } } : {}),
    ...(scaleInPaused ? { scaleDown: { ...behavior?.scaleDown, ...disabled } } : {}),
  };
}
