import type { ConsumerOptions, Kafka, KafkaConsumer } from "./kafka.ts";

/** A consumer that has joined its group and knows its partitions. */
export async function joined(kafka: Kafka, options: ConsumerOptions): Promise<KafkaConsumer> {
  let assigned: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const first = new Promise<void>((resolve, reject) => {
    assigned = resolve;
    fail = reject;
  });
  // It may fail before anyone waits for it.
  first.catch(() => {});
  const consumer = await kafka.consumer({
    ...options,
    onAssigned: (partitions) => {
      options.onAssigned?.(partitions);
      assigned();
    },
    onFailed: (error) => {
      options.onFailed?.(error);
      fail(error);
    },
  });
  try {
    await first;
  } catch (error) {
    await consumer.close().catch(() => {});
    throw error;
  }
  return consumer;
}
