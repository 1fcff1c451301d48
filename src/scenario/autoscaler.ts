import type { Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";
import type { FallbackBehavior, HpaBehaviorSpec } from "../policies/scaling/index.ts";

/** Fields of every HPA object, KEDA's own ones included, and of the controller that runs it. */
interface HpaFields {
  readonly min: number;
  readonly max: number;
  /** Absent where the object has none: other limits hold then. */
  readonly behavior?: HpaBehaviorSpec;
  /** Of the controller, from here on. */
  readonly tolerance: number;
  readonly downscaleStabilization: Seconds;
  readonly syncPeriod: Seconds;
}

/** The Kubernetes horizontal pod autoscaler on a metric of the pods themselves. */
export interface HpaAutoscaler extends HpaFields {
  readonly kind: "hpa";
  readonly metric: "cpu" | "rps" | "concurrency";
  /** For cpu the share of the cores a pod requests (0.6 is Kubernetes' 60 %); else the average per pod. */
  readonly target: number;
  readonly cpuInitializationPeriod: Seconds;
  readonly initialReadinessDelay: Seconds;
}

/** What every ScaledObject has. */
interface KedaFields extends HpaFields {
  readonly kind: "keda";
  readonly pollingInterval: Seconds;
  readonly cooldownPeriod: Seconds;
  readonly initialCooldownPeriod: Seconds;
  /** Replicas without activity, below `min`; absent: 0 where `min` is 0. */
  readonly idle?: number;
  readonly fallback?: {
    readonly failureThreshold: number;
    readonly replicas: number;
    readonly behavior: FallbackBehavior;
  };
}

/** KEDA on the lag of a consumer group, whose consumers call the function. */
export interface KedaKafkaAutoscaler extends KedaFields {
  readonly trigger: "kafka";
  readonly lagThreshold: number;
  readonly activationLagThreshold: number;
  readonly partitions: number;
  /** As KEDA writes it, such as "1-4,8"; absent: all partitions. */
  readonly partitionLimitation?: string;
  readonly offsetResetPolicy: "latest" | "earliest";
  readonly allowIdleConsumers: boolean;
  readonly excludePersistentLag: boolean;
  readonly scaleToZeroOnInvalidOffset: boolean;
  readonly limitToPartitionsWithLag: boolean;
  readonly ensureEvenDistributionOfPartitions: boolean;
  readonly dispatch: DispatchSpec;
}

/** The consumers of the group: each calls the function for at most `inFlight` messages at a time and then commits. */
export interface DispatchSpec {
  /** Consumers in front of the function, or the function's own pods (spinkube only). */
  readonly consumers: number | "pods";
  readonly inFlight: number;
  /** What is done is committed so often; 0: at once. */
  readonly autoCommitInterval: Seconds;
  /** How long nobody reads the partitions that change hands when a consumer comes or goes. */
  readonly rebalance: DistributionSpec;
}

/** KEDA with its HTTP add-on, whose interceptor holds requests while there is no pod. */
export interface KedaHttpAutoscaler extends KedaFields {
  readonly trigger: "http";
  readonly metric: "concurrency" | "requestRate";
  /** Per replica: requests in flight, or requests per second. */
  readonly target: number;
  /** Over which the request rate is averaged. */
  readonly window: Seconds;
  readonly granularity: Seconds;
}

export type KedaAutoscaler = KedaKafkaAutoscaler | KedaHttpAutoscaler;

/** What sets the number of pods, where it is not fixed. */
export type Autoscaler = HpaAutoscaler | KedaAutoscaler;
