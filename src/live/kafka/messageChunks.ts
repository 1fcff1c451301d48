import type { KafkaMessage } from "./kafka.ts";

/** A broker refuses what is written to a partition at once above its `message.max.bytes`, 1 MiB unless set otherwise. */
const chunkBytesMax = 500_000;
/** What a message takes besides its key, value and headers, at most. */
const frameBytes = 64;

/**
 * Messages in their order, in parts that a broker takes at once. What waited for an absent broker, or was read in one
 * large batch, is often more than that.
 *
 * A single message is never divided: one that is too large is the broker's to refuse.
 */
export function messageChunks(messages: readonly KafkaMessage[]): readonly (readonly KafkaMessage[])[] {
  const chunks: KafkaMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const size = sizeOf(message);
    if (bytes + size > chunkBytesMax) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)!.push(message);
    bytes += size;
  }
  return chunks;
}

function sizeOf({ key, value, headers = {} }: KafkaMessage): number {
  const own = frameBytes + Buffer.byteLength(key ?? "") + (value?.length ?? 0);
  const entries = Object.entries(headers);
  return entries.reduce((sum, [name, text]) => sum + 4 + Buffer.byteLength(name) + Buffer.byteLength(text), own);
}
