import type { KubernetesObject } from "./kubernetesObject.ts";

/** The Kafka of `k8s/kafka`: a Strimzi cluster of this name in this namespace. */
export const kafkaCluster = { name: "coldcast", namespace: "kafka" } as const;
export const kafkaBootstrap = `${kafkaCluster.name}-kafka-bootstrap.${kafkaCluster.namespace}.svc:9092`;

/** A topic that Strimzi's operator makes; it looks only in its Kafka cluster's own namespace. */
export function kafkaTopicManifest(
  topic: { readonly name: string; readonly partitions: number; readonly compacted?: boolean },
  labels: Readonly<Record<string, string>>,
): KubernetesObject {
  return {
    apiVersion: "kafka.strimzi.io/v1",
    kind: "KafkaTopic",
    metadata: {
      name: topic.name,
      namespace: kafkaCluster.namespace,
      labels: { ...labels, "strimzi.io/cluster": kafkaCluster.name },
    },
    spec: {
      partitions: topic.partitions,
      replicas: 1,
      ...(topic.compacted ? { config: { "cleanup.policy": "compact" } } : {}),
    },
  };
}
