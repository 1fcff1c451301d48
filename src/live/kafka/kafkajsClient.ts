import type { Kafka as Client, Consumer, Producer, ProducerRecord } from "kafkajs";
import { TargetError } from "../../base/check.ts";
import { clientName } from "./clientName.ts";
import type {
  ConsumerOptions,
  Kafka,
  KafkaConsumer,
  KafkaMessage,
  KafkaProducer,
  KafkaRecord,
  KafkaTopic,
  PartitionOffset,
  TransactionalProducer,
} from "./kafka.ts";
import { messageChunks } from "./messageChunks.ts";
import { readOffsets } from "./readOffsets.ts";
import { topicEntries } from "./topicEntries.ts";

/** The broker says so of a topic that exists already. */
const existsAlready = "TOPIC_ALREADY_EXISTS";

/** Heartbeats that fail so make the client join its group anew, and go on from what was committed. */
const joinsAnew = ["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "NOT_COORDINATOR_FOR_GROUP"];

/**
 * Kafka by kafkajs, loaded when it is first asked for.
 *
 * @param bootstrap addresses as HOST:PORT, separated by commas
 * @throws {TargetError} if no broker answers
 */
export async function kafkajsClient(bootstrap: string): Promise<Kafka> {
  const { Kafka: KafkaJs, logLevel } = await import("kafkajs");
  const settings = {
    clientId: clientName,
    brokers: bootstrap.split(","),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3000,
  };
  const probe = new KafkaJs({ ...settings, retry: { initialRetryTime: 100, retries: 3 } }).admin();
  try {
    await probe.connect();
  } catch (error) {
    throw new TargetError("kafka", `no broker answers at ${bootstrap}`, { retriable: true, cause: error });
  } finally {
    await probe.disconnect();
  }
  const client = new KafkaJs({
    ...settings,
    // The first default, 300 ms, makes every transaction that meets a busy coordinator slow; the others give up on a
    // broker that takes half a minute to come back.
    retry: { initialRetryTime: 20, retries: 80, maxRetryTime: 1000 },
  });
  const admin = client.admin();
  await admin.connect();
  return {
    createTopics: async (topics) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter(({ name }) => !existing.has(name));
      try {
        await admin.createTopics({ waitForLeaders: true, topics: missing.map(topicConfig) });
      } catch (error) {
        if (!String((error as { type?: unknown }).type).includes(existsAlready)) throw error;
      }
    },
    deleteTopics: (names) => admin.deleteTopics({ topics: [...names] }),
    lag: async (group, topic) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [progress] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      return ends.reduce((sum, { partition, high, low }) => {
        const done = Number(progress?.partitions.find((entry) => entry.partition === partition)?.offset ?? -1);
        return sum + Number(high) - Math.max(done, Number(low));
      }, 0);
    },
    members: async (group) => {
      const { groups } = await admin.describeGroups([group]);
      return groups.flatMap(({ members }) =>
        members.map(({ memberId, clientId }) => ({ id: memberId, client: clientId })),
      );
    },
    removeMembers: (group, ids) => removeMembers(bootstrap, group, ids),
    producer: () => plainProducer(client),
    transactionalProducer: (transactionalId) => transactional(client, transactionalId),
    consumer: (options) => groupMember(client, options),
    close: () => admin.disconnect(),
  };
}

const topicConfig = (topic: KafkaTopic) => ({
  topic: topic.name,
  numPartitions: topic.partitions,
  configEntries: topicEntries(topic).map(([name, value]) => ({ name, value })),
});

/** This client has no request for it; the other one has. */
async function removeMembers(bootstrap: string, group: string, ids: readonly string[]): Promise<void> {
  const { Admin } = await import("@platformatic/kafka");
  const admin = new Admin({ clientId: clientName, bootstrapBrokers: bootstrap.split(",") });
  try {
    await admin.removeMembersFromConsumerGroup({ groupId: group, members: ids.map((memberId) => ({ memberId })) });
  } finally {
    await admin.close();
  }
}

async function plainProducer(client: Client): Promise<KafkaProducer> {
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  return {
    send: async (topic, messages) => {
      for (const chunk of messageChunks(messages)) await producer.send(record(topic, chunk));
    },
    close: () => producer.disconnect(),
  };
}

async function transactional(client: Client, transactionalId: string): Promise<TransactionalProducer> {
  const producer: Producer = client.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  return {
    transact: async (work) => {
      const transaction = await producer.transaction();
      try {
        await work({
          send: async (topic, messages) => {
            for (const chunk of messageChunks(messages)) await transaction.send(record(topic, chunk));
          },
          commit: (consumer, { topic, partition, offset }) =>
            transaction.sendOffsets({
              consumerGroupId: consumer.group,
              topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }],
            }),
        });
      } catch (error) {
        // The first failure is the one to tell of; a fenced transaction cannot even be aborted.
        await transaction.abort().catch(() => {});
        throw error;
      }
      await transaction.commit();
    },
    close: () => producer.disconnect(),
  };
}

async function groupMember(client: Client, options: ConsumerOptions): Promise<KafkaConsumer> {
  const consumer: Consumer = client.consumer({
    groupId: options.group,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    // Longer waits hold up the end of the consumer, and shorter sessions a member that is merely busy.
    maxWaitTimeInMs: 100,
    sessionTimeout: 10_000,
    heartbeatInterval: 1000,
  });
  const read = readOffsets();
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) =>
    read.upTo(topic, partition, BigInt(lastOffset)),
  );
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
    options.onAssigned?.(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    ),
  );
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) options.onFailed?.(payload.error);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: options.from === "earliest" });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: true,
    partitionsConsumedConcurrently: 64,
    eachBatch: async ({ batch, heartbeat, isStale }) => {
      if (isStale()) return;
      const records = batch.messages.map(
        (message): KafkaRecord => ({
          key: message.key?.toString() ?? null,
          value: message.value,
          headers: Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          ),
          offset: BigInt(message.offset),
          timestampMs: Number(message.timestamp),
        }),
      );
      const { topic, partition } = batch;
      read.message(topic, partition, records.at(-1)!.offset);
      const shared = new AbortController();
      const leave = (error: { readonly type?: string }): void => {
        if (joinsAnew.includes(error.type ?? "")) shared.abort(error);
      };
      const beat = setInterval(() => void heartbeat().catch(leave), 1000);
      try {
        await options.onBatch({ topic, partition, records, wanted: shared.signal });
      } finally {
        clearInterval(beat);
      }
      // Whether the batch was done or left: told so, the client joins now.
      shared.signal.throwIfAborted();
    },
  });
  return {
    group: options.group,
    commit: (offsets: readonly PartitionOffset[]) =>
      consumer.commitOffsets(
        offsets.map(({ topic, partition, offset }) => ({
          topic,
          partition,
          offset: String(read.past(topic, partition, offset)),
        })),
      ),
    close: () => consumer.disconnect(),
  };
}

function record(topic: string, messages: readonly KafkaMessage[]): ProducerRecord {
  return {
    topic,
    acks: -1,
    messages: messages.map(({ key, value, headers, partition }) => ({
      key,
      value,
      ...(headers === undefined ? {} : { headers: { ...headers } }),
      ...(partition === undefined ? {} : { partition }),
    })),
  };
}
