import { check } from "../../base/check.ts";

/** Which count stands in for a metric that cannot be read. */
export type FallbackBehavior = "static" | "currentReplicas" | "currentReplicasIfHigher" | "currentReplicasIfLower";

export interface FallbackSettings {
  /** Failures in a row that are borne; a negative one turns the fallback off. */
  readonly failureThreshold: number;
  /** A negative one turns the fallback off. */
  readonly replicas: number;
  readonly behavior: FallbackBehavior;
  /** The metric's target for one replica (`AverageValue`; other targets have no fallback); its fraction is cut off. */
  readonly targetAverageValue: number;
}

/** The memory of one metric's failures. */
export interface Fallback {
  /**
   * What the autoscaler is told.
   *
   * @param value what was read; null: it could not be
   * @param currentReplicas what the workload is ordered to have
   * @returns a metric; null: the failure is passed on
   */
  report(value: number | null, currentReplicas: number): number | null;
}

/**
 * The fallback of a metric: after too many failures in a row, the value at which the autoscaler arrives at the wanted count.
 *
 * Where scaling modifiers make one metric of several, pass their target; it has to be a whole number.
 *
 * @param failures in a row until now
 * @throws {RangeError} if the target is not positive
 * @see kedacore/keda pkg/fallback/fallback.go, GetMetricsWithFallback, doFallback (v2.20)
 * @example
 * kedaFallback({ failureThreshold: 0, replicas: 6, behavior: "static", targetAverageValue: 10 }).report(null, 3) // => 60
 */
export function kedaFallback(settings: FallbackSettings, failures = 0): Fallback {
  const { failureThreshold, replicas, behavior, targetAverageValue } = settings;
  check(targetAverageValue > 0, "kedaFallback", "targetAverageValue must be > 0", targetAverageValue);
  const isOn = failureThreshold >= 0 && replicas >= 0;
  let inARow = failures;
  return {
    report(value, currentReplicas) {
      inARow = value === null ? inARow + 1 : 0;
      if (value !== null || !isOn || inARow <= failureThreshold) return value;
      return fallbackReplicas(behavior, replicas, currentReplicas) * Math.trunc(targetAverageValue);
    },
  };
}

function fallbackReplicas(behavior: FallbackBehavior, replicas: number, currentReplicas: number): number {
  switch (behavior) {
    case "static":
      return replicas;
    case "currentReplicas":
      return currentReplicas;
    case "currentReplicasIfHigher":
      return Math.max(replicas, currentReplicas);
    case "currentReplicasIfLower":
      return Math.min(replicas, currentReplicas);
  }
}
