import type { Seconds } from "../../base/units.ts";
import type { ImportSource } from "../importers/index.ts";

/** One request of a trace; the same object is handed over again and again. */
export interface TraceRequest {
  /** From the trace's beginning; never decreases. */
  readonly atSeconds: Seconds;
  /** NaN where the trace does not say how long the work took. */
  readonly workSeconds: Seconds;
  /** Which function, by its number in order of first appearance. */
  readonly origin: number;
}

/** What the caller may say about a trace. */
export interface TraceOptions {
  /** Where a trace only counts requests per interval their instants are drawn, from this seed. */
  readonly seed: number;
  /** poisson: independently and uniformly within the interval; even: at equal distances. */
  readonly spacing: "poisson" | "even";
  /** Only functions of these names; all when absent. */
  readonly functions?: readonly string[] | undefined;
  /** Azure 2019: the file of durations that belongs to the counts. */
  readonly durations?: ImportSource | undefined;
  /** Any CSV: the columns of instants and of work, by header or number from 1, and what one of them is in seconds. */
  readonly column?: string | undefined;
  readonly unitSeconds?: Seconds | undefined;
  readonly workColumn?: string | undefined;
  readonly workUnitSeconds?: Seconds | undefined;
}

/** A public trace's file as requests in order of time. */
export interface TraceFormat {
  readonly format: string;
  readonly describes: string;
  detects(head: string): boolean;
  /** @throws {InputError} at the line that is wrong, when it is reached */
  requests(source: ImportSource, options: TraceOptions): Iterable<TraceRequest>;
}
