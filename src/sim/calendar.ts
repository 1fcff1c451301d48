import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";

/** Kind and subject share a column: the kind in the last bits. */
const kindBits = 5;
const kindMask = (1 << kindBits) - 1;

/**
 * The pending events of a simulation: a binary heap in typed columns, earliest first, ties to the one scheduled first.
 *
 * An event is three numbers (a subject is below 2²⁶, a kind below 2⁵), and a generation by which its owner may have forgotten it: cancelled events stay queued and are
 * dropped when they come up, because their subject's generation has moved on. Nothing is allocated once the heap has grown.
 * Events that always lie the same time ahead, such as a constant keep-alive, come in order by themselves: `append` keeps them in a
 * ring beside the heap, at a cost that does not grow with their number.
 */
export class Calendar {
  /** The event last popped. */
  time: Seconds = 0;
  kind = 0;
  subject = 0;
  generation = 0;
  /** The earliest pending instant; Infinity when empty. */
  nextTime: Seconds = Infinity;

  #sequence = 0;
  #size = 0;
  /** Two numbers an event, side by side so that a move touches one line of the cache: instant and order; kind with subject, and generation. */
  #keys = new Float64Array(2 * 64);
  #subjects = new Int32Array(2 * 64);
  /** The ring, in the same columns. */
  #head = 0;
  #inLine = 0;
  #lastInLine: Seconds = 0;
  #lineKeys = new Float64Array(2 * 64);
  #lineSubjects = new Int32Array(2 * 64);

  get size(): number {
    return this.#size + this.#inLine;
  }

  schedule(time: Seconds, kind: number, subject: number, generation = 0): void {
    invariant(time >= 0, "an event needs an instant");
    if (2 * this.#size === this.#keys.length) this.#grow();
    this.#rise(this.#size++, time, this.#sequence++, (subject << kindBits) | kind, generation);
    if (time < this.nextTime) this.nextTime = time;
  }

  /** The same for an event that is no earlier than the one last appended; any other goes to the heap. */
  append(time: Seconds, kind: number, subject: number, generation = 0): void {
    if (this.#inLine > 0 && !(time >= this.#lastInLine)) {
      this.schedule(time, kind, subject, generation);
      return;
    }
    invariant(time >= 0, "an event needs an instant");
    const mask = this.#lineKeys.length - 1;
    if (2 * this.#inLine > mask) {
      this.#growLine();
      this.append(time, kind, subject, generation);
      return;
    }
    const place = (this.#head + 2 * this.#inLine++) & mask;
    this.#lineKeys[place] = time;
    this.#lineKeys[place + 1] = this.#sequence++;
    this.#lineSubjects[place] = (subject << kindBits) | kind;
    this.#lineSubjects[place + 1] = generation;
    this.#lastInLine = time;
    if (time < this.nextTime) this.nextTime = time;
  }

  /** Takes the earliest event into `time`, `kind`, `subject` and `generation`. */
  pop(): void {
    const keys = this.#keys;
    const head = this.#head;
    if (this.#inLine > 0 && (this.#size === 0 || isBefore(this.#lineKeys, head, keys, 0))) {
      this.#take(this.#lineKeys, this.#lineSubjects, head);
      this.#head = (head + 2) & (this.#lineKeys.length - 1);
      this.#inLine--;
    } else {
      this.#take(keys, this.#subjects, 0);
      const last = --this.#size;
      if (last > 0) this.#sink(last);
    }
    const next = this.#size > 0 ? keys[0]! : Infinity;
    const inLine = this.#inLine > 0 ? this.#lineKeys[this.#head]! : Infinity;
    this.nextTime = inLine < next ? inLine : next;
  }

  #take(keys: Float64Array, subjects: Int32Array, place: number): void {
    this.time = keys[place]!;
    this.kind = subjects[place]! & kindMask;
    this.subject = subjects[place]! >> kindBits;
    this.generation = subjects[place + 1]!;
  }

  /** Puts an event where it belongs on the way from a hole to the root. */
  #rise(from: number, time: Seconds, order: number, subject: number, generation: number): void {
    const keys = this.#keys;
    const subjects = this.#subjects;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = keys[2 * parent]!;
      if (above < time || (above === time && keys[2 * parent + 1]! < order)) break;
      keys[2 * hole] = above;
      keys[2 * hole + 1] = keys[2 * parent + 1]!;
      subjects[2 * hole] = subjects[2 * parent]!;
      subjects[2 * hole + 1] = subjects[2 * parent + 1]!;
      hole = parent;
    }
    keys[2 * hole] = time;
    keys[2 * hole + 1] = order;
    subjects[2 * hole] = subject;
    subjects[2 * hole + 1] = generation;
  }

  /** Fills the root: the hole goes down to a leaf, where the last event, which mostly belongs there, rises from. */
  #sink(last: number): void {
    const keys = this.#keys;
    const subjects = this.#subjects;
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) {
      if (child + 1 < last && isBefore(keys, 2 * child + 2, keys, 2 * child)) child++;
      keys[2 * hole] = keys[2 * child]!;
      keys[2 * hole + 1] = keys[2 * child + 1]!;
      subjects[2 * hole] = subjects[2 * child]!;
      subjects[2 * hole + 1] = subjects[2 * child + 1]!;
      hole = child;
    }
    this.#rise(hole, keys[2 * last]!, keys[2 * last + 1]!, subjects[2 * last]!, subjects[2 * last + 1]!);
  }

  #grow(): void {
    this.#keys = widened(this.#keys, new Float64Array(2 * this.#keys.length));
    this.#subjects = widened(this.#subjects, new Int32Array(2 * this.#subjects.length));
  }

  /** A ring twice as long, from its head on. */
  #growLine(): void {
    const head = this.#head;
    const length = this.#lineKeys.length;
    const keys = new Float64Array(2 * length);
    const subjects = new Int32Array(2 * length);
    for (let i = 0; i < length; i++) {
      keys[i] = this.#lineKeys[(head + i) & (length - 1)]!;
      subjects[i] = this.#lineSubjects[(head + i) & (length - 1)]!;
    }
    this.#lineKeys = keys;
    this.#lineSubjects = subjects;
    this.#head = 0;
  }
}

function isBefore(keys: Float64Array, place: number, others: Float64Array, other: number): boolean {
  const time = keys[place]!;
  const otherTime = others[other]!;
  return time < otherTime || (time === otherTime && keys[place + 1]! < others[other + 1]!);
}

/** The old column's values in a longer one. */
export function widened<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
