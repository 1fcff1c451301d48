import { CloudEvent, Kafka, type KafkaMessage } from "cloudevents";
import { describe, expect, it } from "vitest";
import { kafkaEventHeaders } from "../../../src/live/pipeline/kafkaEvent.ts";

describe("an enriched event in Kafka", () => {
  it("is a CloudEvent by the standard's own reader, and carries its work and its trace", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const event = {
      id: "run-7",
      device: "camera 1",
      frameSeconds: 1_790_000_000.25,
      detections: [],
      workSeconds: 0.0125,
    };
    const headers = kafkaEventHeaders(event, traceparent);
    const text = JSON.stringify(event);
    const message: KafkaMessage<string> = { headers, key: "camera 1", value: text, body: text };
    const read = Kafka.toEvent(message);
    if (!(read instanceof CloudEvent)) throw new Error("one event");
    expect(read.validate()).toBe(true);
    expect(read).toMatchObject({
      id: "run-7",
      source: "/cameras/camera%201",
      type: "coldcast.work",
      specversion: "1.0",
      time: "2026-09-21T14:13:20.250Z",
      datacontenttype: "application/json",
      workseconds: "0.0125",
      traceparent,
    });
  });

  it("of elsewhere has no trace", () => {
    const event = { id: "x", device: "d", frameSeconds: 0, detections: [], workSeconds: 0 };
    expect(kafkaEventHeaders(event, undefined)).not.toHaveProperty("ce_traceparent");
  });
});
