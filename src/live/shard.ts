import { check } from "../base/check.ts";
import type { OutcomeLog } from "./outcomes.ts";

/** One sender's part of a schedule: requests index, index + of, index + 2·of and so on. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const wholeSchedule: Shard = { index: 0, of: 1 };

interface Arrivals {
  readonly at: Float64Array;
  readonly work: Float64Array;
}

/**
 * The requests of one shard, in their order.
 *
 * @example
 * [...shardArrivals({ at: Float64Array.of(0, 1, 2), work: Float64Array.of(5, 6, 7) }, { index: 0, of: 2 }).at] // => [0, 2]
 */
export function shardArrivals({ at, work }: Arrivals, { index, of }: Shard): Arrivals {
  check(Number.isInteger(index) && index >= 0 && index < of, "shardArrivals", "index must be from 0 to of − 1", index);
  const own = (column: Float64Array): Float64Array => {
    const part = new Float64Array(rowsOf(column, { index, of }));
    for (let row = 0; row < part.length; row++) part[row] = column[index + row * of]!;
    return part;
  };
  return { at: own(at), work: own(work) };
}

const rowsOf = ({ length }: Float64Array, { index, of }: Shard): number =>
  Math.max(Math.ceil((length - index) / of), 0);

/**
 * Fills the log of a whole schedule from one log per shard, exactly as a single sender of all requests would have.
 *
 * Requests of a shard that is not there stay `unsent`.
 *
 * @param parts by the shard's index
 * @throws {RangeError} if a part is not of the shard's requests
 */
export function fillFromShards(log: OutcomeLog, parts: ReadonlyMap<number, OutcomeLog>, of: number): void {
  for (const [index, part] of parts) {
    check(
      isOfShard(part, log, { index, of }),
      "fillFromShards",
      "a part must be of the shard's own requests",
      `${part.length} rows as shard ${index}`,
    );
    for (let row = 0; row < part.length; row++) log.copyRow(index + row * of, part, row);
  }
}

function isOfShard(part: OutcomeLog, whole: OutcomeLog, shard: Shard): boolean {
  if (part.length !== rowsOf(whole.at, shard)) return false;
  for (let row = 0; row < part.length; row++) {
    if (part.at[row] !== whole.at[shard.index + row * shard.of]) return false;
  }
  return true;
}
