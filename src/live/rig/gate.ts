import type { Seconds } from "../../base/units.ts";
import type { PodReply } from "./podPool.ts";

/** One request at the rig's front. */
export interface Job {
  /** On the monotonic clock. */
  readonly arrivedAt: Seconds;
  /** What to pass on. */
  readonly headers: Readonly<Record<string, string>>;
  /** Answers the sender. */
  readonly answer: (reply: PodReply) => void;
  /** The sender has gone; a job that waits leaves, one that runs keeps its slot. */
  gone: boolean;
}

/** What stands between requests and pods, one per kind of target: it holds, admits, orders pods and stops them. */
export interface Gate {
  arrive(job: Job): void;
  /** The sender of a waiting job has gone. */
  leave(job: Job): void;
  /** Resolves when the target stands as it stands before its first request. */
  open(): Promise<void>;
  /** What the report must say, such as a pod that crashed. */
  readonly notes: readonly string[];
}

/** The platform refused: no room. */
export const refused: PodReply = { status: 503, headers: { "coldcast-outcome": "rejected" } };

/** What the report says of a process that ended without being told to. */
export function crashNote(id: string, complaint: string): string {
  return `${id} ended by itself${complaint.trim() === "" ? "" : `: ${complaint.trim().slice(-200)}`}`;
}
