import type { Kafka, KafkaTopic } from "../kafka/kafka.ts";

/** The pipeline's topics, by what they hold. */
export const topics = {
  raw: "camera.raw",
  enriched: "camera.enriched",
  /** The aggregator's memory of each device, for its next start. */
  state: "camera.state",
  alerts: "camera.alerts",
  /** What could not be handled, with the reason in the header `reason`. */
  dead: "camera.dead",
  metrics: "metrics",
} as const;

/** The pipeline's consumer groups; KEDA looks at the trigger's lag. */
export const groups = {
  aggregator: "coldcast-aggregator",
  trigger: "coldcast-trigger",
  collector: "coldcast-collector",
} as const;

/** Every topic; raw, enriched and state must have equally many partitions, as keys stay in theirs. */
export const pipelineTopics = (partitions: number): readonly KafkaTopic[] => [
  { name: topics.raw, partitions, appendTime: true },
  { name: topics.enriched, partitions, appendTime: true },
  { name: topics.state, partitions, compacted: true },
  { name: topics.alerts, partitions: 1 },
  { name: topics.dead, partitions: 1 },
  { name: topics.metrics, partitions: 1 },
];

/** Creates what does not exist yet. */
export async function createTopics(kafka: Kafka, partitions: number): Promise<void> {
  await kafka.createTopics(pipelineTopics(partitions));
}
