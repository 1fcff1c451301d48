import type { HpaMetric } from "./hpaMetrics.ts";
import type { KafkaTrigger } from "./kedaKafkaTrigger.ts";
import { partitionLag, type TotalLag, totalLag } from "./kedaLag.ts";

/** What a query of Kafka tells about one partition. */
export interface PartitionOffsets {
  readonly topic: string;
  readonly partition: number;
  /** What the consumer group has committed; −1: nothing yet. */
  readonly committedOffset: number;
  /** The end of the log. */
  readonly latestOffset: number;
}

/** KEDA's Kafka scaler for one trigger. */
export interface KafkaScaler {
  /** The name under which the autoscaler asks for the metric. */
  readonly metricName: string;
  /** The lag and the activity; the operator's polls and the autoscaler's queries count alike as "the last query". */
  query(partitions: readonly PartitionOffsets[]): TotalLag;
  /** A lag as the autoscaler's metric; null: the query failed. */
  hpaMetric(lag: number | null): HpaMetric;
}

/**
 * The Kafka scaler: from offsets to a metric, with the memory that finds stuck partitions.
 *
 * @param index of the trigger within its ScaledObject, from 0
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, GetMetricsAndActivity (v2.20)
 */
export function kafkaScaler(trigger: KafkaTrigger, index = 0): KafkaScaler {
  const previous = new Map<string, number>();
  return {
    metricName: kafkaMetricName(trigger, index),
    query(partitions) {
      const lags = partitions.map((offsets) => {
        const key = `${offsets.partition} ${offsets.topic}`;
        const found = partitionLag(trigger, { ...offsets, previousOffset: previous.get(key) ?? null });
        if (found.previousOffset !== null) previous.set(key, found.previousOffset);
        return found;
      });
      return totalLag(trigger, lags);
    },
    hpaMetric: (lag) =>
      lag === null
        ? { kind: "failed", of: "external" }
        : {
            kind: "external",
            targetType: "AverageValue",
            valueMilli: lag * 1000,
            targetMilli: trigger.lagThreshold * 1000,
          },
  };
}

/**
 * The external metric's name: of the topic, or of the group where it reads several.
 *
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, GetMetricSpecForScaling (v2.20)
 * @example
 * kafkaMetricName({ topic: "my.topic", consumerGroup: "g" }, 0) // => "s0-kafka-my-topic"
 */
export function kafkaMetricName(
  { topic, consumerGroup }: Pick<KafkaTrigger, "topic" | "consumerGroup">,
  index: number,
): string {
  const name = topic === "" ? `kafka-${consumerGroup}-topics` : `kafka-${topic}`;
  return `s${index}-${name.replaceAll(/[/.:%()]/g, "-")}`;
}
