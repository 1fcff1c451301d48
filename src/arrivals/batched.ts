import type { Seconds } from "../base/units.ts";
import { type StreamName, source } from "../random/source.ts";
import type { Instants } from "./arrivals.ts";
import { type Batch, isSingle } from "./batch.ts";

/** Turns event instants into request instants: each event repeats as often as its batch says. */
export function batched(event: () => Seconds, batch: Batch, name: StreamName): Instants {
  if (isSingle(batch)) return { next: event, origin: 0 };
  const size = batch.sampler(source(...name, "batch"));
  let at: Seconds = 0;
  let left = 0;
  return {
    origin: 0,
    next: () => {
      if (left === 0) {
        at = event();
        left = at === Infinity ? 1 : size();
      }
      if (at !== Infinity) left--;
      return at;
    },
  };
}
