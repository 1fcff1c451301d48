import { randomUUID } from "node:crypto";
import type { Kafka, KafkaConsumer } from "../kafka/kafka.ts";
import type { DeviceState } from "./aggregate.ts";
import { groups, topics } from "./topics.ts";

/** The key under which a new owner marks how far the changelog must be read; no device has it. */
export const markerKey = "\u0000marker";

/** A device's state from a message; undefined where it is none, as another producer may have written it. */
function readState(value: Buffer): DeviceState | undefined {
  try {
    const state = JSON.parse(value.toString()) as Partial<DeviceState> | null;
    const { lastSeen, ids, sightings, tracks, matched, spoke } = state ?? {};
    const isSeen = lastSeen === null || Number.isFinite(lastSeen);
    const isKept = Array.isArray(ids) && Array.isArray(sightings) && sightings.every(isObject);
    const isNamed =
      isObject(tracks) && Object.values(tracks).every(Array.isArray) && isObject(matched) && isObject(spoke);
    return isSeen && isKept && isNamed ? (state as DeviceState) : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/**
 * Reads back from the changelog `camera.state` what an earlier owner of a partition remembered of its devices, up to the
 * marker that the new owner has just written.
 */
export async function restoreMemory(
  kafka: Kafka,
  partition: number,
  marker: string,
): Promise<Map<string, DeviceState>> {
  const devices = new Map<string, DeviceState>();
  let finish: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const reached = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  // It may fail before anyone waits for it.
  reached.catch(() => {});
  const reader: KafkaConsumer = await kafka.consumer({
    // A group that nobody shares, and that keeps no progress.
    group: `${groups.aggregator}-restore-${randomUUID()}`,
    topics: [topics.state],
    from: "earliest",
    onBatch: async (batch) => {
      if (batch.partition !== partition) return;
      for (const { key, value } of batch.records) {
        if (key === markerKey) {
          if (String(value) === marker) return finish();
        } else if (key !== null) {
          const state = value === null ? undefined : readState(value);
          if (state === undefined) devices.delete(key);
          else devices.set(key, state);
        }
      }
    },
    onFailed: fail,
  });
  try {
    await reached;
  } finally {
    await reader.close();
  }
  return devices;
}
