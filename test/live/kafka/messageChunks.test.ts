import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KafkaMessage } from "../../../src/live/kafka/kafka.ts";
import { messageChunks } from "../../../src/live/kafka/messageChunks.ts";

const message = (bytes: number): KafkaMessage => ({ key: "k", value: Buffer.alloc(bytes), headers: { name: "ä" } });
const bytesOf = (chunk: readonly KafkaMessage[]) => chunk.reduce((sum, { value }) => sum + value!.length, 0);

describe("messages in chunks", () => {
  it("keep their order, are all there, and fit into what a broker takes at once", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 30 }), (sizes) => {
        const messages = sizes.map(message);
        const chunks = messageChunks(messages);
        expect(chunks.flat()).toEqual(messages);
        for (const chunk of chunks) {
          expect(chunk.length).toBeGreaterThan(0);
          expect(bytesOf(chunk)).toBeLessThanOrEqual(500_000);
        }
      }),
      { seed: 8, numRuns: 50 },
    );
  });

  it("leave a message alone that is too large by itself", () => {
    const sizes = messageChunks([message(10), message(2_000_000), message(10)]).map((chunk) => chunk.length);
    expect(sizes).toEqual([1, 1, 1]);
    expect(messageChunks([])).toEqual([]);
  });
});
