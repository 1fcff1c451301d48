import type { Seconds } from "../../base/units.ts";
import { knativeConstants } from "./constants.ts";

/** Whether a revision counts as serving: Knative's Active condition True, False or Unknown. */
export type Phase = "active" | "inactive" | "activating";

/** What one reconciliation of the scale looks at; times in seconds. */
export interface ScaleInput {
  /** The autoscaler's wish; −1 before its first decision. */
  readonly desired: number;
  readonly minScale: number;
  /** Infinity where there is none. */
  readonly maxScale: number;
  readonly initialScale: number;
  /** The initial scale was reached once. */
  readonly initialised: boolean;
  readonly reachable: boolean;
  readonly scaleToZero: boolean;
  readonly stableWindowSeconds: Seconds;
  readonly scaleToZeroGraceSeconds: Seconds;
  readonly podRetentionSeconds: Seconds;
  readonly activationTimeoutSeconds: Seconds;
  readonly targetBurstCapacity: number;
  readonly phase: Phase;
  readonly phaseForSeconds: Seconds;
  readonly mode: "serve" | "proxy";
  /** How long the activator has been in the path; 0 where it is not. */
  readonly proxyForSeconds: Seconds;
  /** What a probe through the public address says. */
  readonly activatorInPath: boolean;
}

export interface ScaleOutcome {
  /** −1: unknown. */
  readonly desired: number;
  /** Whether the Deployment is to get `desired` replicas; false marks or waits only. */
  readonly apply: boolean;
  /** When to look again without any news; null where no timer is set. */
  readonly checkAgainSeconds: Seconds | null;
  /** The activator could not be found in the path: probe until it can. */
  readonly probeAgain: boolean;
}

/**
 * From the autoscaler's wish to the Deployment's replicas: bounds, initial scale, and the way to zero.
 *
 * Zero is reached in steps: active for a stable window → inactive, nothing removed; then, with the activator in the path, after
 * max(grace, retention) since — or, once the retention is over, as soon as the activator has been in the path for the grace period
 * (the fast path: at small scale it always has been).
 *
 * @see knative/serving pkg/reconciler/autoscaling/kpa/scaler.go, scale and handleScaleToZero (v0.50)
 */
export function scaleToZero(input: ScaleInput): ScaleOutcome {
  if (input.desired < 0 && input.phase !== "activating") return settle(input.desired, false);
  const minimum = input.reachable
    ? Math.max(input.minScale, input.initialScale > 1 && !input.initialised ? input.initialScale : 0)
    : 0;
  const desired = Math.min(Math.max(input.desired, minimum), Math.max(input.maxScale, minimum));
  if (desired !== 0) return settle(desired, true);
  if (!input.scaleToZero) return settle(1, true);
  if (input.phase === "activating") {
    return input.phaseForSeconds >= input.activationTimeoutSeconds
      ? settle(0, true)
      : settle(-1, false, input.activationTimeoutSeconds);
  }
  return input.phase === "active" ? fromActive(input) : fromInactive(input);
}

function fromActive({ phaseForSeconds, stableWindowSeconds, mode }: ScaleInput): ScaleOutcome {
  if (phaseForSeconds < stableWindowSeconds) return settle(1, true, stableWindowSeconds - phaseForSeconds);
  // In proxy mode going inactive changes nothing that would trigger another look.
  return settle(0, false, mode === "proxy" ? knativeConstants.inactiveRecheckSeconds : null);
}

function fromInactive(input: ScaleInput): ScaleOutcome {
  const { phaseForSeconds, scaleToZeroGraceSeconds: grace } = input;
  if (input.targetBurstCapacity !== -1 && !input.activatorInPath) {
    return { desired: 0, apply: false, checkAgainSeconds: null, probeAgain: true };
  }
  const retention = input.reachable ? input.podRetentionSeconds : 0;
  if (phaseForSeconds >= Math.max(grace, retention)) return settle(0, true);
  if (retention > phaseForSeconds) return settle(0, false, retention - phaseForSeconds);
  const wait = grace - input.proxyForSeconds;
  return wait <= 0 ? settle(0, true) : settle(0, false, wait);
}

const settle = (desired: number, apply: boolean, checkAgainSeconds: Seconds | null = null): ScaleOutcome => ({
  desired,
  apply,
  checkAgainSeconds,
  probeAgain: false,
});
