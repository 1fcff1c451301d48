import { isGone } from "./clientName.ts";
import type { ConsumerOptions, Kafka, KafkaConsumer } from "./kafka.ts";

/**
 * A consumer that has joined its group and knows its partitions.
 *
 * Members of processes that were killed on this machine are taken out first: the coordinator would wait for them until their sessions end.
 */
export async function joined(kafka: Kafka, options: ConsumerOptions): Promise<KafkaConsumer> {
  let assigned: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const first = new Promise<void>((resolve, reject) => {
    assigned = resolve;
    fail = reject;
  });
  // It may fail before anyone waits for it.
  first.catch(() => {});
  // Where this fails the group is waited for.
  await removeGone(kafka, options.group).catch(() => {});
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

async function removeGone(kafka: Kafka, group: string): Promise<void> {
  const gone = (await kafka.members(group)).filter(({ client }) => isGone(client)).map(({ id }) => id);
  if (gone.length > 0) await kafka.removeMembers(group, gone);
}
