import type { KafkaMessage, KafkaRecord } from "../kafka/kafka.ts";
import { enrichedBytesMax } from "./cameraEvent.ts";

/** Longer ones are cut: a reason is for people. */
const reasonMax = 500;

/**
 * A message that cannot be handled, as it goes to `camera.dead`: its own bytes and headers, with who gave up and why. Of
 * one that is larger than any event the beginning is kept, as more might not fit into a message.
 */
export function deadLetter(
  { key, value, headers }: KafkaRecord,
  { stage, reason }: { readonly stage: "aggregator" | "trigger"; readonly reason: string },
): KafkaMessage {
  const kept = value === null ? null : value.subarray(0, enrichedBytesMax);
  return { key, value: kept, headers: { ...headers, stage, reason: reason.slice(0, reasonMax) } };
}
