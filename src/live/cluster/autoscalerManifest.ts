import type { Autoscaler, HpaAutoscaler, KedaKafkaAutoscaler } from "../../scenario/autoscaler.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";

interface Scaled {
  /** Of the Deployment, and of the object made here. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where KEDA finds the Kafka of `k8s/kafka`, and what is read there. */
export interface KafkaAddress {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly consumerGroup: string;
}

/** An HPA for a Deployment's own metrics. Metrics other than cpu come from a metrics adapter under these names. */
export function hpaManifest(autoscaler: HpaAutoscaler, { name, namespace, labels }: Scaled): KubernetesObject {
  const { metric, target, min, max, behavior } = autoscaler;
  const metrics =
    metric === "cpu"
      ? {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: Math.round(target * 100) } },
        }
      : {
          type: "Pods",
          pods: {
            metric: { name: metric === "rps" ? "http_requests_per_second" : "http_requests_in_flight" },
            target: { type: "AverageValue", averageValue: quantity(target) },
          },
        };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name, namespace, labels },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [metrics],
      ...(behavior === undefined ? {} : { behavior: behaviorOf(behavior) }),
    },
  };
}

/** A ScaledObject on the lag of a consumer group; KEDA's metadata are strings throughout. */
export function scaledObjectManifest(
  autoscaler: KedaKafkaAutoscaler,
  { name, namespace, labels }: Scaled,
  kafka: KafkaAddress,
): KubernetesObject {
  const { behavior, fallback, idle } = autoscaler;
  const metadata: Record<string, string> = {
    bootstrapServers: kafka.bootstrapServers,
    consumerGroup: kafka.consumerGroup,
    topic: kafka.topic,
    lagThreshold: String(autoscaler.lagThreshold),
    activationLagThreshold: String(autoscaler.activationLagThreshold),
    offsetResetPolicy: autoscaler.offsetResetPolicy,
    allowIdleConsumers: String(autoscaler.allowIdleConsumers),
    excludePersistentLag: String(autoscaler.excludePersistentLag),
    scaleToZeroOnInvalidOffset: String(autoscaler.scaleToZeroOnInvalidOffset),
    limitToPartitionsWithLag: String(autoscaler.limitToPartitionsWithLag),
    ensureEvenDistributionOfPartitions: String(autoscaler.ensureEvenDistributionOfPartitions),
    ...(autoscaler.partitionLimitation === undefined ? {} : { partitionLimitation: autoscaler.partitionLimitation }),
  };
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name, namespace, labels },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      pollingInterval: Math.ceil(autoscaler.pollingInterval),
      cooldownPeriod: Math.ceil(autoscaler.cooldownPeriod),
      initialCooldownPeriod: Math.ceil(autoscaler.initialCooldownPeriod),
      minReplicaCount: autoscaler.min,
      maxReplicaCount: autoscaler.max,
      ...(idle === undefined ? {} : { idleReplicaCount: idle }),
      ...(fallback === undefined ? {} : { fallback }),
      ...(behavior === undefined
        ? {}
        : { advanced: { horizontalPodAutoscalerConfig: { behavior: behaviorOf(behavior) } } }),
      triggers: [{ type: "kafka", metadata }],
    },
  };
}

/** As the API has it: what is not said is left out, and a tolerance is a quantity. */
function behaviorOf(behavior: NonNullable<Autoscaler["behavior"]>): object {
  const directions = Object.entries(behavior).filter(([, rules]) => rules !== undefined && rules !== null);
  return Object.fromEntries(
    directions.map(([direction, rules]) => {
      const written = Object.entries(rules as Record<string, unknown>)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([key, value]) => [key, key === "tolerance" ? quantity(value as number) : value]);
      return [direction, Object.fromEntries(written)];
    }),
  );
}

/** A number as a Kubernetes quantity: thousandths where it is not whole. */
export const quantity = (value: number): string =>
  Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
