import type { KafkaBatch, KafkaRecord } from "./kafka.ts";

/** The stream that feeds the queues. */
interface Source {
  pause(): void;
  resume(): void;
  /** A batch failed; nothing more is handed on. */
  fail(error: Error): void;
}

export interface PartitionQueues {
  add(topic: string, partition: number, record: KafkaRecord): void;
  /** Resolves when no batch is in hand; what still waits is forgotten. */
  finished(): Promise<void>;
}

/** Here the client shares the group anew without waiting for batches in hand. */
const always = new AbortController().signal;
/** Above so many waiting records the source is asked to pause, below half of them to go on. */
const waitingMax = 2000;

/**
 * Turns a stream of single records into batches: partitions beside each other, one batch at a time within each.
 */
export function partitionQueues(onBatch: (batch: KafkaBatch) => Promise<void>, source: Source): PartitionQueues {
  const waiting = new Map<string, KafkaRecord[]>();
  const working = new Map<string, Promise<void>>();
  let count = 0;
  let paused = false;
  let over = false;

  const work = async (name: string, topic: string, partition: number): Promise<void> => {
    for (let records = waiting.get(name); records !== undefined && !over; records = waiting.get(name)) {
      waiting.delete(name);
      await onBatch({ topic, partition, records, wanted: always });
      count -= records.length;
      if (paused && count < waitingMax / 2) {
        paused = false;
        source.resume();
      }
    }
  };
  const start = (name: string, topic: string, partition: number): void => {
    const done = work(name, topic, partition)
      .catch((error: unknown) => {
        over = true;
        source.fail(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => working.delete(name));
    working.set(name, done);
  };

  return {
    add: (topic, partition, record) => {
      if (over) return;
      const name = `${topic}/${partition}`;
      const queue = waiting.get(name);
      if (queue === undefined) waiting.set(name, [record]);
      else queue.push(record);
      if (++count > waitingMax && !paused) {
        paused = true;
        source.pause();
      }
      if (!working.has(name)) start(name, topic, partition);
    },
    finished: async () => {
      over = true;
      await Promise.all(working.values());
    },
  };
}
