import type { PerSecond, Seconds } from "../base/units.ts";
import type { StreamName } from "../random/source.ts";
import type { Batch } from "./batch.ts";

/** A process of request instants. The optional facts tell the model which theory holds. */
export interface ArrivalProcess {
  /** Long-run requests per second (events × mean batch); 0 for a finite process. */
  readonly rate: PerSecond;
  /** False where a steady state does not exist: burst, trace. */
  readonly stationary: boolean;
  /** Present where events are a Poisson process with independent batches. */
  readonly poisson?: { readonly rate: PerSecond; readonly batch: Batch };
  /** Present where events are a Markovian arrival process: D0 and D1 (m×m, row-major, per second), batches independent. */
  readonly map?: { readonly D0: readonly number[][]; readonly D1: readonly number[][]; readonly batch: Batch };
  /** A fresh run of the process, from time 0, drawn from streams below `name`. */
  instants(name: StreamName): Instants;
}

/** A cursor over absolute, non-decreasing instants. */
export interface Instants {
  /** The next request's instant; Infinity when exhausted. */
  next(): Seconds;
  /** Which device or component sent the request last returned; 0 where there is one. */
  readonly origin: number;
}
