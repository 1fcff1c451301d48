import type { Seconds } from "../../base/units.ts";
import { Histogram } from "../../stats/histogram.ts";
import { RunningMoments } from "../../stats/moments.ts";
import type { ImportedLaw, ImportSource } from "./importer.ts";
import { isTime, refuse } from "./reading.ts";

/** More requests than these are kept as a histogram of three digits. */
const keptMax = 1 << 20;

/** Times as they come: each one in eight bytes, until there are too many. */
export class Times {
  #values = new Float64Array(1024);
  #count = 0;
  /** Of all, once there are too many. */
  #histogram: Histogram | undefined;
  readonly #moments = new RunningMoments();

  get count(): number {
    return this.#count;
  }

  /** @returns false where it is no time */
  add(seconds: Seconds): boolean {
    if (!isTime(seconds)) return false;
    if (this.#count === keptMax) this.#tooMany();
    if (this.#histogram === undefined) this.#keep(seconds);
    else this.#record(seconds);
    this.#count++;
    return true;
  }

  /** Every time; none where they were too many. */
  values(): Float64Array {
    return this.#values.slice(0, this.#count);
  }

  /** @throws {InputError} where there is none */
  law(source: ImportSource): ImportedLaw {
    if (this.#count === 0) return refuse(source, "holds no request that succeeded");
    if (this.#histogram === undefined) return { holds: "sample", seconds: this.values() };
    return { holds: "histogram", fine: this.#histogram, stated: { mean: this.#moments.mean } };
  }

  #tooMany(): void {
    this.#histogram = new Histogram();
    for (const value of this.#values) this.#record(value);
    this.#values = new Float64Array();
  }

  #keep(seconds: Seconds): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = seconds;
  }

  #record(seconds: Seconds): void {
    this.#histogram!.record(seconds);
    this.#moments.record(seconds);
  }
}
