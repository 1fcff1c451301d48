import type { Seconds } from "../../base/units.ts";
import { knativeConstants } from "./constants.ts";
import { timeWindow } from "./maxWindow.ts";

/** What the decision depends on besides the load. */
export interface DecisionSettings {
  /** What a pod should carry, ≥ 0.01. */
  readonly targetValue: number;
  /** What a pod can carry. */
  readonly totalValue: number;
  /** −1 keeps the activator in the path for good, 0 takes it out. */
  readonly targetBurstCapacity: number;
  /** Desired over ready pods, such as 2. */
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindowSeconds: Seconds;
  readonly scaleDownDelaySeconds: Seconds;
  /** Pods to jump to when there is any demand; 0 or 1 is off. */
  readonly activationScale: number;
  readonly reachable: boolean;
}

export interface Decision {
  /** False where nothing may change: no data. */
  readonly valid: boolean;
  readonly desired: number;
  /** Negative: not enough spare capacity, so the activator belongs in the path. */
  readonly excessBurstCapacity: number;
  readonly panicking: boolean;
}

/** What `decide` is told. */
export interface Observation {
  readonly nowSeconds: Seconds;
  /** Ready pods as Kubernetes counts them, those with a deletion stamp excluded. */
  readonly readyPods: number;
  readonly stableValue: number;
  readonly panicValue: number;
}

export interface DecisionState {
  decide(settings: DecisionSettings, observation: Observation): Decision;
  readonly panicking: boolean;
  readonly panicSeconds: Seconds;
  readonly panicPodsMax: number;
}

/** The answer of a tick that had no data. */
export const noDecision: Decision = { valid: false, desired: 0, excessBurstCapacity: 0, panicking: false };

/**
 * The Knative pod autoscaler's decision: from the averages of two windows to the number of pods.
 *
 * Stateful in three ways: panic mode starts when the panic window asks for `panicThreshold` times the ready pods and ends a
 * stable window after it last did; while it lasts the count never falls; a scale-down delay holds the largest recent count.
 * Starts in panic mode with more than one ready pod, because a restarted autoscaler has no history.
 *
 * @see knative/serving pkg/autoscaler/scaling/autoscaler.go, Scale (v0.50)
 */
export function scalingDecision(
  start: { readonly nowSeconds: Seconds; readonly readyPods: number },
  scaleDownDelaySeconds: Seconds,
  panic: { readonly seconds?: Seconds; readonly pods?: number } = {},
): DecisionState {
  let panicSeconds = panic.seconds ?? (start.readyPods > 1 ? start.nowSeconds : Number.NaN);
  let panicking = panic.seconds !== undefined || start.readyPods > 1;
  let panicPodsMax = panic.pods ?? start.readyPods;
  const { tickSeconds: granularitySeconds } = knativeConstants;
  const delay = timeWindow({ durationSeconds: scaleDownDelaySeconds, granularitySeconds });

  return {
    get panicking() {
      return panicking;
    },
    get panicSeconds() {
      return panicSeconds;
    },
    get panicPodsMax() {
      return panicPodsMax;
    },
    decide(settings, { nowSeconds, readyPods, stableValue, panicValue }) {
      const ready = Math.max(1, readyPods);
      const byStable = Math.ceil(stableValue / settings.targetValue);
      const byPanic = Math.ceil(panicValue / settings.targetValue);
      let desired = clampPods(settings, ready, byStable);

      if (byPanic / ready >= settings.panicThreshold) {
        panicking = true;
        panicSeconds = nowSeconds;
      } else if (panicking && panicSeconds + settings.stableWindowSeconds < nowSeconds) {
        panicking = false;
        panicPodsMax = 0;
      }
      if (panicking) {
        desired = Math.max(desired, clampPods(settings, ready, byPanic), panicPodsMax);
        panicPodsMax = desired;
      }
      if (settings.reachable) {
        delay.record(nowSeconds, desired);
        desired = delay.current;
      }
      return { valid: true, desired, excessBurstCapacity: excessBurst(settings, readyPods, panicValue), panicking };
    },
  };
}

/** Bounds the change of one tick, then lifts any demand at all to the activation scale. */
function clampPods(settings: DecisionSettings, ready: number, wanted: number): number {
  const up = Math.ceil(settings.maxScaleUpRate * ready);
  const down = settings.reachable ? Math.floor(ready / settings.maxScaleDownRate) : 0;
  const pods = Math.min(Math.max(wanted, down), up);
  return settings.activationScale > 1 && wanted > 0 ? Math.max(pods, settings.activationScale) : pods;
}

/** What the ready pods could still take beyond the burst that must be absorbed; `readyPods` may be 0 here. */
function excessBurst({ targetBurstCapacity, totalValue }: DecisionSettings, readyPods: number, load: number): number {
  if (targetBurstCapacity === 0) return 0;
  return targetBurstCapacity < 0 ? -1 : Math.floor(readyPods * totalValue - targetBurstCapacity - load);
}

/** What the autoscaler says before its first decision. */
export function initialDecision(
  settings: Pick<DecisionSettings, "totalValue" | "targetBurstCapacity">,
  initialScale: number,
): { readonly desired: number; readonly excessBurstCapacity: number } {
  const { totalValue, targetBurstCapacity } = settings;
  const excessBurstCapacity =
    targetBurstCapacity === 0 || targetBurstCapacity === -1
      ? targetBurstCapacity
      : Math.trunc(initialScale * totalValue - targetBurstCapacity);
  return { desired: -1, excessBurstCapacity: excessBurstCapacity === 0 ? 0 : excessBurstCapacity };
}

/** Whether a new decision makes the reconciler run: the count changed, or the excess changed sign (0 is positive). */
export function isNews(
  before: { readonly desired: number; readonly excessBurstCapacity: number },
  after: { readonly desired: number; readonly excessBurstCapacity: number },
): boolean {
  return before.desired !== after.desired || !sameSign(before.excessBurstCapacity, after.excessBurstCapacity);
}

/** Whether two numbers have one sign; 0 counts as positive. */
export const sameSign = (a: number, b: number): boolean => a >= 0 === b >= 0;
