import type { Seconds } from "../base/units.ts";
import type { KedaHttpAutoscaler } from "../scenario/autoscaler.ts";

/**
 * What the interceptor of KEDA's HTTP add-on counts: requests in hand at this instant, or requests per second over a window in steps.
 *
 * The window is a ring of `window / granularity` counts, averaged over the whole of it from the beginning on.
 */
export class HttpLoad {
  readonly #spec: KedaHttpAutoscaler;
  readonly #counts: Float64Array;
  #step = 0;
  #sum = 0;
  inHand = 0;

  constructor(spec: KedaHttpAutoscaler) {
    this.#spec = spec;
    this.#counts = new Float64Array(Math.max(1, Math.round(spec.window / spec.granularity)));
  }

  enter(now: Seconds): void {
    this.inHand++;
    this.#advance(now);
    this.#counts[this.#step % this.#counts.length]!++;
    this.#sum++;
  }

  leave(): void {
    this.inHand--;
  }

  value(now: Seconds): number {
    if (this.#spec.metric === "concurrency") return this.inHand;
    this.#advance(now);
    return this.#sum / (this.#counts.length * this.#spec.granularity);
  }

  #advance(now: Seconds): void {
    const step = Math.floor(now / this.#spec.granularity);
    const { length } = this.#counts;
    for (let k = Math.max(this.#step + 1, step - length + 1); k <= step; k++) {
      this.#sum -= this.#counts[k % length]!;
      this.#counts[k % length] = 0;
    }
    this.#step = Math.max(this.#step, step);
  }
}
