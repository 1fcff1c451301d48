/** One message as it is written. */
export interface KafkaMessage {
  /** Messages of one key keep their order; null spreads them. */
  readonly key: string | null;
  /** Null deletes the key from a compacted topic. */
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Chosen by the key where it is not given. */
  readonly partition?: number;
}

/** One message as it is read. */
export interface KafkaRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly offset: bigint;
  /** Milliseconds since the Unix epoch, by the producer's clock or the broker's (`appendTime`). */
  readonly timestampMs: number;
}

/** Consecutive messages of one partition. */
export interface KafkaBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** Aborts when the group is to be shared anew, which waits for the batches in hand: whoever stops early gets them again. */
  readonly wanted: AbortSignal;
}

/** How far a group has come in a partition: the offset it reads next. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface KafkaTopic {
  readonly name: string;
  readonly partitions: number;
  /** Keeps only the last value of each key. */
  readonly compacted?: boolean;
  /** Messages carry the broker's time of their arrival instead of the producer's. */
  readonly appendTime?: boolean;
}

/** Writes in order and idempotently; resolves when the broker has everything. */
export interface KafkaProducer {
  send(topic: string, messages: readonly KafkaMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** What one transaction holds: all of it becomes visible, or none. */
export interface KafkaTransaction {
  send(topic: string, messages: readonly KafkaMessage[]): Promise<void>;
  /** The consumer's progress becomes part of the transaction. */
  commit(consumer: KafkaConsumer, offset: PartitionOffset): Promise<void>;
}

/** Writes in transactions; a second one with the same id fences off the first. */
export interface TransactionalProducer {
  /** Commits what `work` wrote, or aborts it if `work` fails, and then fails as well. */
  transact(work: (transaction: KafkaTransaction) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group without progress begins. */
  readonly from: "earliest" | "latest";
  /**
   * Called for one batch after another of a partition, for several partitions at a time; the next batch comes when it
   * has resolved. Nothing is committed by itself. If it rejects, the consumer fails.
   */
  onBatch(batch: KafkaBatch): Promise<void>;
  /** The partitions that are this member's from now on, after each rebalance. */
  onAssigned?(partitions: readonly { readonly topic: string; readonly partition: number }[]): void;
  /** The consumer has given up, after its own retries. */
  onFailed?(error: Error): void;
}

/** A member of a consumer group that reads committed messages only. */
export interface KafkaConsumer {
  readonly group: string;
  /**
   * How far the group has come. Behind the last message that was read the ends of transactions count as read with it: they
   * have offsets of their own, which nobody sees.
   */
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
  /** Leaves the group; batches in hand are waited for. */
  close(): Promise<void>;
}

/** Who a group's coordinator takes for a member, whether its process still runs or not. */
export interface KafkaMember {
  readonly id: string;
  /** What its client calls itself. */
  readonly client: string;
}

/** What the pipeline needs of Kafka, whichever client provides it. */
export interface Kafka {
  /** Creates the topics that do not exist yet. */
  createTopics(topics: readonly KafkaTopic[]): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Messages of a topic that a group has not committed, summed over partitions; a partition without progress counts whole. */
  lag(group: string, topic: string): Promise<number>;
  members(group: string): Promise<readonly KafkaMember[]>;
  /** Takes members out of their group that cannot leave it themselves. */
  removeMembers(group: string, ids: readonly string[]): Promise<void>;
  producer(): Promise<KafkaProducer>;
  transactionalProducer(transactionalId: string): Promise<TransactionalProducer>;
  consumer(options: ConsumerOptions): Promise<KafkaConsumer>;
  close(): Promise<void>;
}
