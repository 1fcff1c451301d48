import type { Seconds } from "../../base/units.ts";
import type { FailureKind } from "../../scenario/answer.ts";
import type { Occupancy } from "../occupancy.ts";
import type { OutcomeLog } from "../outcomes.ts";
import type { PodLog } from "../watch/podLog.ts";
import type { ComputeTime } from "./computeTime.ts";
import type { Endpoint } from "./endpoint.ts";

/** Somewhere to send requests to: a URL, the rig, a fake. One target is open at a time. */
export interface Target {
  /** Resolves when requests can be sent; throws TargetError when they never can. */
  open(signal?: AbortSignal): Promise<void>;
  /** Tells the instant that the schedule calls 0, on the replay's clock, and the span that time averages cover. */
  begin?(zero: Seconds, span: Span): void;
  /** Everything that can be made ready before the send instant. */
  prepare(request: Request): Prepared;
  /** Sends now; `done` is called once, unless the function returned (give up: stop and forget) was called before. */
  send(prepared: Prepared, done: (reply: Reply) => void): () => void;
  /** Once open: where it sends, if other threads can send there as well as it can itself. */
  endpoint?(): Endpoint | undefined;
  /** Completes the log by what the target knows of its instances, once every request has its outcome. */
  settle?(log: OutcomeLog): void;
  /** Ends everything the target started and says what only it knows. */
  close(): Promise<TargetReport>;
}

/** Time averages are taken over [from, to], in seconds of the schedule. */
export interface Span {
  readonly fromSeconds: Seconds;
  readonly toSeconds: Seconds;
}

export interface Request {
  /** Its place in the schedule. */
  readonly index: number;
  readonly atSeconds: Seconds;
  /** At this target: the scheduled work times the work factor. */
  readonly workSeconds: Seconds;
  /**
   * The event that the request is about, where there is one: its id, its JSON, and in W3C's form the trace context of this
   * request and that of the event's making.
   */
  readonly event?: {
    readonly id: string;
    readonly data: string;
    readonly traceparent: string;
    readonly origin: string;
  };
}

/** A request in the target's own form. */
export interface Prepared {
  readonly request: Request;
}

/** How a request ended; undefined where the target does not say. */
export interface Reply {
  readonly outcome: "completed" | FailureKind;
  readonly status?: number | undefined;
  readonly instance?: string | undefined;
  /** On the replay's clock. */
  readonly instanceStarted?: Seconds | undefined;
  readonly workDoneSeconds?: Seconds | undefined;
  readonly startSeconds?: Seconds | undefined;
  /** Everything behind the network, where the answer's headers tell it. */
  readonly compute?: ComputeTime | undefined;
}

export interface TargetReport {
  /** Absent where the target cannot count its instances. */
  readonly occupancy?: Occupancy;
  /** What was seen of its pods, on the schedule's clock; absent where it does not run in a cluster. */
  readonly pods?: PodLog;
  /** What a reader must know: a crash, a fallback. */
  readonly notes?: readonly string[];
}
