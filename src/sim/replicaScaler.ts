import type { Seconds } from "../base/units.ts";
import {
  type Fallback,
  type HorizontalPodAutoscaler,
  type HpaMetric,
  horizontalPodAutoscaler,
  hpaSettings,
  type KafkaScaler,
  kafkaScaler,
  kedaFallback,
  kedaHpaReplicas,
  kedaScaleLoop,
  type PartitionOffsets,
  parsePartitionLimitation,
  type ScaleLoop,
  scaledObjectSettings,
} from "../policies/scaling/index.ts";
import type { Autoscaler, KedaAutoscaler, KedaKafkaAutoscaler } from "../scenario/autoscaler.ts";

/** What an autoscaler sees of a workload and does to it. */
export interface ScaledWorkload {
  /** What it is ordered to have. */
  readonly ordered: number;
  /** The pods there are, those being deleted left out. */
  readonly pods: number;
  /** Of the pods themselves; asked for by kind hpa. */
  podMetric(now: Seconds): HpaMetric;
  /** Of the consumer group; null: nobody could be asked. Asked for by trigger kafka. */
  offsets(): readonly PartitionOffsets[] | null;
  /** Of the interceptor, in the trigger's unit. Asked for by trigger http. */
  httpLoad(now: Seconds): number;
  scaleTo(now: Seconds, replicas: number): void;
}

/** What one reading of a trigger gives. */
interface Reading {
  readonly active: boolean;
  readonly metric: HpaMetric;
}

/**
 * The HPA and KEDA on the simulated clock: who orders how many pods where Knative's own autoscaler does not.
 *
 * The two loops know nothing of each other: `sync` is one turn of the HPA, `poll` one of KEDA's operator. Both read the trigger live.
 */
export class ReplicaScaler {
  readonly syncSeconds: Seconds;
  readonly #workload: ScaledWorkload;
  readonly #hpa: HorizontalPodAutoscaler;
  readonly #read: (now: Seconds) => Reading;
  readonly #loop: ScaleLoop | null;

  constructor(spec: Autoscaler, workload: ScaledWorkload) {
    this.#workload = workload;
    this.syncSeconds = spec.syncPeriod;
    const bounds =
      spec.kind === "hpa" ? spec : kedaHpaReplicas({ minReplicaCount: spec.min, maxReplicaCount: spec.max });
    this.#hpa = horizontalPodAutoscaler(
      hpaSettings({
        minReplicas: bounds.min,
        maxReplicas: bounds.max,
        behavior: spec.behavior ?? null,
        tolerance: spec.tolerance,
        downscaleStabilizationSeconds: spec.downscaleStabilization,
      }),
    );
    this.#loop = spec.kind === "keda" ? kedaScaleLoop(objectOf(spec), { createdAtSeconds: -Infinity }) : null;
    this.#read =
      spec.kind === "hpa"
        ? (now) => ({ active: true, metric: workload.podMetric(now) })
        : spec.trigger === "kafka"
          ? kafkaReading(spec, workload)
          : (now) => httpReading(workload.httpLoad(now), spec.target);
  }

  /** One turn of the HPA. */
  sync(now: Seconds): void {
    const { ordered, pods } = this.#workload;
    const metrics = [this.#read(now).metric];
    const { desired } = this.#hpa.reconcile(now, { specReplicas: ordered, statusReplicas: pods, metrics });
    if (desired !== ordered) this.#workload.scaleTo(now, desired);
  }

  /** One poll of KEDA's operator; returns when the next one is due, Infinity where there is no KEDA. */
  poll(now: Seconds): Seconds {
    if (this.#loop === null) return Infinity;
    const { ordered } = this.#workload;
    const { active, metric } = this.#read(now);
    const view = { active, failed: metric.kind === "failed", currentReplicas: ordered };
    const { replicas, nextPollAtSeconds } = this.#loop.poll(now, view);
    if (replicas !== ordered) this.#workload.scaleTo(now, replicas);
    return nextPollAtSeconds;
  }
}

function objectOf(spec: KedaAutoscaler) {
  return scaledObjectSettings({
    ...(spec.min > 0 && { minReplicaCount: spec.min }),
    maxReplicaCount: spec.max,
    idleReplicaCount: spec.idle ?? null,
    pollingIntervalSeconds: spec.pollingInterval,
    cooldownPeriodSeconds: spec.cooldownPeriod,
    initialCooldownPeriodSeconds: spec.initialCooldownPeriod,
    ...(spec.fallback && { fallbackReplicas: spec.fallback.replicas }),
  });
}

function kafkaReading(spec: KedaKafkaAutoscaler, workload: ScaledWorkload): (now: Seconds) => Reading {
  const { partitionLimitation, offsetResetPolicy, ...rest } = spec;
  const limited = partitionLimitation === undefined ? null : parsePartitionLimitation(partitionLimitation);
  const scaler: KafkaScaler = kafkaScaler({
    ...rest,
    offsetResetPolicy,
    partitionLimitation: limited,
    bootstrapServers: ["simulated"],
    consumerGroup: "simulated",
    topic: "simulated",
    version: "1.0.0",
  });
  const fallback: Fallback | null = spec.fallback
    ? kedaFallback({ ...spec.fallback, targetAverageValue: spec.lagThreshold })
    : null;
  return () => {
    const offsets = workload.offsets();
    const seen = offsets?.filter(({ partition }) => limited?.includes(partition) ?? true) ?? null;
    const found = seen === null ? null : scaler.query(seen);
    const lag = found?.lag ?? null;
    const told = fallback === null ? lag : fallback.report(lag, workload.ordered);
    return { active: found?.active ?? false, metric: scaler.hpaMetric(told) };
  };
}

const httpReading = (load: number, target: number): Reading => ({
  active: load > 0,
  metric: {
    kind: "external",
    targetType: "AverageValue",
    valueMilli: Math.round(1000 * load),
    targetMilli: Math.round(1000 * target),
  },
});
