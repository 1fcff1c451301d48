import type { Source } from "../../random/source.ts";

/** Picks a place in `pods` (numbers of pods, in order of their address) by `load` (requests in flight by pod number); −1: none has room. */
export type PodPicker = (pods: readonly number[], load: Int32Array) => number;

/**
 * How Knative's activator spreads requests over a revision's pods.
 *
 * No limit: of two random pods the one with fewer requests in flight, ties random. Limit 1 to 3: the first with a free slot, which
 * packs. More: round robin over pods with a free slot.
 *
 * @param containerConcurrency 0 is no limit
 * @see knative/serving pkg/activator/net/lb_policy.go (v0.50)
 */
export function podPicker(containerConcurrency: number, uniform: Source): PodPicker {
  if (containerConcurrency === 0) return (pods, load) => lessLoadedOfTwo(pods, load, uniform);
  if (containerConcurrency <= 3) return (pods, load) => firstFree(pods, load, containerConcurrency);
  let turn = 0;
  return (pods, load) => {
    if (turn >= pods.length) turn = 0;
    for (let k = 0; k < pods.length; k++) {
      const place = (turn + k) % pods.length;
      if (load[pods[place]!]! >= containerConcurrency) continue;
      turn = place + 1;
      return place;
    }
    return -1;
  };
}

function firstFree(pods: readonly number[], load: Int32Array, slots: number): number {
  for (let place = 0; place < pods.length; place++) if (load[pods[place]!]! < slots) return place;
  return -1;
}

function lessLoadedOfTwo(pods: readonly number[], load: Int32Array, uniform: Source): number {
  const n = pods.length;
  if (n < 2) return n - 1;
  const one = Math.floor(uniform() * n);
  let other = Math.floor(uniform() * (n - 1));
  if (other >= one) other++;
  const gap = load[pods[one]!]! - load[pods[other]!]!;
  if (gap === 0) return uniform() < 0.5 ? one : other;
  return gap < 0 ? one : other;
}
