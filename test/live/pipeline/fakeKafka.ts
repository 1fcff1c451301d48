import type { ConsumerOptions, Kafka, KafkaConsumer, PartitionOffset } from "../../../src/live/kafka/kafka.ts";

/** A Kafka that only counts what is opened and closed; a test replaces what it is about. */
export function fakeKafka(own: Partial<Kafka> = {}) {
  const open = { producers: 0, consumers: 0 };
  const commits: (readonly PartitionOffset[])[] = [];
  const closer = (kind: keyof typeof open) => {
    open[kind]++;
    return async () => void open[kind]--;
  };
  const consumerOf = (options: ConsumerOptions): KafkaConsumer => ({
    group: options.group,
    commit: async (offsets) => void commits.push(offsets),
    close: closer("consumers"),
  });
  const kafka: Kafka = {
    createTopics: async () => {},
    deleteTopics: async () => {},
    lag: async () => 0,
    members: async () => [],
    removeMembers: async () => {},
    producer: async () => ({ send: async () => {}, close: closer("producers") }),
    transactionalProducer: async () => ({ transact: async () => {}, close: closer("producers") }),
    consumer: async (options) => {
      const consumer = consumerOf(options);
      options.onAssigned?.([]);
      return consumer;
    },
    close: async () => {},
    ...own,
  };
  return { kafka, open, commits, consumerOf, closer };
}
