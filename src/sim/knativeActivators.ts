import type { ActivatorPlace } from "../policies/dispatch/podSlice.ts";
import { Throttler } from "../policies/dispatch/throttler.ts";
import { type ConcurrencyReporter, concurrencyReporter } from "../policies/scaling/index.ts";
import type { KnativeSpec } from "../scenario/scenario.ts";
import { Queue } from "./queue.ts";

/** One activator: what it sends where, what it reports, and who waits in it. */
export interface KnativeActivator {
  readonly throttler: Throttler;
  readonly reporter: ConcurrencyReporter;
  readonly waiting: Queue;
  /** Without those that have left while their number is still queued. */
  waitingCount: number;
  /** Its place when it last was in the path; one that leaves keeps its pods for what it still holds. */
  place: ActivatorPlace;
}

/** The pods of the activator's own Deployment, the first so many of them in the revision's path. */
export class KnativeActivators {
  readonly all: readonly KnativeActivator[];
  readonly #uniform: () => number;
  #inPath = 0;

  constructor({ activators, containerConcurrency }: KnativeSpec, uniform: () => number) {
    this.#uniform = uniform;
    this.all = Array.from({ length: activators }, () => ({
      throttler: new Throttler(containerConcurrency, uniform),
      reporter: concurrencyReporter(0),
      waiting: new Queue(),
      waitingCount: 0,
      place: { index: -1, activators: 1 },
    }));
  }

  /** The number of the activator that the ingress sends the next request to. */
  choose(): number {
    return this.#inPath === 1 ? 0 : Math.floor(this.#uniform() * this.#inPath);
  }

  /** So many are wanted in the path; returns whether that changes anything. */
  pathThrough(wanted: number): boolean {
    const activators = Math.min(wanted, this.all.length);
    if (activators === this.#inPath) return false;
    this.#inPath = activators;
    for (let index = 0; index < activators; index++) this.all[index]!.place = { index, activators };
    return true;
  }

  assign(pods: readonly number[]): void {
    for (const { throttler, place } of this.all) throttler.assign(pods, place);
  }
}
