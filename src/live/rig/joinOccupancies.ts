import { check } from "../../base/check.ts";
import type { Occupancy } from "../occupancy.ts";

/** Several processes' counts as one target's: numbers add up; the states are those of the whole only where there is one. */
export function joinOccupancies([first, ...rest]: readonly Occupancy[]): Occupancy {
  check(first !== undefined, "joinOccupancies", "at least one is needed", first);
  let sum = first;
  for (const next of rest) {
    sum = {
      ...sum,
      starting: sum.starting + next.starting,
      ready: sum.ready + next.ready,
      busy: sum.busy + next.busy,
      starts: sum.starts + next.starts,
      startingSteps: added(sum.startingSteps, next.startingSteps),
      readySteps: added(sum.readySteps, next.readySteps),
      startSeconds: [...sum.startSeconds, ...next.startSeconds],
      orderedAtSeconds: [...sum.orderedAtSeconds, ...next.orderedAtSeconds],
    };
  }
  return sum;
}

const added = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
