import type { Seconds } from "../base/units.ts";

/** What a replay knows of time: real for a measurement, virtual for tests. */
export interface Clock {
  /** Monotonic; its zero means nothing. */
  now(): Seconds;
  /** Resolves at `instant`, never before, and after at least one turn of the event loop; at once when `signal` aborts. */
  sleepUntil(instant: Seconds, signal?: AbortSignal): Promise<void>;
}
