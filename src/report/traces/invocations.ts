import type { Seconds } from "../../base/units.ts";
import type { ImportSource } from "../importers/index.ts";
import { refuse } from "../importers/reading.ts";
import { inOrder } from "./inOrder.ts";
import type { TraceRequest } from "./traceFormat.ts";

/** One invocation as a file has it; the same object may be handed over again and again. */
export interface Invocation {
  readonly at: Seconds;
  readonly work: Seconds;
  readonly name: string;
}

/** The requests of a file that is not in order of their starts, from the first one's start on. */
export function* requestsOf(source: ImportSource, rows: () => Iterable<Invocation>): Generator<TraceRequest> {
  const origins = new Origins();
  const placed = { at: 0, value: 0, origin: 0 };
  function* placedRows() {
    for (const { at, work, name } of rows()) {
      placed.at = at;
      placed.value = work;
      placed.origin = origins.of(name);
      yield placed;
    }
  }
  const request = { atSeconds: 0, workSeconds: 0, origin: 0 };
  let first = Number.NaN;
  for (const { at, value, origin } of inOrder(placedRows)) {
    if (Number.isNaN(first)) first = at;
    request.atSeconds = at - first;
    request.workSeconds = value;
    request.origin = origin;
    yield request;
  }
  if (Number.isNaN(first)) refuse(source, "holds no invocation that was asked for");
}

/** Functions by their number in order of first appearance. */
export class Origins {
  readonly #numbers = new Map<string, number>();

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    // A cell is a view of the piece of the file that was read; as a copy it does not keep that piece in memory.
    this.#numbers.set(`${name} `.slice(0, -1), number);
    return number;
  }
}
