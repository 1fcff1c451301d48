import { randomUUID } from "node:crypto";
import type { Seconds } from "../../base/units.ts";
import type { Clock } from "../clock.ts";
import { joined } from "../kafka/joined.ts";
import type {
  Kafka,
  KafkaBatch,
  KafkaConsumer,
  KafkaMessage,
  KafkaRecord,
  TransactionalProducer,
} from "../kafka/kafka.ts";
import { untilItWorks } from "../kafka/untilItWorks.ts";
import { handedOn } from "../otlp/traceContext.ts";
import { type Alert, absences, aggregate, type DeviceState, freshDevice } from "./aggregate.ts";
import { readCameraEvent } from "./cameraEvent.ts";
import { deadLetter } from "./deadLetter.ts";
import { steps } from "./eventTraces.ts";
import { kafkaEventHeaders } from "./kafkaEvent.ts";
import { markerKey, restoreMemory } from "./memory.ts";
import type { Rules } from "./rules.ts";
import { passportHeaders, passportOf } from "./stamps.ts";
import { groups, topics } from "./topics.ts";
import { unixSeconds } from "./unixClock.ts";

export interface Aggregator {
  close(): Promise<void>;
}

/** What one owner of a partition holds. */
interface Partition {
  readonly producer: TransactionalProducer;
  readonly devices: Map<string, DeviceState>;
  /** The newest frame seen; the watermark lags behind it. */
  newest: Seconds;
}

/** What one batch leads to, written in one transaction. */
interface Output {
  readonly enriched: KafkaMessage[];
  readonly alerts: KafkaMessage[];
  readonly dead: KafkaMessage[];
  readonly duplicates: KafkaMessage[];
  readonly touched: Set<string>;
}

/**
 * Reads `camera.raw`, joins each event to what is known of its device, and writes `camera.enriched`.
 *
 * Exactly once: a batch's results, the devices' new memory and the progress in the topic are one transaction; a
 * producer per partition, named after it, fences off an earlier owner. Memory is restored from `camera.state`.
 */
export async function startAggregator(
  kafka: Kafka,
  {
    rules,
    clock,
    patience,
    onFailed,
  }: {
    readonly rules: Rules;
    readonly clock: Clock;
    /** How long a broker that is away is waited for. */
    readonly patience: Seconds;
    readonly onFailed: (error: Error) => void;
  },
): Promise<Aggregator> {
  const owned = new Map<number, Promise<Partition>>();
  let mine: ReadonlySet<number> = new Set();
  const take = (partition: number): Promise<Partition> => {
    const known = owned.get(partition);
    if (known !== undefined) return known;
    const fresh = openPartition(kafka, partition);
    owned.set(partition, fresh);
    return fresh;
  };
  const release = async (partition: number): Promise<void> => {
    const held = owned.get(partition);
    owned.delete(partition);
    await held?.then(({ producer }) => producer.close()).catch(() => {});
  };

  const consumer: KafkaConsumer = await joined(kafka, {
    group: groups.aggregator,
    topics: [topics.raw],
    from: "earliest",
    onAssigned: (partitions) => {
      mine = new Set(partitions.map(({ partition }) => partition));
      for (const partition of [...owned.keys()]) if (!mine.has(partition)) void release(partition);
      for (const partition of mine) take(partition).catch(() => release(partition));
    },
    onBatch: (batch) =>
      untilItWorks(
        async () => {
          try {
            await handle(batch, await take(batch.partition), rules, consumer);
          } catch (error) {
            // What is in memory may be ahead of what was committed: begin again from the changelog.
            await release(batch.partition);
            throw error;
          }
        },
        // Of a partition that went to another member the changes are that member's to make.
        { clock, patience, wanted: () => mine.has(batch.partition) },
      ),
    onFailed,
  }).catch(async (error: unknown) => {
    await Promise.all([...owned.keys()].map(release));
    throw error;
  });
  await Promise.allSettled(owned.values());
  return {
    close: async () => {
      await consumer.close();
      await Promise.all([...owned.keys()].map(release));
    },
  };
}

