import type { Seconds } from "../../base/units.ts";
import type { ProduceStage } from "../../scenario/pipeline.ts";
import { samplerOf, streamOf } from "../run.ts";
import type { StageHost, StageRun } from "./stageRun.ts";

const lingerOver = 0;
const readable = 1;

/**
 * A Kafka producer: records of a partition wait for each other as a batch, whose first opens it and which leaves `linger` later or when full.
 *
 * Batches of a partition become readable in the order in which they were sent. The wait for a batch, and for the broker, is queueing; the
 * way of the batch is network.
 */
export class ProduceRun implements StageRun {
  readonly #stage: ProduceStage;
  readonly #host: StageHost;
  readonly #drawSend: () => Seconds;
  readonly #uniform: () => number;
  readonly #batchSize: number;
  /** By partition: the batch that is being filled, how many there have been, and when the last one sent can be read. */
  readonly #filling: number[][];
  readonly #generation: Int32Array;
  readonly #readableAt: Float64Array;
  /** Batches on their way, by a number that is used again. */
  readonly #sent: number[][] = [];
  readonly #free: number[] = [];
  #turn = 0;

  constructor(stage: ProduceStage, host: StageHost) {
    this.#stage = stage;
    this.#host = host;
    this.#drawSend = samplerOf(host.input, stage.name, stage.send);
    this.#uniform = streamOf(host.input, `${stage.name} partition`);
    this.#batchSize = stage.linger === 0 ? 1 : (stage.batchSize ?? Infinity);
    this.#filling = Array.from({ length: stage.partitions }, () => []);
    this.#generation = new Int32Array(stage.partitions);
    this.#readableAt = new Float64Array(stage.partitions);
  }

  enter(now: Seconds, id: number): void {
    const partition = this.#choose(id);
    this.#host.messages.partition[id] = partition;
    const batch = this.#filling[partition]!;
    batch.push(id);
    if (batch.length >= this.#batchSize) this.#send(now, partition);
    else if (batch.length === 1) {
      this.#host.schedule(now + this.#stage.linger, lingerOver, partition, this.#generation[partition]!);
    }
  }

  handle(now: Seconds, event: number, subject: number, generation: number): void {
    if (event === lingerOver) {
      if (generation === this.#generation[subject]) this.#send(now, subject);
      return;
    }
    const batch = this.#sent[subject]!;
    this.#sent[subject] = [];
    this.#free.push(subject);
    for (const id of batch) {
      this.#host.messages.readableAt[id] = now;
      this.#host.leave(now, id);
    }
  }

  #choose(id: number): number {
    const { partitions, by } = this.#stage;
    if (partitions === 1) return 0;
    if (by === "random") return Math.floor(this.#uniform() * partitions);
    if (by === "origin") return this.#host.messages.origin[id]! % partitions;
    this.#turn = (this.#turn + 1) % partitions;
    return this.#turn;
  }

  #send(now: Seconds, partition: number): void {
    const { messages } = this.#host;
    const batch = this.#filling[partition]!;
    this.#filling[partition] = [];
    this.#generation[partition]!++;
    const send = this.#drawSend();
    const at = Math.max(this.#host.brokerFrom(now) + send, this.#readableAt[partition]!);
    this.#readableAt[partition] = at;
    for (const id of batch) {
      messages.network[id]! += send;
      messages.queue[id]! += at - send - messages.enteredAt[id]!;
    }
    const number = this.#free.pop() ?? this.#sent.length;
    this.#sent[number] = batch;
    this.#host.schedule(at, readable, number);
  }
}
