import type { Seconds } from "../base/units.ts";
import { widened } from "./calendar.ts";

/**
 * Requests that share cores equally: each of n runs at rate min(1, cores/n), at most one core a request.
 *
 * Kept in attained service ("virtual time"), in which every request's end is fixed when it enters: O(log n) per change, whatever n.
 */
export class SharedCores {
  readonly #cores: number;
  /** Service each request present since the beginning would have attained. */
  #attained = 0;
  #updatedAt: Seconds = 0;
  #size = 0;
  #speed = 1;
  #ends = new Float64Array(16);
  #ids = new Int32Array(16);

  constructor(cores: number) {
    this.#cores = cores;
  }

  get size(): number {
    return this.#size;
  }

  add(now: Seconds, id: number, demand: Seconds): void {
    this.#advance(now);
    if (this.#size === this.#ends.length) {
      this.#ends = widened(this.#ends, new Float64Array(2 * this.#size));
      this.#ids = widened(this.#ids, new Int32Array(2 * this.#size));
    }
    const end = this.#attained + demand;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#ends[parent]! <= end) break;
      this.#ends[hole] = this.#ends[parent]!;
      this.#ids[hole] = this.#ids[parent]!;
      hole = parent;
    }
    this.#ends[hole] = end;
    this.#ids[hole] = id;
  }

  /** When the next request ends if nothing changes; Infinity when empty. */
  nextEnd(now: Seconds): Seconds {
    if (this.#size === 0) return Infinity;
    return now + Math.max(0, this.#ends[0]! - this.#attained) / this.#rate();
  }

  /** Takes out the request whose end has come. */
  pop(now: Seconds): number {
    const id = this.#ids[0]!;
    this.#attained = this.#ends[0]!; // Exactly, so that rounding does not accumulate.
    this.#updatedAt = now;
    const last = --this.#size;
    const end = this.#ends[last]!;
    const moved = this.#ids[last]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#ends[child + 1]! < this.#ends[child]!) child++;
      if (this.#ends[child]! >= end) break;
      this.#ends[hole] = this.#ends[child]!;
      this.#ids[hole] = this.#ids[child]!;
      hole = child;
    }
    this.#ends[hole] = end;
    this.#ids[hole] = moved;
    if (last === 0) this.#attained = 0;
    return id;
  }

  /** Takes out one that has not ended; its place is searched for, because that is rare. */
  remove(now: Seconds, id: number): void {
    this.#advance(now);
    const place = this.#ids.subarray(0, this.#size).indexOf(id);
    if (place < 0) return;
    // Up to the root as if it ended next, and out.
    for (let hole = place; hole > 0; ) {
      const parent = (hole - 1) >> 1;
      this.#ends[hole] = this.#ends[parent]!;
      this.#ids[hole] = this.#ids[parent]!;
      hole = parent;
    }
    const attained = this.#attained;
    this.#ends[0] = attained;
    this.#ids[0] = id;
    this.pop(now);
    if (this.#size > 0) this.#attained = attained;
  }

  /** From now on the cores work at this share of their speed. */
  setSpeed(now: Seconds, speed: number): void {
    this.#advance(now);
    this.#speed = speed;
  }

  #rate(): number {
    return this.#speed * Math.min(1, this.#cores / this.#size);
  }

  #advance(now: Seconds): void {
    if (this.#size > 0) this.#attained += (now - this.#updatedAt) * this.#rate();
    this.#updatedAt = now;
  }
}
