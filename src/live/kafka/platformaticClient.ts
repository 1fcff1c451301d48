import type { Admin, Consumer, Message, Producer } from "@platformatic/kafka";
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
  TransactionalProducer,
} from "./kafka.ts";
import { messageChunks } from "./messageChunks.ts";
import { partitionQueues } from "./partitionQueues.ts";
import { readOffsets } from "./readOffsets.ts";
import { topicEntries } from "./topicEntries.ts";

type Transaction = Awaited<ReturnType<Producer["beginTransaction"]>>;
type Client = typeof import("@platformatic/kafka");
type Bytes = Message<Buffer, Buffer, Buffer, Buffer>;

/**
 * Kafka by @platformatic/kafka, loaded when it is first asked for.
 *
 * @param bootstrap addresses as HOST:PORT, separated by commas
 * @throws {TargetError} if no broker answers
 */
export async function platformaticClient(bootstrap: string): Promise<Kafka> {
  const client = await import("@platformatic/kafka");
  const base = { clientId: clientName, bootstrapBrokers: bootstrap.split(","), retries: 20, retryDelay: 100 };
  const admin = new client.Admin({ ...base, connectTimeout: 3000, retries: 3 });
  try {
    await admin.listTopics();
  } catch (error) {
    await admin.close().catch(() => {});
    throw new TargetError("kafka", `no broker answers at ${bootstrap}`, { retriable: true, cause: error });
  }
  return {
    createTopics: async (topics) => {
      const existing = new Set(await admin.listTopics());
      for (const topic of topics) if (!existing.has(topic.name)) await create(admin, topic);
    },
    deleteTopics: (names) => admin.deleteTopics({ topics: [...names] }),
    lag: (group, topic) => lagOf(client, admin, { group, topic }),
    members: async (group) => {
      const described = (await admin.describeGroups({ groups: [group] })).get(group);
      return [...(described?.members.values() ?? [])].map(({ id, clientId }) => ({ id, client: clientId }));
    },
    removeMembers: (group, ids) =>
      admin.removeMembersFromConsumerGroup({ groupId: group, members: ids.map((memberId) => ({ memberId })) }),
    producer: () => plainProducer(new client.Producer({ ...base, idempotent: true, acks: -1 })),
    transactionalProducer: (transactionalId) =>
      // A second producer with one id is refused unless it says that it has no number of its own yet.
      transactional(
        new client.Producer({
          ...base,
          idempotent: true,
          acks: -1,
          transactionalId,
          producerId: -1n,
          producerEpoch: -1,
        }),
      ),
    consumer: (options) =>
      groupMember(
        new client.Consumer({
          ...base,
          groupId: options.group,
          sessionTimeout: 10_000,
          rebalanceTimeout: 10_000,
          heartbeatInterval: 1000,
          maxWaitTime: 100,
          autocommit: false,
          isolationLevel: client.FetchIsolationLevels.READ_COMMITTED,
        }),
        options,
      ),
    close: () => admin.close(),
  };
}

async function create(admin: Admin, topic: KafkaTopic): Promise<void> {
  const { name, partitions } = topic;
  const configs = topicEntries(topic).map(([key, value]) => ({ name: key, value }));
  await admin.createTopics({ topics: [name], partitions, replicas: 1, configs });
}

async function lagOf(
  { ListOffsetTimestamps }: Client,
  admin: Admin,
  { group, topic }: { readonly group: string; readonly topic: string },
): Promise<number> {
  const metadata = await admin.metadata({ topics: [topic] });
  const partitions = [...metadata.topics.get(topic)!.partitions.keys()].map(Number);
  const at = async (timestamp: bigint) => {
    const [listed] = await admin.listOffsets({
      topics: [{ name: topic, partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp })) }],
    });
    return new Map(listed!.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
  };
  const [ends, starts] = [await at(ListOffsetTimestamps.LATEST), await at(ListOffsetTimestamps.EARLIEST)];
  const [progress] = await admin.listConsumerGroupOffsets({ groups: [group] });
  const done = new Map(
    progress?.topics
      .find(({ name }) => name === topic)
      ?.partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
  );
  return partitions.reduce((sum, partition) => {
    const [start, committed] = [starts.get(partition)!, done.get(partition) ?? -1n];
    return sum + Number(ends.get(partition)! - (committed > start ? committed : start));
  }, 0);
}

