import type { Seconds } from "../../base/units.ts";
import type { PodGroup } from "./hpaPodMetric.ts";

/** A pod as the controller sees it. */
export interface PodView {
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** It has a deletion stamp. */
  readonly deleted?: boolean;
  /** Null where it has not started. */
  readonly startedAtSeconds: Seconds | null;
  /** Its Ready condition and when that last changed; null where it has none. */
  readonly readiness: { readonly ready: boolean; readonly changedAtSeconds: Seconds } | null;
  /** Its figure of the metric: when it was taken, and over how long; null where there is none. */
  readonly metric: { readonly takenAtSeconds: Seconds; readonly windowSeconds: Seconds } | null;
}

/**
 * What the controller makes of a pod: whether its usage counts, is taken to be nothing, or has to be guessed.
 *
 * Only for the processor does readiness matter: a pod that starts uses much and serves nothing. During the initialization period it
 * counts once it is ready and a whole window was measured since; afterwards unless it has never been ready.
 *
 * @param cpuInitializationSeconds after its start
 * @param initialReadinessDelaySeconds a pod that became unready within this time of its start was never ready
 * @see kubernetes pkg/controller/podautoscaler/replica_calculator.go, groupPods (v1.32; later versions also ignore phase Succeeded)
 * @example
 * hpaPodGroup({ phase: "Pending", startedAtSeconds: null, readiness: null, metric: null }, { nowSeconds: 0, resource: "cpu", cpuInitializationSeconds: 300, initialReadinessDelaySeconds: 30 }) // => "unready"
 */
export function hpaPodGroup(
  pod: PodView,
  settings: {
    readonly nowSeconds: Seconds;
    /** `cpu`, another resource, or null for a metric that is no resource. */
    readonly resource: string | null;
    readonly cpuInitializationSeconds: Seconds;
    readonly initialReadinessDelaySeconds: Seconds;
  },
): PodGroup {
  if (pod.deleted === true || pod.phase === "Failed") return "ignored";
  if (pod.phase === "Pending") return "unready";
  if (pod.metric === null) return "missing";
  if (settings.resource !== "cpu") return "ready";

  const { startedAtSeconds: started, readiness, metric } = pod;
  if (readiness === null || started === null) return "unready";
  const unready =
    started + settings.cpuInitializationSeconds > settings.nowSeconds
      ? !readiness.ready || metric.takenAtSeconds < readiness.changedAtSeconds + metric.windowSeconds
      : !readiness.ready && started + settings.initialReadinessDelaySeconds > readiness.changedAtSeconds;
  return unready ? "unready" : "ready";
}
