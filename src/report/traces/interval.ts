import { InputError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { Source } from "../../random/source.ts";

/** Memory for one interval of them is some 500 MB. */
const requestsMax = 20_000_000;

/** Requests counted per interval, given instants within it and put in order of time; memory of one interval. */
export class Interval {
  readonly #uniform: Source;
  readonly #spacing: "poisson" | "even";
  #at = new Float64Array(1024);
  #origin = new Int32Array(1024);
  #count = 0;

  readonly #file: string;

  /** @param file named where there are too many of them */
  constructor(uniform: Source, spacing: "poisson" | "even", file: string) {
    this.#uniform = uniform;
    this.#spacing = spacing;
    this.#file = file;
  }

  /** So many requests of one function, within [from, from + length). */
  add(from: Seconds, length: Seconds, requests: number, origin: number): void {
    if (this.#count + requests > requestsMax) {
      const message = `has over ${requestsMax} requests in one interval, more than are put in order at once`;
      throw new InputError(this.#file, [{ path: "", message }]);
    }
    for (let k = 0; k < requests; k++) {
      if (this.#count === this.#at.length) this.#grow();
      // Given their number, the instants of a Poisson process are uniform and independent.
      const share = this.#spacing === "poisson" ? this.#uniform() : (k + 0.5) / requests;
      this.#at[this.#count] = from + share * length;
      this.#origin[this.#count++] = origin;
    }
  }

  /** All that was added, in order of time; then nothing is left. */
  *drain(): Generator<{ readonly at: Seconds; readonly origin: number }> {
    const order = Array.from({ length: this.#count }, (_, i) => i).sort((a, b) => this.#at[a]! - this.#at[b]! || a - b);
    const found = { at: 0, origin: 0 };
    for (const i of order) {
      found.at = this.#at[i]!;
      found.origin = this.#origin[i]!;
      yield found;
    }
    this.#count = 0;
  }

  #grow(): void {
    const at = new Float64Array(2 * this.#count);
    at.set(this.#at);
    this.#at = at;
    const origin = new Int32Array(2 * this.#count);
    origin.set(this.#origin);
    this.#origin = origin;
  }
}
