import type { LiveSpec } from "../../scenario/scenario.ts";

/** Where and how requests are sent: plain data, so that several threads can send to one target. */
export interface Endpoint {
  /** What requests are for; its path and query are the base of `live.path` and `live.query`. */
  readonly url: string;
  /** Where connections go where that is not the URL's own host, such as a gateway: its origin. */
  readonly via?: string | undefined;
  readonly live: LiveSpec | null;
  readonly workIs: "io" | "cpu";
  /** URI reference that events give as their source. */
  readonly source: string;
  /** The wall-clock time of the schedule's zero, for the events' `time`. */
  readonly startedAt: Date;
}
