import type { Seconds } from "../../base/units.ts";
import type { KnativeSettings } from "./knative.ts";
import { type Phase, scaleToZero } from "./scaleToZero.ts";

/** What a reconciliation decided. */
export interface ScaleState {
  /** What the Deployment is set to. */
  readonly replicas: number;
  /** proxy: the activator is in the path. */
  readonly mode: "serve" | "proxy";
  readonly phase: Phase;
  /** How many activators are to be in the path, as far as there are so many. */
  readonly activators: number;
  /** Reconcile again at this instant even without news; Infinity where no timer is set. */
  readonly checkAgainAtSeconds: Seconds;
}

/** The Knative reconciler of one revision. */
export interface PodAutoscaler {
  reconcile(
    nowSeconds: Seconds,
    view: { readonly desired: number; readonly excessBurstCapacity: number; readonly readyPods: number },
  ): ScaleState;
}

/** A revision's state when the reconciler takes it over. */
export interface PodAutoscalerStart {
  readonly nowSeconds: Seconds;
  readonly replicas: number;
  readonly mode?: "serve" | "proxy";
  readonly phase?: Phase;
  readonly initialised?: boolean;
}

/**
 * The reconciler between the autoscaler's decisions and the Deployment: replicas, who is in the path, the Active condition.
 *
 * A pure function of what it is told, shared by simulator and rig. Call it when a decision is news (`isNews`), when the number of ready
 * pods changes, and at `checkAgainAtSeconds`. Conditions have whole-second stamps, as in Kubernetes.
 *
 * @see knative/serving pkg/reconciler/autoscaling/kpa/kpa.go (v0.50)
 */
export function podAutoscaler(settings: KnativeSettings, start: PodAutoscalerStart): PodAutoscaler {
  let { replicas } = start;
  let phase = start.phase ?? (replicas > 0 ? "active" : "inactive");
  let phaseSince = Math.floor(start.nowSeconds);
  let mode = start.mode ?? "proxy";
  let proxySince = Math.floor(start.nowSeconds);
  let initialised = start.initialised ?? true;

  const reconcile = (now: Seconds, desired: number, excess: number, readyPods: number): ScaleState => {
    const outcome = scaleToZero({
      ...settings,
      desired,
      initialised,
      phase,
      phaseForSeconds: now - phaseSince,
      mode,
      proxyForSeconds: mode === "proxy" ? now - proxySince : 0,
      activatorInPath: mode === "proxy",
    });
    const want = outcome.desired;
    if (outcome.apply && want >= 0) replicas = want;

    const nextMode = want === 0 || excess < 0 || (want === -1 && phase === "inactive") ? "proxy" : "serve";
    if (nextMode === "proxy" && mode === "serve") proxySince = Math.floor(now);
    mode = nextMode;

    const minimum = settings.reachable ? settings.minScale : 0;
    const threshold = Math.max(minimum, initialised ? 1 : settings.initialScale);
    if (readyPods >= threshold) initialised = true;
    const nextPhase = nextPhaseOf(phase, want, readyPods, threshold);
    const wentInactive = nextPhase === "inactive" && phase !== "inactive";
    if (nextPhase !== phase) phaseSince = Math.floor(now);
    phase = nextPhase;

    // Going inactive is written to the status, and that write is news to the reconciler itself: with pods left it looks again at once.
    const wait = wentInactive && replicas > 0 ? 0 : outcome.probeAgain ? 1 : outcome.checkAgainSeconds;
    const activators = activatorCount({ ...settings, readyPods });
    return { replicas, mode, phase, activators, checkAgainAtSeconds: wait === null ? Infinity : now + wait };
  };
  return { reconcile: (now, view) => reconcile(now, view.desired, view.excessBurstCapacity, view.readyPods) };
}

function nextPhaseOf(phase: Phase, want: number, readyPods: number, threshold: number): Phase {
  if (want === 0 || threshold === 0) return "inactive";
  if (want < 0 && phase === "inactive") return phase;
  return readyPods < threshold ? "activating" : "active";
}

/**
 * How many activators stand in the path: enough for what the pods can take and the burst on top, at least the minimum.
 *
 * @see knative/serving pkg/reconciler/autoscaling/kpa/kpa.go, computeNumActivators (v0.50)
 */
export function activatorCount(input: {
  readonly readyPods: number;
  readonly totalValue: number;
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  readonly minActivators: number;
}): number {
  if (input.targetBurstCapacity === 0) return input.minActivators;
  const capacity = input.readyPods * input.totalValue + Math.max(0, input.targetBurstCapacity);
  return Math.max(input.minActivators, Math.ceil(capacity / input.activatorCapacity));
}

/** The pods a revision's status shows: those there are, and those wanted; null before anything was known. */
export interface ScaleStatus {
  readonly actual: number | null;
  readonly desired: number | null;
}

/**
 * The next status: an autoscaler that does not know (−1, as after its restart) leaves the last wish standing.
 *
 * @see knative/serving pkg/reconciler/autoscaling/kpa/kpa.go, computeStatus (v0.50)
 * @example
 * scaleStatus({ actual: 1, desired: 2 }, { ready: 2, want: -1 }) // => { actual: 2, desired: 2 }
 */
export const scaleStatus = (
  have: ScaleStatus,
  { ready, want }: { readonly ready: number; readonly want: number },
): ScaleStatus => ({ actual: ready, desired: want >= 0 ? want : have.desired });

/** A stat with load wakes the autoscaler at once while its last decision was exactly zero; a new one (−1) waits for its tick. */
export const wakesAtOnce = (lastDesired: number, concurrency: number): boolean =>
  lastDesired === 0 && concurrency !== 0;
