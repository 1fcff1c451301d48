import { check, invariant } from "../../base/check.ts";

/** How much one breaker lets through and holds; Infinity where there is no limit. */
export interface BreakerLimits {
  /** How many may wait, ≥ 1. */
  readonly queueDepth: number;
  /** The capacity that the number of places is reckoned with, ≥ 0; the capacity itself may change. */
  readonly maxConcurrency: number;
  /** In [0, maxConcurrency]. */
  readonly initialCapacity: number;
}

/**
 * Knative's breaker: so many requests at once, a queue behind them, and everything beyond is turned away.
 *
 * It counts and holds nothing: who waits, and in which order, is its owner's. A request takes a place (`enter`), begins when there is capacity
 * (`start`), and ends (`finish`) or gives up waiting (`leave`). There are `queueDepth + maxConcurrency` places whatever the capacity
 * is, so a capacity that shrinks below what runs stops nothing: it only lets nothing begin until enough has ended.
 *
 * @throws {RangeError} if a limit is outside its domain
 * @see knative/serving pkg/queue/breaker.go (v0.50)
 * @example
 * new Breaker({ queueDepth: 10, maxConcurrency: 1, initialCapacity: 1 }).reserve() // => true
 */
export class Breaker {
  readonly #places: number;
  #capacity: number;
  #inHand = 0;
  #running = 0;

  constructor({ queueDepth, maxConcurrency, initialCapacity }: BreakerLimits) {
    check(queueDepth >= 1, "Breaker", "queueDepth must be ≥ 1", queueDepth);
    check(maxConcurrency >= 0, "Breaker", "maxConcurrency must be ≥ 0", maxConcurrency);
    const isWithin = initialCapacity >= 0 && initialCapacity <= maxConcurrency;
    check(isWithin, "Breaker", "initialCapacity must be in [0, maxConcurrency]", initialCapacity);
    this.#places = queueDepth + maxConcurrency;
    this.#capacity = initialCapacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#inHand - this.#running;
  }

  /** Takes a place to wait in; false: full. */
  enter(): boolean {
    if (this.#inHand >= this.#places) return false;
    this.#inHand++;
    return true;
  }

  /** One that waits begins; false: it has to go on waiting. */
  start(): boolean {
    if (this.#running >= this.#capacity) return false;
    invariant(this.#running < this.#inHand, "who begins has entered");
    this.#running++;
    return true;
  }

  /** Begins at once or not at all. */
  reserve(): boolean {
    if (this.#running >= this.#capacity || this.#inHand >= this.#places) return false;
    this.#inHand++;
    this.#running++;
    return true;
  }

  /** One that ran has ended. */
  finish(): void {
    invariant(this.#running > 0, "who ends has begun");
    this.#running--;
    this.#inHand--;
  }

  /** One that waited has given up. */
  leave(): void {
    invariant(this.waiting > 0, "who gives up was waiting");
    this.#inHand--;
  }

  /** @param capacity how many may run from now on, ≥ 0 */
  update(capacity: number): void {
    check(capacity >= 0, "Breaker.update", "capacity must be ≥ 0", capacity);
    this.#capacity = capacity;
  }
}
