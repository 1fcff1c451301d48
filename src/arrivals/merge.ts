import type { Seconds } from "../base/units.ts";
import type { Instants } from "./arrivals.ts";

/**
 * Several cursors as one, in order of time; ties go to the one listed first.
 *
 * A binary heap of cursor numbers, so that thousands of devices cost log₂(count) comparisons a request.
 *
 * @param origins how many origins each cursor tells apart; the merged origins follow each other in that order
 */
export function merge(cursors: readonly Instants[], origins: readonly number[]): Instants {
  const count = cursors.length;
  const offsets = new Float64Array(count);
  for (let i = 1; i < count; i++) offsets[i] = offsets[i - 1]! + origins[i - 1]!;
  const times = Float64Array.from(cursors, (cursor) => cursor.next());
  const heap = Int32Array.from({ length: count }, (_, i) => i);
  const before = (a: number, b: number): boolean => times[a]! < times[b]! || (times[a] === times[b] && a < b);

  const sink = (start: number): void => {
    const cursor = heap[start]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, cursor)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = cursor;
  };
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(i);

  const merged = {
    origin: 0,
    next(): Seconds {
      const first = heap[0]!;
      const at = times[first]!;
      if (at === Infinity) return at;
      // Each cursor is one request ahead, so its origin is still that of the request handed over here.
      merged.origin = offsets[first]! + cursors[first]!.origin;
      times[first] = cursors[first]!.next();
      sink(0);
      return at;
    },
  };
  return merged;
}