async function openPartition(kafka: Kafka, partition: number): Promise<Partition> {
  const producer = await kafka.transactionalProducer(`${groups.aggregator}-${partition}`);
  try {
    // Written by the new owner, so whoever reads up to it has read everything the earlier one committed.
    const marker: KafkaMessage = { key: markerKey, value: Buffer.from(randomUUID()), partition };
    await producer.transact((transaction) => transaction.send(topics.state, [marker]));
    const devices = await restoreMemory(kafka, partition, String(marker.value));
    let newest = 0;
    for (const { lastSeen } of devices.values()) newest = Math.max(newest, lastSeen ?? 0);
    return { producer, devices, newest };
  } catch (error) {
    await producer.close().catch(() => {});
    throw error;
  }
}

async function handle(batch: KafkaBatch, partition: Partition, rules: Rules, consumer: KafkaConsumer): Promise<void> {
  const { devices, producer } = partition;
  const readAt = unixSeconds();
  const output: Output = { enriched: [], alerts: [], dead: [], duplicates: [], touched: new Set() };
  for (const record of batch.records) join(record, partition, { rules, readAt, output });
  const watermark = partition.newest - rules.lateness;
  for (const [device, state] of devices) {
    const told = absences(state, device, { watermark, rules });
    if (told.alerts.length === 0) continue;
    devices.set(device, told.state);
    output.touched.add(device);
    output.alerts.push(...told.alerts.map(alertMessage));
  }
  for (const device of leastRecent(devices)) {
    devices.delete(device);
    output.touched.add(device);
  }
  const memory = [...output.touched].map((device) => {
    const state = devices.get(device);
    return {
      key: device,
      value: state === undefined ? null : Buffer.from(JSON.stringify(state)),
      partition: batch.partition,
    };
  });
  await producer.transact(async (transaction) => {
    const written = [
      [topics.enriched, output.enriched],
      [topics.state, memory],
      [topics.alerts, output.alerts],
      [topics.dead, output.dead],
      [topics.metrics, output.duplicates],
    ] as const;
    for (const [topic, messages] of written) if (messages.length > 0) await transaction.send(topic, messages);
    const offset = batch.records.at(-1)!.offset + 1n;
    await transaction.commit(consumer, { topic: batch.topic, partition: batch.partition, offset });
  });
}

/** Devices of one partition that are remembered at most. */
export const devicesMax = 10_000;

/** The devices that are too many: those heard of longest ago. */
function leastRecent(devices: ReadonlyMap<string, DeviceState>): string[] {
  return devices.size <= devicesMax ? [] : [...devices.keys()].slice(0, devices.size - devicesMax);
}

function join(
  record: KafkaRecord,
  partition: Partition,
  { rules, readAt, output }: { readonly rules: Rules; readonly readAt: Seconds; readonly output: Output },
): void {
  const event = readCameraEvent(record.value, readAt);
  const passport = passportOf(record.headers);
  if (typeof event === "string") {
    output.dead.push(deadLetter(record, { stage: "aggregator", reason: event }));
    return;
  }
  const watermark = partition.newest - rules.lateness;
  const known = partition.devices.get(event.device) ?? freshDevice;
  const { state, enriched } = aggregate(known, event, { watermark, rules });
  if (enriched === null) {
    if (passport !== undefined) {
      const { run, index } = passport;
      output.duplicates.push({
        key: String(index),
        value: Buffer.from(JSON.stringify({ kind: "duplicate", run, index })),
      });
    }
    return;
  }
  // The one heard of last is at the end.
  partition.devices.delete(event.device);
  partition.devices.set(event.device, state);
  partition.newest = Math.max(partition.newest, event.frameSeconds);
  output.touched.add(event.device);
  output.alerts.push(...enriched.alerts.map(alertMessage));
  const stamped =
    passport === undefined
      ? record.headers
      : passportHeaders({
          ...passport,
          traceparent: handedOn(passport.traceparent, steps.publish),
          appended: record.timestampMs / 1e3,
          enriched: unixSeconds(),
        });
  output.enriched.push({
    key: event.device,
    value: Buffer.from(JSON.stringify(enriched)),
    headers: { ...stamped, ...kafkaEventHeaders(event, stamped.traceparent) },
  });
}

const alertMessage = (alert: Alert): KafkaMessage => ({
  key: alert.device,
  value: Buffer.from(JSON.stringify(alert)),
});
