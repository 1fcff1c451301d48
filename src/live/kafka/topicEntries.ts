import type { KafkaTopic } from "./kafka.ts";

/** A topic's settings by Kafka's own names. */
export function topicEntries({ compacted, appendTime }: KafkaTopic): readonly (readonly [string, string])[] {
  return [
    ...(compacted ? [["cleanup.policy", "compact"] as const] : []),
    ...(appendTime ? [["message.timestamp.type", "LogAppendTime"] as const] : []),
  ];
}
