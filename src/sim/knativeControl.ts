import type { Seconds } from "../base/units.ts";
import {
  activatorCount,
  isNews,
  type KnativeAutoscaler,
  type KnativeSettings,
  type KnativeStat,
  knativeAutoscaler,
  knativeSettings,
  type PodAutoscaler,
  podAutoscaler,
  wakesAtOnce,
} from "../policies/scaling/index.ts";
import type { KnativeSpec } from "../scenario/scenario.ts";

/** What the control plane can see of the pods and do to them. */
export interface Deployment {
  /** Pods that Kubernetes counts as ready, those being deleted excluded. */
  readonly readyPods: number;
  scaleTo(now: Seconds, replicas: number): void;
  /** Who balances from now on: the ingress, or activators, so many of which are to be in the path. */
  pathThrough(now: Seconds, mode: "serve" | "proxy", activators: number): void;
  /** Reconcile again then. */
  wakeAt(time: Seconds): void;
}

/**
 * The autoscaler and the reconciler of one revision on the simulated clock.
 *
 * It begins as a revision that has long been scaled to its minimum: `minScale` pods ready, the initial scale over. `epochSeconds` shifts the
 * clock, because Knative's buckets and conditions work on whole seconds that have nothing to do with the schedule's zero.
 */
export class KnativeControl {
  readonly #settings: KnativeSettings;
  #autoscaler: KnativeAutoscaler;
  readonly #reconciler: PodAutoscaler;
  readonly #deployment: Deployment;
  readonly #epoch: Seconds;
  #awayUntil: Seconds = 0;
  #last: { desired: number; excessBurstCapacity: number };
  /** How many activators are in the path at the beginning. */
  readonly activatorsFirst: number;

  constructor(spec: KnativeSpec, deployment: Deployment, epochSeconds: Seconds) {
    const settings = knativeSettings(spec);
    this.#settings = settings;
    this.#deployment = deployment;
    this.#epoch = epochSeconds;
    this.#autoscaler = knativeAutoscaler(settings, { nowSeconds: epochSeconds, readyPods: 0 });
    this.#reconciler = podAutoscaler(settings, { nowSeconds: epochSeconds, replicas: spec.minScale });
    this.#last = { desired: spec.minScale, excessBurstCapacity: -1 };
    this.activatorsFirst = activatorCount({ ...settings, readyPods: spec.minScale });
  }

  /** The autoscaler's process is new and its windows are empty; the revision's own state is kept by the API server. Away until then. */
  restart(now: Seconds, until: Seconds): void {
    const start = { nowSeconds: until + this.#epoch, readyPods: this.#deployment.readyPods };
    this.#autoscaler = knativeAutoscaler(this.#settings, start);
    this.#awayUntil = Math.max(now, until);
    this.#deployment.wakeAt(this.#awayUntil);
  }

  /** A stat arrives; load on a revision at zero is decided on at once. */
  record(now: Seconds, stat: KnativeStat): void {
    if (now < this.#awayUntil) return;
    this.#autoscaler.record(now + this.#epoch, stat);
    if (wakesAtOnce(this.#last.desired, stat.concurrency)) this.tick(now);
  }

  tick(now: Seconds): void {
    if (now < this.#awayUntil) return;
    const decision = this.#autoscaler.decide(now + this.#epoch, this.#deployment.readyPods);
    if (!decision.valid) return;
    const news = isNews(this.#last, decision);
    this.#last = decision;
    if (news) this.reconcile(now);
  }

  reconcile(now: Seconds): void {
    if (now < this.#awayUntil) return;
    const state = this.#reconciler.reconcile(now + this.#epoch, {
      ...this.#last,
      readyPods: this.#deployment.readyPods,
    });
    this.#deployment.pathThrough(now, state.mode, state.activators);
    this.#deployment.scaleTo(now, state.replicas);
    if (state.checkAgainAtSeconds < Infinity) {
      this.#deployment.wakeAt(Math.max(now, state.checkAgainAtSeconds - this.#epoch)); // Rounding must not go back in time.
    }
  }
}
