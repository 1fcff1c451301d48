import type { Seconds } from "../../base/units.ts";

/**
 * When an event passed where, Unix seconds; each stage adds its own as a header and keeps the earlier ones.
 *
 * All latency counts from `due`, the instant scheduled.
 */
export interface Stamps {
  readonly due: Seconds;
  /** Handed to the producer by the generator; it waits there while an earlier send is on its way. */
  readonly sent: Seconds;
  /** Taken by the broker into `camera.raw`, by its clock, to a millisecond. */
  readonly appended?: Seconds;
  /** Handed to Kafka by the aggregator. */
  readonly enriched?: Seconds;
}

/** What every message carries besides its content: whose run it is of, its place in the schedule, and its stamps. */
export interface Passport extends Stamps {
  readonly run: string;
  readonly index: number;
  /** W3C trace context. */
  readonly traceparent: string;
}

const times = ["due", "sent", "appended", "enriched"] as const;

/** Overwritten at the very send. */
export const sentHeader = "coldcast-sent";

/** The passport as headers of a Kafka message. */
export function passportHeaders(passport: Passport): Record<string, string> {
  const headers: Record<string, string> = {
    "coldcast-run": passport.run,
    "coldcast-index": String(passport.index),
    traceparent: passport.traceparent,
  };
  for (const name of times) {
    const value = passport[name];
    if (value !== undefined) headers[`coldcast-${name}`] = String(value);
  }
  return headers;
}

/** Reads it back; undefined where a message has none, as one from elsewhere. */
export function passportOf(headers: Readonly<Record<string, string>>): Passport | undefined {
  const run = headers["coldcast-run"];
  const index = Number(headers["coldcast-index"]);
  if (run === undefined || !Number.isInteger(index) || index < 0) return undefined;
  const stamps: Record<string, Seconds> = {};
  for (const name of times) {
    const value = Number(headers[`coldcast-${name}`]);
    if (Number.isFinite(value)) stamps[name] = value;
  }
  const { due, sent } = stamps;
  if (due === undefined || sent === undefined) return undefined;
  return { run, index, traceparent: headers.traceparent ?? "", ...stamps, due, sent };
}
