import type { PartitionOffsets } from "../policies/scaling/index.ts";
import { Queue } from "./queue.ts";

/**
 * One partition of a topic as a consumer group sees it: what waits, what is in hand, and how far it has committed.
 *
 * Messages are taken in order and may end in any order; what can be committed is the offset before which everything has ended.
 */
export class PartitionLog {
  /** Numbers of the requests that wait, the oldest first. */
  readonly #waiting = new Queue();
  /** Offsets in hand or done beyond `#done`, in a ring by offset: 1 where it is done. */
  #ended = new Uint8Array(64);
  #end = 0;
  #taken = 0;
  #done = 0;
  #committed: number;

  /** @param hasOffset whether the group has committed here before; without one KEDA's reset policy decides what the lag is */
  constructor(hasOffset = true) {
    this.#committed = hasOffset ? 0 : -1;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Messages that the group has not committed yet. */
  get lag(): number {
    return this.#end - Math.max(0, this.#committed);
  }

  offsets(topic: string, partition: number): PartitionOffsets {
    return { topic, partition, committedOffset: this.#committed, latestOffset: this.#end };
  }

  append(id: number): void {
    this.#waiting.push(id);
    this.#end++;
  }

  /** Takes the oldest into hand; ask `waiting` first. Its offset is `lastTaken`. */
  take(): number {
    if (this.#taken - this.#done === this.#ended.length) this.#grow();
    this.#ended[this.#taken++ & (this.#ended.length - 1)] = 0;
    return this.#waiting.shift();
  }

  get lastTaken(): number {
    return this.#taken - 1;
  }

  /** The message at this offset is over. */
  finish(offset: number): void {
    const mask = this.#ended.length - 1;
    this.#ended[offset & mask] = 1;
    while (this.#done < this.#taken && this.#ended[this.#done & mask] === 1) this.#done++;
  }

  /** Commits everything before the first message that is not over; with nothing taken yet, that the group stands at the beginning. */
  commit(): void {
    this.#committed = this.#done;
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#ended.length);
    for (let offset = this.#done; offset < this.#taken; offset++) {
      larger[offset & (larger.length - 1)] = this.#ended[offset & (this.#ended.length - 1)]!;
    }
    this.#ended = larger;
  }
}
