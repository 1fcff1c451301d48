import type { Seconds } from "../../base/units.ts";
import { type FailureKind, failureKinds } from "../../scenario/answer.ts";

/** What became of one event at one target: a message of the topic `metrics`. */
export interface Result {
  readonly kind: "result";
  readonly run: string;
  /** Place in the schedule. */
  readonly index: number;
  readonly target: string;
  /** W3C trace context, as the trigger got it. */
  readonly traceparent: string;
  readonly outcome: "completed" | FailureKind;
  readonly status: number;
  /** Sends it took; 1 without a retry. */
  readonly attempts: number;
  /** Unix seconds; null where the event did not pass that stage. */
  readonly stamps: {
    readonly due: Seconds;
    readonly sent: Seconds;
    readonly appended: Seconds | null;
    readonly enriched: Seconds | null;
    /** Taken by the broker into `camera.enriched`. */
    readonly published: Seconds;
    /** In the trigger's hands. */
    readonly read: Seconds;
    /** Sent to the function, the first time. */
    readonly dispatched: Seconds;
    readonly answered: Seconds;
  };
  /** As the function tells; null where it does not. */
  readonly instance: string | null;
  readonly instanceStarted: Seconds | null;
  readonly startSeconds: Seconds | null;
  readonly workDoneSeconds: Seconds | null;
}

/** An event that came a second time, and went no further. */
export interface Duplicate {
  readonly kind: "duplicate";
  readonly run: string;
  readonly index: number;
}

/** Reads a message of `metrics`; undefined where it is none. */
export function readMetric(value: Buffer | null): Result | Duplicate | undefined {
  let metric: unknown;
  try {
    metric = JSON.parse(value?.toString() ?? "");
  } catch {
    return undefined;
  }
  if (typeof metric !== "object" || metric === null) return undefined;
  const { kind, run, index } = metric as Partial<Result | Duplicate>;
  if (typeof run !== "string" || !Number.isInteger(index)) return undefined;
  if (kind === "duplicate") return metric as Duplicate;
  const { target, outcome, stamps } = metric as Partial<Result>;
  if (kind !== "result" || typeof target !== "string" || typeof stamps !== "object" || stamps === null)
    return undefined;
  return outcome === "completed" || failureKinds.includes(outcome as FailureKind) ? (metric as Result) : undefined;
}
