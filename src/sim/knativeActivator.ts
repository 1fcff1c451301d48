import type { Seconds } from "../base/units.ts";
import { Throttler } from "../policies/dispatch/throttler.ts";
import { type ConcurrencyReporter, concurrencyReporter } from "../policies/scaling/index.ts";
import { Queue } from "./queue.ts";

/** One activator: what it sends where, what it reports, and who waits in it. */
export class KnativeActivator {
  readonly throttler: Throttler;
  readonly reporter: ConcurrencyReporter;
  readonly waiting = new Queue();
  /** Without those that have left while their number is still queued. */
  waitingCount = 0;

  constructor(now: Seconds, containerConcurrency: number, uniform: () => number) {
    this.throttler = new Throttler(containerConcurrency, uniform);
    this.reporter = concurrencyReporter(now);
  }
}
