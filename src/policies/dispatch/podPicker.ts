import type { Source } from "../../random/source.ts";

/** Picks a place in `pods` (numbers of pods, in order of their address) by `load` (requests in flight by pod number); −1: none has room. */
export type PodPicker = (pods: readonly number[], load: Int32Array) => number;

/**
 * How an activator of Knative can spread requests over pods with so many slots each.
 *
 * @see knative/serving pkg/activator/net/lb_policy.go (v0.50)
 */
export const podPolicies = {
  /** Of two random pods the one with fewer requests in flight, ties random; knows no limit. */
  randomChoice2: (_slots: number, uniform: Source): PodPicker => {
    return (pods, load) => lessLoadedOfTwo(pods, load, uniform);
  },
  /** The first with a free slot, which packs. */
  firstAvailable: (slots: number): PodPicker => {
    return (pods, load) => firstFree(pods, load, slots);
  },
  /** In turn, over those with a free slot. */
  roundRobin: (slots: number): PodPicker => {
    let turn = 0;
    return (pods, load) => {
      if (turn >= pods.length) turn = 0;
      for (let k = 0; k < pods.length; k++) {
        const place = (turn + k) % pods.length;
        if (load[pods[place]!]! >= slots) continue;
        turn = place + 1;
        return place;
      }
      return -1;
    };
  },
} as const;

/**
 * How Knative's activator spreads requests over a revision's pods: by two random choices without a limit, the first available up to a
 * limit of 3, in turn above.
 *
 * @param containerConcurrency 0 is no limit
 * @see knative/serving pkg/activator/net/throttler.go, newRevisionThrottler (v0.50)
 */
export function podPicker(containerConcurrency: number, uniform: Source): PodPicker {
  if (containerConcurrency === 0) return podPolicies.randomChoice2(Infinity, uniform);
  if (containerConcurrency <= 3) return podPolicies.firstAvailable(containerConcurrency);
  return podPolicies.roundRobin(containerConcurrency);
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
