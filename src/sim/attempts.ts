import type { Seconds } from "../base/units.ts";
import { widened } from "./calendar.ts";

const partsEach = 5;

/** The attempts in flight of clients that may send a request more than once, in columns; a number is used again. */
export class Attempts {
  /** Of which request. */
  request = new Int32Array(64);
  sentAt = new Float64Array(64);
  /** The client waits for it no longer. */
  settled = new Uint8Array(64);
  /** The station has said how it ended. */
  reported = new Uint8Array(64);
  isCold = new Uint8Array(64);
  flags = new Uint8Array(64);
  generation = new Int32Array(64);
  #parts = new Float64Array(64 * partsEach);
  readonly #free: number[] = [];
  #used = 0;

  open(request: number, now: Seconds): number {
    const id = this.#free.pop() ?? this.#fresh();
    this.request[id] = request;
    this.sentAt[id] = now;
    this.settled[id] = 0;
    this.reported[id] = 0;
    return id;
  }

  /** Keeps what the station says of an answer on its way. */
  keep(id: number, parts: Float64Array, isCold: number, flags: number): void {
    this.#parts.set(parts, id * partsEach);
    this.isCold[id] = isCold;
    this.flags[id] = flags;
  }

  part(id: number, index: number): Seconds {
    return this.#parts[id * partsEach + index]!;
  }

  close(id: number): void {
    this.generation[id]!++;
    this.#free.push(id);
  }

  #fresh(): number {
    if (this.#used === this.request.length) {
      const length = 2 * this.#used;
      this.request = widened(this.request, new Int32Array(length));
      this.sentAt = widened(this.sentAt, new Float64Array(length));
      this.settled = widened(this.settled, new Uint8Array(length));
      this.reported = widened(this.reported, new Uint8Array(length));
      this.isCold = widened(this.isCold, new Uint8Array(length));
      this.flags = widened(this.flags, new Uint8Array(length));
      this.generation = widened(this.generation, new Int32Array(length));
      this.#parts = widened(this.#parts, new Float64Array(length * partsEach));
    }
    return this.#used++;
  }
}
