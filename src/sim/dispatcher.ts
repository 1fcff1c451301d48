import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { PartitionOffsets } from "../policies/scaling/index.ts";
import { widened } from "./calendar.ts";
import { groupAssignment } from "./groupAssignment.ts";
import { PartitionLog } from "./partitionLog.ts";

export interface DispatcherOptions {
  /** Of the topic, ≥ 1. */
  readonly partitions: number;
  /** Requests that one consumer has in hand at most, ≥ 1. */
  readonly inFlight: number;
  /** Whether ends are committed as they come; otherwise only `commit` does, as the auto-commit of Kafka's Java client. */
  readonly commitsEach: boolean;
  /** False: the group has never committed, and what the lag is then is for the trigger to say. */
  readonly hasOffsets?: boolean;
}

/**
 * A topic's partitions and the consumer group that hands its messages on, each consumer so many at a time: where the lag that KEDA scales on
 * comes from.
 *
 * It keeps no clock and schedules nothing. Its owner produces (`append`), asks who may work on what (`take`) after anything has changed,
 * says when a message is over (`finish`), and commits at the instants it wants. Consumers are numbered by their owner: a dispatcher's fixed
 * ones in front of a function, or the function's own pods.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #logs: readonly PartitionLog[];
  /** Consumers in order of joining, and by partition who reads it and from when on. */
  readonly #members: number[] = [];
  #readers: number[];
  readonly #readableFrom: Float64Array;
  /** By consumer: messages in hand, and the partition it looks at first. */
  #inHand = new Int32Array(16);
  #turn = new Int32Array(16);
  /** By request: where it came from. */
  #partitionOf = new Int32Array(64);
  #offsetOf = new Float64Array(64);
  #consumerOf = new Int32Array(64);
  #nextPartition = 0;
  waiting = 0;

  constructor(options: DispatcherOptions) {
    const { partitions, inFlight } = options;
    check(
      Number.isInteger(partitions) && partitions >= 1,
      "Dispatcher",
      "partitions must be an integer ≥ 1",
      partitions,
    );
    check(inFlight >= 1, "Dispatcher", "inFlight must be ≥ 1", inFlight);
    this.#options = options;
    this.#logs = Array.from({ length: partitions }, () => new PartitionLog(options.hasOffsets ?? true));
    this.#readers = this.#logs.map(() => -1);
    this.#readableFrom = new Float64Array(partitions);
  }

  /** A message arrives; without a partition of its own it goes to the next in turn. */
  append(id: number, partition = this.#nextPartition): void {
    this.#nextPartition = (partition + 1) % this.#logs.length;
    while (id >= this.#partitionOf.length) this.#growRequests();
    this.#partitionOf[id] = partition;
    this.#logs[partition]!.append(id);
    this.waiting++;
  }

  /** The next request this consumer starts to work on, its own partitions in turn; −1: none, or it has its hands full. */
  take(now: Seconds, consumer: number): number {
    if (this.waiting === 0 || this.#inHand[consumer]! >= this.#options.inFlight) return -1;
    const count = this.#logs.length;
    for (let k = 0; k < count; k++) {
      const partition = (this.#turn[consumer]! + k) % count;
      if (this.#readers[partition] !== consumer || now < this.#readableFrom[partition]!) continue;
      const log = this.#logs[partition]!;
      if (log.waiting === 0) continue;
      const id = log.take();
      this.#turn[consumer] = (partition + 1) % count;
      this.#offsetOf[id] = log.lastTaken;
      this.#consumerOf[id] = consumer;
      this.#inHand[consumer]!++;
      this.waiting--;
      return id;
    }
    return -1;
  }

  /** Takes out every message that nobody has taken: nobody ever will. */
  abandon(): number[] {
    const found: number[] = [];
    for (const log of this.#logs) while (log.waiting > 0) found.push(log.take());
    this.waiting = 0;
    return found;
  }

  /** A request that was taken is over, well or not; returns the consumer that has a hand free. */
  finish(id: number): number {
    const log = this.#logs[this.#partitionOf[id]!]!;
    log.finish(this.#offsetOf[id]!);
    if (this.#options.commitsEach) log.commit();
    const consumer = this.#consumerOf[id]!;
    this.#inHand[consumer]!--;
    return consumer;
  }

  /** Every consumer commits what is over: one beat of the auto-commit. */
  commit(): void {
    for (const [partition, log] of this.#logs.entries()) if (this.#readers[partition]! >= 0) log.commit();
  }

  get consumers(): readonly number[] {
    return this.#members;
  }

  /**
   * A consumer joins.
   *
   * @param pause how long nobody reads the partitions that change hands
   * @returns when they can be read again
   */
  join(now: Seconds, consumer: number, pause: Seconds = 0): Seconds {
    while (consumer >= this.#inHand.length) this.#growConsumers();
    this.#inHand[consumer] = 0;
    this.#turn[consumer] = 0;
    this.#members.push(consumer);
    return this.#rebalance(now + pause);
  }

  /** A consumer leaves; what it has in hand it still ends. Parameters and result are those of `join`. */
  leave(now: Seconds, consumer: number, pause: Seconds = 0): Seconds {
    const place = this.#members.indexOf(consumer);
    if (place >= 0) this.#members.splice(place, 1);
    return this.#rebalance(now + pause);
  }

  /** What a broker tells about every partition. */
  offsets(topic: string): PartitionOffsets[] {
    return this.#logs.map((log, partition) => log.offsets(topic, partition));
  }

  /** Messages not yet committed, over all partitions. */
  get lag(): number {
    return this.#logs.reduce((sum, log) => sum + log.lag, 0);
  }

  #rebalance(from: Seconds): Seconds {
    const readers = groupAssignment(this.#readers, this.#members);
    for (const [partition, reader] of readers.entries()) {
      if (reader !== this.#readers[partition]) this.#readableFrom[partition] = from;
    }
    this.#readers = readers;
    return from;
  }

  #growRequests(): void {
    const length = 2 * this.#partitionOf.length;
    this.#partitionOf = widened(this.#partitionOf, new Int32Array(length));
    this.#offsetOf = widened(this.#offsetOf, new Float64Array(length));
    this.#consumerOf = widened(this.#consumerOf, new Int32Array(length));
  }

  #growConsumers(): void {
    const length = 2 * this.#inHand.length;
    this.#inHand = widened(this.#inHand, new Int32Array(length));
    this.#turn = widened(this.#turn, new Int32Array(length));
  }
}
