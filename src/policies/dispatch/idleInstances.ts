import type { Source } from "../../random/source.ts";

export const selections = ["newest", "mru", "lru", "oldest", "random"] as const;
/** Which idle instance serves the next request. */
export type Selection = (typeof selections)[number];

/** The idle instances of a scale-per-request platform. */
export interface IdleInstances {
  add(instance: number): void;
  remove(instance: number): void;
  /** Takes one out; −1 when none is idle. */
  take(): number;
  readonly size: number;
}

/**
 * The pool of idle instances under a selection policy: newest or oldest by start, mru or lru by last use, or uniformly random.
 *
 * A plain column in order of last use, or of age: pools are small enough that shifting it beats a linked list.
 *
 * @param uniform used by `random` only
 * @param bornOf larger for an instance that was started later; used by `newest` and `oldest` only
 * @example
 * const idle = idleInstances("mru", () => 0, (instance) => instance);
 * idle.add(3);
 * idle.take() // => 3
 */
export function idleInstances(
  selection: Selection,
  uniform: Source,
  bornOf: (instance: number) => number,
): IdleInstances {
  const byAge = selection === "newest" || selection === "oldest";
  const idle: number[] = [];
  return {
    get size() {
      return idle.length;
    },
    add(instance) {
      if (byAge) idle.splice(placeAmong(idle, bornOf(instance), bornOf), 0, instance);
      else idle.push(instance);
    },
    remove(instance) {
      const place = idle.lastIndexOf(instance);
      if (place >= 0) idle.splice(place, 1);
    },
    take() {
      if (idle.length === 0) return -1;
      if (selection === "newest" || selection === "mru") return idle.pop()!;
      if (selection === "oldest" || selection === "lru") return idle.shift()!;
      const place = Math.floor(uniform() * idle.length);
      const chosen = idle[place]!;
      idle[place] = idle.at(-1)!;
      idle.pop();
      return chosen;
    },
  };
}

/** The first place whose instance is not older than `born`. */
function placeAmong(idle: readonly number[], born: number, bornOf: (instance: number) => number): number {
  let low = 0;
  let high = idle.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bornOf(idle[middle]!) < born) low = middle + 1;
    else high = middle;
  }
  return low;
}
