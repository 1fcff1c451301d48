/** Something at an instant: a request with its work, or a number of requests in an interval. */
export interface Placed {
  readonly at: number;
  readonly value: number;
  /** Which function, by its number in order of first appearance. */
  readonly origin: number;
}

/** How many are held at once, in 24 bytes each. */
const heldMax = 1 << 20;

/**
 * What a file holds in any order, in order of time and then of the file.
 *
 * Each way through the file holds the earliest ones that were not handed over yet, in memory of `held` of them whatever the
 * file's size: a file of n takes n / held ways, one where it fits.
 *
 * @param rows opens the file anew; the object may be the same each time, as the one that is handed over is
 */
export function* inOrder(rows: () => Iterable<Placed>, held = heldMax): Generator<Placed> {
  const earliest = new Earliest(held);
  let more = true;
  while (more) {
    more = false;
    let row = 0;
    for (const placed of rows()) if (earliest.add(placed, row++)) more = true;
    yield* earliest.drain();
  }
}

/** A heap of parallel columns whose root is the latest of those it holds. */
class Earliest {
  readonly #held: number;
  #at = new Float64Array(4096);
  #value = new Float64Array(4096);
  #origin = new Int32Array(4096);
  #row = new Uint32Array(4096);
  #size = 0;
  #isHeap = false;
  /** The last one that was handed over. */
  #doneAt = -Infinity;
  #doneRow = -1;

  constructor(held: number) {
    this.#held = held;
  }

  /** @returns whether this one, or one that it takes the place of, is left for another way through */
  add({ at, value, origin }: Placed, row: number): boolean {
    if (at < this.#doneAt || (at === this.#doneAt && row <= this.#doneRow)) return false;
    if (this.#size < this.#held) {
      if (this.#size === this.#at.length) this.#grow();
      this.#put(this.#size++, at, value, origin, row);
      return false;
    }
    if (!this.#isHeap) this.#makeHeap();
    // A later row of the same instant comes later.
    if (at >= this.#at[0]!) return true;
    this.#put(0, at, value, origin, row);
    this.#sink(0, this.#size);
    return true;
  }

  /** All that is held, in order; then nothing is. */
  *drain(): Generator<Placed> {
    if (this.#size === 0) return;
    this.#makeHeap();
    for (let end = this.#size - 1; end > 0; end--) {
      this.#swap(0, end);
      this.#sink(0, end);
    }
    this.#isHeap = false;
    this.#doneAt = this.#at[this.#size - 1]!;
    this.#doneRow = this.#row[this.#size - 1]!;
    const placed = { at: 0, value: 0, origin: 0 };
    for (let i = 0; i < this.#size; i++) {
      placed.at = this.#at[i]!;
      placed.value = this.#value[i]!;
      placed.origin = this.#origin[i]!;
      yield placed;
    }
    this.#size = 0;
  }

  #makeHeap(): void {
    for (let i = (this.#size >> 1) - 1; i >= 0; i--) this.#sink(i, this.#size);
    this.#isHeap = true;
  }

  #sink(from: number, size: number): void {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      if (left >= size) return;
      const later = left + 1 < size && this.#isBefore(left, left + 1) ? left + 1 : left;
      if (!this.#isBefore(i, later)) return;
      this.#swap(i, later);
      i = later;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [atA, atB] = [this.#at[a]!, this.#at[b]!];
    return atA < atB || (atA === atB && this.#row[a]! < this.#row[b]!);
  }

  #put(i: number, at: number, value: number, origin: number, row: number): void {
    this.#at[i] = at;
    this.#value[i] = value;
    this.#origin[i] = origin;
    this.#row[i] = row;
  }

  #swap(a: number, b: number): void {
    const [at, value, origin, row] = [this.#at[a]!, this.#value[a]!, this.#origin[a]!, this.#row[a]!];
    this.#put(a, this.#at[b]!, this.#value[b]!, this.#origin[b]!, this.#row[b]!);
    this.#put(b, at, value, origin, row);
  }

  #grow(): void {
    const length = Math.min(this.#held, 2 * this.#size);
    const [at, value] = [new Float64Array(length), new Float64Array(length)];
    const [origin, row] = [new Int32Array(length), new Uint32Array(length)];
    at.set(this.#at);
    value.set(this.#value);
    origin.set(this.#origin);
    row.set(this.#row);
    [this.#at, this.#value, this.#origin, this.#row] = [at, value, origin, row];
  }
}
