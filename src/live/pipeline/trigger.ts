import type { Seconds } from "../../base/units.ts";
import { joined } from "../kafka/joined.ts";
import type { Kafka, KafkaBatch, KafkaRecord, PartitionOffset } from "../kafka/kafka.ts";
import { sturdyProducer } from "../kafka/sturdyProducer.ts";
import { enrichedBytesMax, readCameraEvent } from "./cameraEvent.ts";
import { deadLetter } from "./deadLetter.ts";
import { type DeliveryOptions, deliver } from "./deliver.ts";
import { type Outbox, outboxOf } from "./outbox.ts";
import { type PartitionProgress, partitionProgress } from "./progress.ts";
import { passportOf } from "./stamps.ts";
import { groups, topics } from "./topics.ts";
import { unixSeconds } from "./unixClock.ts";

/** Which targets an event goes to: all, one after the other in turn by its place, or the first alone. */
export type Dispatch = "mirror" | "split" | "single";

export interface TriggerOptions extends DeliveryOptions {
  readonly dispatch: Dispatch;
  /** Events of one partition in flight at a time. */
  readonly inFlight: number;
  /** How long a broker that is away is waited for. */
  readonly patience: Seconds;
  onFailed(error: Error): void;
}

export interface Trigger {
  /** Waits for the events in flight, commits, and leaves the group. */
  close(): Promise<void>;
}

/** Commits are gathered for so long: each is a round trip to the broker. */
const commitEverySeconds = 0.1;

/**
 * Reads `camera.enriched` and calls the functions: one CloudEvent by HTTP for each event and target.
 *
 * At least once: an event's offset is committed only after its result is in `metrics`, or its bytes and the reason in
 * `camera.dead`; what was in flight when a trigger died is sent again by the next one, and the collector counts it once.
 */
export async function startTrigger(kafka: Kafka, options: TriggerOptions): Promise<Trigger> {
  const producer = await sturdyProducer(kafka, options);
  const outbox = outboxOf(producer);
  const partitions = new Map<number, PartitionProgress>();
  const uncommitted = new Map<number, PartitionOffset>();
  const waiting = new Map<number, () => void>();
  const inHand = new Set<Promise<void>>();
  let closing = false;

  const change = (partition: number) => new Promise<void>((resolve) => waiting.set(partition, resolve));
  const wake = (partition: number): void => {
    const resume = waiting.get(partition);
    waiting.delete(partition);
    resume?.();
  };
  const finished = (partition: number, progress: PartitionProgress): void => {
    // After a rebalance the progress of before is nobody's any more.
    if (partitions.get(partition) === progress && progress.offset !== undefined)
      uncommitted.set(partition, { topic: topics.enriched, partition, offset: progress.offset });
    wake(partition);
  };
  const onBatch = async ({ partition, records, wanted }: KafkaBatch): Promise<void> => {
    const progress = partitions.get(partition);
    // It went to another member while the batch was on its way.
    if (progress === undefined) return;
    const read = unixSeconds();
    wanted.addEventListener("abort", () => wake(partition), { once: true });
    for (const record of records) {
      // After a rebalance a partition that stayed is read again from what was committed.
      if (progress.has(record.offset)) continue;
      while (progress.size >= options.inFlight && !closing && !wanted.aborted) await change(partition);
      // A group that is to be shared anew must not wait for a function that hangs.
      if (closing || wanted.aborted) return;
      const done = progress.begin(record.offset);
      const handling = handle(record, read, { ...options, outbox })
        .then(() => {
          done();
          finished(partition, progress);
        })
        .catch(options.onFailed)
        .finally(() => inHand.delete(handling));
      inHand.add(handling);
    }
  };
  const consumer = await joined(kafka, {
    group: groups.trigger,
    topics: [topics.enriched],
    from: "earliest",
    onBatch,
    onAssigned: (assigned) => {
      const mine = new Set(assigned.map(({ partition }) => partition));
      // Another member goes on from what was committed; what is still in flight here will then be sent twice.
      for (const partition of partitions.keys()) {
        if (mine.has(partition)) continue;
        partitions.delete(partition);
        uncommitted.delete(partition);
      }
      // Of a partition that stays, what is in flight holds the commit back as before.
      for (const partition of mine) if (!partitions.has(partition)) partitions.set(partition, partitionProgress());
    },
    onFailed: options.onFailed,
  }).catch(async (error: unknown) => {
    await producer.close().catch(() => {});
    throw error;
  });
  const commit = async (): Promise<void> => {
    const offsets = [...uncommitted.values()];
    if (offsets.length > 0) await consumer.commit(offsets);
    // What did not get there is for the next time; after the last events nothing else would commit it.
    for (const offset of offsets)
      if (uncommitted.get(offset.partition) === offset) uncommitted.delete(offset.partition);
  };
  const over = new AbortController();
  const committing = (async () => {
    while (!over.signal.aborted) {
      await options.clock.sleepUntil(options.clock.now() + commitEverySeconds, over.signal);
      // A rebalance in between makes it fail; the events then come again, here or elsewhere.
      await commit().catch(() => {});
    }
  })();
  return {
    close: async () => {
      closing = true;
      for (const partition of [...waiting.keys()]) wake(partition);
      await Promise.all(inHand);
      over.abort();
      await committing;
      await commit().catch(() => {});
      await consumer.close();
      await producer.close();
    },
  };
}

async function handle(
  record: KafkaRecord,
  read: Seconds,
  options: TriggerOptions & { readonly outbox: Outbox },
): Promise<void> {
  const event = readCameraEvent(record.value, read, enrichedBytesMax);
  const passport = passportOf(record.headers);
  if (typeof event === "string" || passport === undefined) {
    const reason =
      typeof event === "string" ? event : "it has no passport: headers coldcast-run, coldcast-index, coldcast-due";
    return options.outbox.write(topics.dead, deadLetter(record, { stage: "trigger", reason }));
  }
  const names = [...options.targets.keys()];
  const chosen =
    options.dispatch === "mirror"
      ? names
      : [options.dispatch === "single" ? names[0]! : names[passport.index % names.length]!];
  await Promise.all(
    chosen.map(async (target) => {
      const result = await deliver({ target, event, passport, published: record.timestampMs / 1e3, read, options });
      await options.outbox.write(topics.metrics, {
        key: String(result.index),
        value: Buffer.from(JSON.stringify(result)),
      });
      if (result.outcome === "completed") return;
      const reason = `${target}: ${result.outcome} after ${result.attempts} sends, status ${result.status}`;
      await options.outbox.write(topics.dead, deadLetter(record, { stage: "trigger", reason }));
    }),
  );
}