async function plainProducer(producer: Producer): Promise<KafkaProducer> {
  return {
    send: async (topic, messages) => {
      for (const chunk of messageChunks(messages)) await producer.send({ messages: chunk.map(written(topic)) });
    },
    close: () => producer.close(),
  };
}

async function transactional(producer: Producer): Promise<TransactionalProducer> {
  const write = async (transaction: Transaction, topic: string, messages: readonly KafkaMessage[]): Promise<void> => {
    for (const chunk of messageChunks(messages)) await transaction.send({ messages: chunk.map(written(topic)) });
  };
  // Taking over the id before the first transaction fences an earlier owner off at once.
  try {
    await (await producer.beginTransaction()).cancel();
  } catch (error) {
    await producer.close().catch(() => {});
    throw error;
  }
  return {
    transact: async (work) => {
      const transaction = await producer.beginTransaction();
      try {
        await work({
          send: (topic, messages) => write(transaction, topic, messages),
          commit: async (member, { topic, partition, offset }) => {
            const consumer = consumers.get(member)!;
            const { groupId, generationId, memberId, coordinatorId } = consumer;
            await transaction.addConsumer(consumer);
            await transaction.addOffset({
              topic,
              partition,
              offset: offset - 1n,
              metadata: { consumer: { groupId, generationId, memberId, coordinatorId } },
            } as unknown as Message);
          },
        });
      } catch (error) {
        // The first failure is the one to tell of; a fenced transaction cannot even be aborted.
        await transaction.abort().catch(() => transaction.cancel().catch(() => {}));
        throw error;
      }
      await transaction.commit();
    },
    close: () => producer.close(),
  };
}

/** The client's own consumers, which its transactions ask for. */
const consumers = new WeakMap<KafkaConsumer, Consumer>();

async function groupMember(consumer: Consumer, options: ConsumerOptions): Promise<KafkaConsumer> {
  const assigned = () =>
    options.onAssigned?.(
      (consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    );
  consumer.on("consumer:group:join", assigned);
  const stream = await consumer.consume({
    topics: [...options.topics],
    mode: "committed",
    fallbackMode: options.from,
    autocommit: false,
  });
  const queues = partitionQueues(options.onBatch, {
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    fail: (error) => options.onFailed?.(error),
  });
  stream.on("error", (error) => options.onFailed?.(error));
  const read = readOffsets();
  stream.on("data", (message: Bytes) => {
    read.message(message.topic, message.partition, message.offset);
    queues.add(message.topic, message.partition, readRecord(message));
  });
  /** The offset to commit; the stream has read on to what it would fetch next, once nothing more waits in it. */
  const past = (topic: string, partition: number, offset: bigint): bigint => {
    const next = stream.offsetsToFetch.get(`${topic}:${partition}`);
    if (stream.readableLength === 0 && next !== undefined) read.upTo(topic, partition, next - 1n);
    return read.past(topic, partition, offset);
  };
  const member: KafkaConsumer = {
    group: options.group,
    commit: (offsets) =>
      consumer.commit({
        offsets: offsets.map(({ topic, partition, offset }) => ({
          topic,
          partition,
          offset: past(topic, partition, offset),
          leaderEpoch: -1,
        })),
      }),
    close: async () => {
      stream.pause();
      await queues.finished();
      await stream.close();
      await consumer.close(true);
    },
  };
  consumers.set(member, consumer);
  return member;
}

function readRecord({ key, value, headers, offset, timestamp }: Bytes): KafkaRecord {
  return {
    key: key?.toString() ?? null,
    value: value ?? null,
    headers: Object.fromEntries([...headers].map(([name, text]) => [name.toString(), text.toString()])),
    offset,
    timestampMs: Number(timestamp),
  };
}

const written =
  (topic: string) =>
  ({ key, value, headers, partition }: KafkaMessage) => ({
    topic,
    ...(key === null ? {} : { key: Buffer.from(key) }),
    ...(value === null ? {} : { value }),
    ...(headers === undefined
      ? {}
      : {
          headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
        }),
    ...(partition === undefined ? {} : { partition }),
  });
