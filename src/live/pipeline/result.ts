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
  return kind === "result" && isResult(metric as Partial<Result>) ? (metric as Result) : undefined;
}

/** Any producer may write there, and a figure must not become NaN by it. */
function isResult(metric: Partial<Result>): boolean {
  const { target, outcome, stamps, traceparent, instance } = metric;
  if (typeof target !== "string" || typeof traceparent !== "string") return false;
  if (outcome !== "completed" && !failureKinds.includes(outcome as FailureKind)) return false;
  if (typeof stamps !== "object" || stamps === null) return false;
  const { due, sent, appended, enriched, published, read, dispatched, answered } = stamps;
  const known = [due, sent, published, read, dispatched, answered, metric.status, metric.attempts];
  const told = [appended, enriched, metric.instanceStarted, metric.startSeconds, metric.workDoneSeconds];
  const isToldWell = told.every((value) => value === null || Number.isFinite(value));
  return known.every(Number.isFinite) && isToldWell && (instance === null || typeof instance === "string");
}
