/** A first-in first-out queue of integers in a ring that doubles when full. */
export class Queue {
  #ring = new Int32Array(64);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: number): void {
    if (this.#size === this.#ring.length) {
      const larger = new Int32Array(2 * this.#size);
      for (let i = 0; i < this.#size; i++) larger[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)]!;
      this.#ring = larger;
      this.#head = 0;
    }
    this.#ring[(this.#head + this.#size++) & (this.#ring.length - 1)] = value;
  }

  /** The oldest; undefined behaviour when empty, so ask `size` first. */
  shift(): number {
    const value = this.#ring[this.#head]!;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    return value;
  }

  get first(): number {
    return this.#ring[this.#head]!;
  }
}
