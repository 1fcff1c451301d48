import type { Seconds } from "../../base/units.ts";
import type { KedaPauses } from "./kedaAnnotations.ts";
import type { ScaledObjectSettings } from "./kedaScaledObject.ts";

/** What the operator looks at in one poll. */
export interface PollView {
  readonly nowSeconds: Seconds;
  /** Some trigger is active. */
  readonly active: boolean;
  /** Some trigger could not be asked. */
  readonly failed: boolean;
  /** What the workload is ordered to have. */
  readonly currentReplicas: number;
  /** When the ScaledObject was made; −∞ for long ago. */
  readonly createdAtSeconds: Seconds;
  /** When a poll last found activity, in whole seconds; null: never. */
  readonly lastActiveSeconds: Seconds | null;
}

export interface PollOutcome {
  /** What the workload is to have; its present count where the operator leaves it alone. */
  readonly replicas: number;
  /** The Active condition; Unknown where a pause left it as it was. */
  readonly activeCondition: "True" | "False" | "Unknown";
  /** The Ready condition: False where triggers fail, Unknown where some of them do. */
  readonly readyCondition: "True" | "False" | "Unknown";
  /** Whether this poll becomes the last active one. */
  readonly refreshesLastActive: boolean;
}

/**
 * What KEDA's operator does after a poll: between 0 and 1, or between idle and the minimum; the rest is the autoscaler's.
 *
 * Up at once. Down when the last active poll is longer ago than the cooldown, or, where none ever was, the making of the object longer
 * than the initial cooldown. A trigger that cannot be asked keeps the workload as it is.
 *
 * @see kedacore/keda pkg/scaling/executor/scale_scaledobjects.go, RequestScale (v2.20)
 */
export function requestScale(settings: ScaledObjectSettings, pauses: KedaPauses, view: PollView): PollOutcome {
  const { currentReplicas } = view;
  if (pauses.pausedReplicas !== null || pauses.paused) {
    const replicas = pauses.pausedReplicas ?? currentReplicas;
    return { replicas, activeCondition: "Unknown", readyCondition: "True", refreshesLastActive: false };
  }
  return view.active || pauses.forcedActive
    ? whileActive(settings, pauses, view)
    : { ...whileInactive(settings, pauses, view), activeCondition: "False", refreshesLastActive: false };
}

function whileActive(
  { minReplicas, idleReplicas }: ScaledObjectSettings,
  { scaleOutPaused }: KedaPauses,
  { currentReplicas, failed }: PollView,
): PollOutcome {
  const say = (replicas: number, refreshesLastActive: boolean): PollOutcome => ({
    replicas,
    activeCondition: "True",
    readyCondition: "True",
    refreshesLastActive,
  });
  if (currentReplicas === 0 || (idleReplicas !== null && currentReplicas < minReplicas)) {
    return scaleOutPaused ? say(currentReplicas, false) : say(Math.max(1, minReplicas), true);
  }
  // An activity that may be only half of the truth does not prolong the cooldown.
  return failed ? { ...say(currentReplicas, false), readyCondition: "Unknown" } : say(currentReplicas, true);
}

function whileInactive(
  settings: ScaledObjectSettings,
  { scaleInPaused }: KedaPauses,
  view: PollView,
): Pick<PollOutcome, "replicas" | "readyCondition"> {
  const { minReplicas, idleReplicas, fallbackReplicas } = settings;
  const { currentReplicas: current } = view;
  const stay = { replicas: current, readyCondition: "True" } as const;
  if (view.failed && fallbackReplicas === null) return { ...stay, readyCondition: "False" };
  // The autoscaler brings about the fallback, which it could not do from 0.
  if (view.failed && fallbackReplicas !== 0) return stay;
  if ((idleReplicas !== null && current > idleReplicas) || (current > 0 && minReplicas === 0)) {
    const may = !scaleInPaused && hasCooledDown(settings, view);
    return may ? { ...stay, replicas: idleReplicas ?? minReplicas } : stay;
  }
  return idleReplicas === null && current < minReplicas ? { ...stay, replicas: minReplicas } : stay;
}

/** Strictly longer ago than the period: at exactly its end the workload still runs. */
function hasCooledDown(
  { cooldownSeconds, initialCooldownSeconds }: ScaledObjectSettings,
  { nowSeconds, createdAtSeconds, lastActiveSeconds }: PollView,
): boolean {
  return lastActiveSeconds === null
    ? createdAtSeconds + initialCooldownSeconds < nowSeconds
    : lastActiveSeconds + cooldownSeconds < nowSeconds;
}
