import type { Seconds } from "../../base/units.ts";
import type { ImportSource } from "../importers/index.ts";
import { refuse } from "../importers/reading.ts";
import type { TraceRequest } from "./traceFormat.ts";

/** Invocations in any order, twenty bytes each, for files that are not in order of their starts. */
export class Invocations {
  #at = new Float64Array(4096);
  #work = new Float64Array(4096);
  #origin = new Int32Array(4096);
  #used = 0;
  readonly #names = new Map<string, number>();

  add(at: Seconds, work: Seconds, name: string): void {
    if (this.#used === this.#at.length) this.#grow();
    let origin = this.#names.get(name);
    if (origin === undefined) {
      origin = this.#names.size;
      this.#names.set(name, origin);
    }
    this.#at[this.#used] = at;
    this.#work[this.#used] = work;
    this.#origin[this.#used++] = origin;
  }

  /** From the first one's start on. */
  *inOrder(source: ImportSource): Generator<TraceRequest> {
    if (this.#used === 0) refuse(source, "holds no invocation that was asked for");
    const order = Uint32Array.from({ length: this.#used }, (_, i) => i).sort(
      (a, b) => this.#at[a]! - this.#at[b]! || a - b,
    );
    const first = this.#at[order[0]!]!;
    const request = { atSeconds: 0, workSeconds: 0, origin: 0 };
    for (const i of order) {
      request.atSeconds = this.#at[i]! - first;
      request.workSeconds = this.#work[i]!;
      request.origin = this.#origin[i]!;
      yield request;
    }
  }

  #grow(): void {
    const size = 2 * this.#used;
    const [at, work, origin] = [new Float64Array(size), new Float64Array(size), new Int32Array(size)];
    at.set(this.#at);
    work.set(this.#work);
    origin.set(this.#origin);
    [this.#at, this.#work, this.#origin] = [at, work, origin];
  }
}
