import type { Seconds } from "../../base/units.ts";
import type { AggregatorStage, CollectorStage, TriggerStage } from "../../scenario/pipeline.ts";
import { Dispatcher } from "../dispatcher.ts";
import { samplerOf, streamOf } from "../run.ts";
import type { StageHost, StageRun } from "./stageRun.ts";

const fetched = 0;
const worked = 1;
const commit = 2;
const rebalance = 3;

/**
 * A consumer group: an aggregator and a collector work on one record at a time; a trigger hands records to the stage after it, at most so
 * many of each consumer at once, and hears when they are over.
 *
 * A consumer always has one fetch waiting at the broker: it leaves when something is readable and the one before has come back, and brings
 * all that is readable when it leaves. Where what it brought is written in a transaction, the next one waits for the end of that. Fetching
 * and working are network in a request's parts, waiting is queueing.
 */
export class ConsumerRun implements StageRun {
  readonly dispatcher: Dispatcher;
  readonly #stage: AggregatorStage | TriggerStage | CollectorStage;
  readonly #host: StageHost;
  readonly #drawFetch: () => Seconds;
  readonly #drawWork: (() => Seconds) | null;
  readonly #drawTransaction: (() => Seconds) | null;
  readonly #drawEvery: (() => Seconds) | null;
  readonly #drawPause: (() => Seconds) | null;
  /** By consumer: when its last fetch left, when it came back, and how long it took. */
  readonly #leftAt: Float64Array;
  readonly #backAt: Float64Array;
  readonly #took: Float64Array;
  /** By consumer: how long its present transaction goes on after the last record, and when it is over. */
  readonly #transaction: Float64Array;
  readonly #committedAt: Float64Array;
  #pausedUntil: Seconds = 0;

  constructor(stage: AggregatorStage | TriggerStage | CollectorStage, partitions: number, host: StageHost) {
    this.#stage = stage;
    this.#host = host;
    const { input } = host;
    const { name, rebalance: pauses, consumers, autoCommitInterval } = stage;
    this.#drawFetch = samplerOf(input, `${name} fetch`, stage.fetch);
    this.#drawWork = stage.kind === "trigger" ? null : samplerOf(input, `${name} work`, stage.work);
    const transaction = stage.kind === "aggregator" ? stage.transaction : undefined;
    this.#drawTransaction = transaction === undefined ? null : samplerOf(input, `${name} transaction`, transaction);
    this.#drawEvery = pauses === undefined ? null : samplerOf(input, `${name} rebalance`, pauses.every);
    this.#drawPause = pauses === undefined ? null : samplerOf(input, `${name} pause`, pauses.pause);
    this.#leftAt = new Float64Array(consumers).fill(-1);
    this.#backAt = new Float64Array(consumers);
    this.#took = new Float64Array(consumers);
    this.#transaction = new Float64Array(consumers);
    this.#committedAt = new Float64Array(consumers);
    const inFlight = stage.kind === "trigger" ? stage.inFlight : 1;
    this.dispatcher = new Dispatcher({ partitions, inFlight, commitsEach: autoCommitInterval === 0 });
    for (let consumer = 0; consumer < consumers; consumer++) this.dispatcher.join(0, consumer);
    if (autoCommitInterval > 0) host.schedule(streamOf(input, `${name} commit`)() * autoCommitInterval, commit, 0);
    if (this.#drawEvery !== null) host.schedule(this.#drawEvery(), rebalance, 0);
  }

  enter(now: Seconds, id: number): void {
    this.dispatcher.append(id, this.#host.messages.partition[id]!);
    this.#offerAll(now);
  }

  handle(now: Seconds, event: number, subject: number): void {
    switch (event) {
      case fetched:
        this.#begin(now, subject);
        break;
      case worked:
        this.#finish(now, subject);
        break;
      case commit:
        this.dispatcher.commit();
        this.#host.schedule(now + this.#stage.autoCommitInterval, commit, 0);
        break;
      case rebalance:
        this.#rebalance(now, subject === 1);
        break;
    }
  }

  over(now: Seconds, id: number): void {
    this.#offer(now, this.dispatcher.finish(id));
  }

  /** The hand is free before the record goes on, which may end it. */
  #finish(now: Seconds, id: number): void {
    const consumer = this.dispatcher.finish(id);
    if (this.#drawTransaction !== null) this.#committedAt[consumer] = now + this.#transaction[consumer]!;
    this.#host.leave(now, id);
    this.#offer(now, consumer);
  }

  #offerAll(now: Seconds): void {
    for (const consumer of this.dispatcher.consumers) {
      if (this.dispatcher.waiting === 0) return;
      this.#offer(now, consumer);
    }
  }

  /** Gives a consumer what its hands hold. */
  #offer(now: Seconds, consumer: number): void {
    if (now < this.#pausedUntil) return;
    const { messages } = this.#host;
    for (;;) {
      const id = this.dispatcher.take(now, consumer);
      if (id < 0) return;
      const readable = messages.readableAt[id]!;
      if (readable > this.#leftAt[consumer]!) this.#fetch(readable, consumer);
      const begin = Math.max(now, this.#backAt[consumer]!);
      const fetching = Math.min(begin - readable, this.#took[consumer]!);
      messages.network[id]! += fetching;
      messages.queue[id]! += begin - readable - fetching;
      if (begin > now) this.#host.schedule(begin, fetched, id);
      else this.#begin(now, id);
    }
  }

  #fetch(readable: Seconds, consumer: number): void {
    const left = this.#host.brokerFrom(Math.max(readable, this.#backAt[consumer]!, this.#committedAt[consumer]!));
    if (this.#drawTransaction !== null) this.#transaction[consumer] = this.#drawTransaction();
    const took = this.#drawFetch();
    this.#leftAt[consumer] = left;
    this.#took[consumer] = took;
    this.#backAt[consumer] = left + took;
  }

  #begin(now: Seconds, id: number): void {
    if (this.#drawWork === null) {
      this.#host.leave(now, id);
      return;
    }
    const work = this.#drawWork();
    this.#host.messages.network[id]! += work;
    this.#host.schedule(now + work, worked, id);
  }

  /** The whole group stops taking records for a while; what is in hand goes on. */
  #rebalance(now: Seconds, isOver: boolean): void {
    if (isOver) {
      this.#offerAll(now);
      return;
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + this.#drawPause!());
    this.#host.schedule(this.#pausedUntil, rebalance, 1);
    this.#host.schedule(now + Math.max(1e-3, this.#drawEvery!()), rebalance, 0);
  }
}
