import type { Source } from "../../random/source.ts";
import { Breaker } from "./breaker.ts";
import { type PodPicker, podPicker } from "./podPicker.ts";
import { type ActivatorPlace, podSlice } from "./podSlice.ts";

/** The largest capacity a breaker of Knative can have. */
const capacityMax = 2 ** 31 - 1;

/**
 * How many requests one activator lets through at once: the container concurrency times its own pods.
 *
 * Where it does not know the pods' own addresses (a mesh), the pods behind the service's address are shared by all activators, and each lets
 * at least one request through while there is a pod.
 *
 * @param input.containerConcurrency 0 is no limit: then it is a gate, closed (0) without pods and open (Infinity) with any
 * @param input.assigned pods of its own slice; 0 where it sends to the service's address
 * @param input.backends pods behind the service's address
 * @see knative/serving pkg/activator/net/throttler.go, calculateCapacity (v0.50)
 * @example
 * throttlerCapacity({ containerConcurrency: 10, assigned: 0, backends: 3, activators: 2 }) // => 15
 */
export function throttlerCapacity(input: {
  readonly containerConcurrency: number;
  readonly assigned: number;
  readonly backends: number;
  readonly activators: number;
}): number {
  const { containerConcurrency, assigned, backends } = input;
  if (assigned <= 0 && backends <= 0) return 0;
  if (containerConcurrency === 0) return Infinity;
  if (assigned > 0) return Math.min(capacityMax, containerConcurrency * assigned);
  const share = Math.floor((containerConcurrency * backends) / Math.max(1, input.activators));
  return Math.min(capacityMax, Math.max(1, share));
}

/**
 * One activator's view of one revision: its slice of the pods, what it has sent to each, and how much it lets through in all.
 *
 * Two locks, as upstream has them: the breaker of the whole revision, whose capacity follows the pods and which still counts what runs in
 * pods that have gone from the slice, and the load of each pod. It keeps no queue; ask again when something has ended or the pods change.
 *
 * @param containerConcurrency 0 is no limit, and then every activator sends to every pod
 * @see knative/serving pkg/activator/net/throttler.go, revisionThrottler (v0.50)
 */
export class Throttler {
  readonly #containerConcurrency: number;
  readonly #pick: PodPicker;
  readonly #breaker = new Breaker({ queueDepth: Infinity, maxConcurrency: Infinity, initialCapacity: 0 });
  #assigned: readonly number[] = [];
  #load = new Int32Array(16);

  constructor(containerConcurrency: number, uniform: Source) {
    this.#containerConcurrency = containerConcurrency;
    this.#pick = podPicker(containerConcurrency, uniform);
  }

  get capacity(): number {
    return this.#breaker.capacity;
  }

  /** The numbers of the pods it sends to. */
  get assigned(): readonly number[] {
    return this.#assigned;
  }

  /** @param pods numbers of all that can serve, in order of their address */
  assign(pods: readonly number[], place: ActivatorPlace): void {
    const containerConcurrency = this.#containerConcurrency;
    this.#assigned = [...(containerConcurrency > 0 ? podSlice(pods, place) : pods)];
    const assigned = this.#assigned.length;
    for (const pod of this.#assigned) if (pod >= this.#load.length) this.#grow(pod);
    const { activators } = place;
    this.#breaker.update(throttlerCapacity({ containerConcurrency, assigned, backends: pods.length, activators }));
  }

  /** Takes a slot and returns its pod's number; −1: none is free. */
  take(): number {
    if (!this.#breaker.reserve()) return -1;
    // The breaker counts what runs in all pods, so while it lets one through some pod has a free slot.
    const pod = this.#assigned[this.#pick(this.#assigned, this.#load)]!;
    this.#load[pod]!++;
    return pod;
  }

  /** What was sent to this pod has come back. */
  release(pod: number): void {
    this.#load[pod]!--;
    this.#breaker.finish();
  }

  #grow(pod: number): void {
    const load = new Int32Array(2 * pod);
    load.set(this.#load);
    this.#load = load;
  }
}
