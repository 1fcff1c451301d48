import type { PerSecond, Seconds } from "../base/units.ts";
import type { StreamName } from "../random/source.ts";
import type { Batch } from "./batch.ts";

/** A process of request instants. The optional facts tell the model which theory holds. */
export interface ArrivalProcess {
  /** Long-run requests per second (events × mean batch); 0 for a finite process. */
  readonly rate: PerSecond;
  /** Whether the requests end by themselves: a single burst, a trace. There is no steady state then. */
  readonly finite: boolean;
  /** How many devices or components `Instants.origin` tells apart. */
  readonly origins: number;
  /** Present where events are a Poisson process with independent batches. */
  readonly poisson?: { readonly rate: PerSecond; readonly batch: Batch };
  /** Present where events are a Markovian arrival process with independent batches. */
  readonly map?: MarkovianArrivals;
  /** A fresh run of the process, from time 0, drawn from streams below `name`. */
  instants(name: StreamName): Instants;
}

/** D0 and D1 (m×m, row-major, per second): rates without and with an event; D0 + D1 is a generator. */
export interface MarkovianArrivals {
  readonly D0: readonly (readonly number[])[];
  readonly D1: readonly (readonly number[])[];
  readonly batch: Batch;
}

/** A cursor over absolute, non-decreasing instants. */
export interface Instants {
  /** The next request's instant; Infinity when exhausted. */
  next(): Seconds;
  /** Which device or component sent the request last returned, in 0 .. origins − 1. */
  readonly origin: number;
}
