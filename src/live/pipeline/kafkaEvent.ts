import type { CameraEvent } from "./cameraEvent.ts";

/** What kind of event it is, in CloudEvents' words: one that asks for work. */
export const eventType = "coldcast.work";

/**
 * The headers that make an enriched event a CloudEvent by the Kafka binding, in binary mode, so that whoever reads the topic, such as
 * Knative's KafkaSource, can call a function with it as the trigger does.
 *
 * @see CloudEvents 1.0.2, Kafka protocol binding, §3.2; the extension Distributed Tracing
 */
export const kafkaEventHeaders = (
  { id, device, frameSeconds, workSeconds }: CameraEvent,
  traceparent: string | undefined,
): Record<string, string> => ({
  ce_specversion: "1.0",
  ce_id: id,
  ce_source: `/cameras/${encodeURIComponent(device)}`,
  ce_type: eventType,
  ce_time: new Date(frameSeconds * millisecondsPerSecond).toISOString(),
  ce_workseconds: String(workSeconds),
  ...(traceparent === undefined || traceparent === "" ? {} : { ce_traceparent: traceparent }),
  "content-type": "application/json",
});

const millisecondsPerSecond = 1e3;
