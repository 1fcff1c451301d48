import type { Seconds } from "../base/units.ts";
import { type HpaMetric, hpaConstants, hpaPodGroup, type PodUsage } from "../policies/scaling/index.ts";
import type { HpaAutoscaler } from "../scenario/autoscaler.ts";
import { widened } from "./calendar.ts";

/** A pod as the metrics of an autoscaler know it. */
export interface MeteredPod {
  readonly pod: number;
  /** Its containers run since then; null: not yet. */
  readonly startedAt: Seconds | null;
  /** Ready since then; null: not ready. */
  readonly readyAt: Seconds | null;
}

/**
 * What the pods used over the last window of the metrics server, from which the HPA scales.
 *
 * Every 15 s it notes per pod the average since its last look: cores in use, requests in service, or requests taken up per second.
 */
export class PodMeter {
  readonly #spec: HpaAutoscaler;
  readonly #cores: number;
  readonly #requestMilli: number;
  #inService = new Int32Array(16);
  #area = new Float64Array(16);
  #changedAt = new Float64Array(16);
  /** What it last noted; NaN where it has not seen the pod for a whole window. */
  #noted = new Float64Array(16).fill(Number.NaN);
  #since = new Float64Array(16);
  #takenAt: Seconds = 0;

  /** @param cores what a pod may use; 0 where its work is none of a core. @param requestCores what a share of is the target */
  constructor(spec: HpaAutoscaler, { cores, requestCores }: { readonly cores: number; readonly requestCores: number }) {
    this.#spec = spec;
    this.#cores = cores;
    this.#requestMilli = Math.round(1000 * requestCores);
  }

  begin(now: Seconds, pod: number): void {
    while (pod >= this.#area.length) this.#grow();
    this.#inService[pod] = 0;
    this.#area[pod] = 0;
    this.#changedAt[pod] = now;
    this.#since[pod] = now;
    this.#noted[pod] = Number.NaN;
  }

  /** A request begins (+1) or ends (−1) in a pod. */
  change(now: Seconds, pod: number, by: number): void {
    this.#advance(now, pod);
    this.#inService[pod]! += by;
    if (by > 0 && this.#spec.metric === "rps") this.#area[pod]!++;
  }

  /** The metrics server looks at all pods. */
  look(now: Seconds, pods: readonly MeteredPod[]): void {
    for (const { pod } of pods) {
      this.#advance(now, pod);
      const time = now - this.#since[pod]!;
      if (time > 0) this.#noted[pod] = this.#area[pod]! / time;
      this.#area[pod] = 0;
      this.#since[pod] = now;
    }
    this.#takenAt = now;
  }

  /** The metric as the HPA reads it. */
  metric(now: Seconds, pods: readonly MeteredPod[]): HpaMetric {
    const usages = pods.map((pod) => this.#usage(now, pod));
    const { metric, target } = this.#spec;
    return metric === "cpu"
      ? { kind: "resource", pods: usages, targetUtilizationPercent: Math.round(100 * target) }
      : { kind: "pods", pods: usages, targetAverageMilli: Math.round(1000 * target) };
  }

  #usage(now: Seconds, { pod, startedAt, readyAt }: MeteredPod): PodUsage {
    const noted = this.#noted[pod]!;
    const group = hpaPodGroup(
      {
        phase: startedAt === null ? "Pending" : "Running",
        startedAtSeconds: startedAt,
        readiness: startedAt === null ? null : { ready: readyAt !== null, changedAtSeconds: readyAt ?? startedAt },
        metric: Number.isNaN(noted)
          ? null
          : { takenAtSeconds: this.#takenAt, windowSeconds: hpaConstants.metricsWindowSeconds },
      },
      {
        nowSeconds: now,
        resource: this.#spec.metric === "cpu" ? "cpu" : null,
        cpuInitializationSeconds: this.#spec.cpuInitializationPeriod,
        initialReadinessDelaySeconds: this.#spec.initialReadinessDelay,
      },
    );
    return {
      group,
      usageMilli: Number.isNaN(noted) ? null : Math.round(1000 * noted),
      requestMilli: this.#requestMilli,
    };
  }

  #advance(now: Seconds, pod: number): void {
    const time = now - this.#changedAt[pod]!;
    this.#changedAt[pod] = now;
    const { metric } = this.#spec;
    if (metric === "cpu") this.#area[pod]! += Math.min(this.#inService[pod]!, this.#cores) * time;
    else if (metric === "concurrency") this.#area[pod]! += this.#inService[pod]! * time;
  }

  #grow(): void {
    const length = 2 * this.#area.length;
    this.#inService = widened(this.#inService, new Int32Array(length));
    this.#area = widened(this.#area, new Float64Array(length));
    this.#changedAt = widened(this.#changedAt, new Float64Array(length));
    this.#noted = widened(this.#noted, new Float64Array(length).fill(Number.NaN));
    this.#since = widened(this.#since, new Float64Array(length));
  }
}
