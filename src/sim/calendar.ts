import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";

/**
 * The pending events of a simulation: a binary heap in typed columns, earliest first, ties to the one scheduled first.
 *
 * An event is three numbers, and a generation by which its owner may have forgotten it: cancelled events stay queued and are
 * dropped when they come up, because their subject's generation has moved on. Nothing is allocated once the heap has grown.
 */
export class Calendar {
  /** The event last popped. */
  time: Seconds = 0;
  kind = 0;
  subject = 0;
  generation = 0;
  /** The earliest pending instant; Infinity when empty. */
  nextTime: Seconds = Infinity;

  #size = 0;
  #sequence = 0;
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #subjects = new Int32Array(64);
  #generations = new Int32Array(64);
  #kinds = new Uint8Array(64);

  get size(): number {
    return this.#size;
  }

  schedule(time: Seconds, kind: number, subject: number, generation = 0): void {
    invariant(time >= 0, "an event needs an instant");
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (times[parent]! <= time) break; // The new event has the largest order, so a tie leaves it below.
      this.#move(parent, hole);
      hole = parent;
    }
    times[hole] = time;
    this.#orders[hole] = this.#sequence++;
    this.#subjects[hole] = subject;
    this.#generations[hole] = generation;
    this.#kinds[hole] = kind;
    this.nextTime = times[0]!;
  }

  /** Takes the earliest event into `time`, `kind`, `subject` and `generation`. */
  pop(): void {
    const times = this.#times;
    this.time = times[0]!;
    this.kind = this.#kinds[0]!;
    this.subject = this.#subjects[0]!;
    this.generation = this.#generations[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    this.nextTime = last > 0 ? times[0]! : Infinity;
  }

  /** Moves the event in column `last` down from the root to its place. */
  #sink(last: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const time = times[last]!;
    const order = orders[last]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      const right = child + 1;
      if (
        right < last &&
        (times[right]! < times[child]! || (times[right] === times[child] && orders[right]! < orders[child]!))
      ) {
        child = right;
      }
      if (times[child]! > time || (times[child] === time && orders[child]! > order)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#move(last, hole);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#orders[to] = this.#orders[from]!;
    this.#subjects[to] = this.#subjects[from]!;
    this.#generations[to] = this.#generations[from]!;
    this.#kinds[to] = this.#kinds[from]!;
  }

  #grow(): void {
    const length = 2 * this.#times.length;
    this.#times = widened(this.#times, new Float64Array(length));
    this.#orders = widened(this.#orders, new Float64Array(length));
    this.#subjects = widened(this.#subjects, new Int32Array(length));
    this.#generations = widened(this.#generations, new Int32Array(length));
    this.#kinds = widened(this.#kinds, new Uint8Array(length));
  }
}

/** The old column's values in a longer one. */
export function widened<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
