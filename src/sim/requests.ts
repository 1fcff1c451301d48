import type { Seconds } from "../base/units.ts";
import { widened } from "./calendar.ts";

const free = 0;
/** Where a request in flight is. */
export const waiting = 1;
export const serving = 2;
/** Gone while still in a queue's column, such as by its timeout. */
export const left = 3;

/** Flags of a request. */
export const triggeredStart = 1;
export const inTriggerBatch = 2;
export const inColdBusyPeriod = 4;

/** The requests in flight, in columns; a request's number is used again once it is over. */
export class Requests {
  at = new Float64Array(64);
  /** Service demand at the full speed of one core, the target's work factor applied. */
  work = new Float64Array(64);
  /** The start of the request's own instance. */
  start = new Float64Array(64);
  /** Network and overhead, added after completion. */
  network = new Float64Array(64);
  /** The part of the wait before its instance was ready. */
  cold = new Float64Array(64);
  isCold = new Uint8Array(64);
  state = new Uint8Array(64);
  flags = new Uint8Array(64);
  instance = new Int32Array(64);
  /** Under which its outcome is told. */
  number = new Int32Array(64);
  /** Moves on when a number is used again, so that a late event knows. */
  generation = new Int32Array(64);
  inFlight = 0;

  #free = new Int32Array(64);
  #freeCount = 0;
  #used = 0;

  open(at: Seconds, work: Seconds, network: Seconds, number: number): number {
    const id = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#fresh();
    this.at[id] = at;
    this.work[id] = work;
    this.network[id] = network;
    this.number[id] = number;
    this.start[id] = 0;
    this.instance[id] = -1;
    this.cold[id] = 0;
    this.isCold[id] = 0;
    this.flags[id] = 0;
    this.state[id] = waiting;
    this.inFlight++;
    return id;
  }

  /** The request is over, and nothing refers to it any more. */
  close(id: number): void {
    this.inFlight--;
    this.release(id);
  }

  /** The request is over, but a queue still holds its number; `release` it when it comes up there. */
  abandon(id: number): void {
    this.inFlight--;
    this.state[id] = left;
  }

  /** Those at one instance; a look at all, for what is rare. */
  atInstance(instance: number): number[] {
    const found: number[] = [];
    for (let id = 0; id < this.#used; id++) {
      const isThere = this.state[id] === waiting || this.state[id] === serving;
      if (isThere && this.instance[id] === instance) found.push(id);
    }
    return found;
  }

  release(id: number): void {
    this.state[id] = free;
    this.generation[id]!++;
    this.#free[this.#freeCount++] = id;
  }

  #fresh(): number {
    if (this.#used === this.at.length) {
      const length = 2 * this.#used;
      this.at = widened(this.at, new Float64Array(length));
      this.work = widened(this.work, new Float64Array(length));
      this.start = widened(this.start, new Float64Array(length));
      this.network = widened(this.network, new Float64Array(length));
      this.cold = widened(this.cold, new Float64Array(length));
      this.isCold = widened(this.isCold, new Uint8Array(length));
      this.state = widened(this.state, new Uint8Array(length));
      this.flags = widened(this.flags, new Uint8Array(length));
      this.instance = widened(this.instance, new Int32Array(length));
      this.number = widened(this.number, new Int32Array(length));
      this.generation = widened(this.generation, new Int32Array(length));
      this.#free = widened(this.#free, new Int32Array(length));
    }
    return this.#used++;
  }
}
