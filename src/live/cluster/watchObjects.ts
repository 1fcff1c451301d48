import { setTimeout as pause } from "node:timers/promises";
import { TargetError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { apiStatusOf, refusal } from "./apiError.ts";
import { fieldAt, type KubernetesObject } from "./kubernetesObject.ts";

/** A change of one object, at the instant this process heard of it: the API's own times are whole seconds. */
export interface WatchEvent {
  readonly type: "added" | "modified" | "deleted";
  readonly object: KubernetesObject;
  /** The machine's monotonic clock. */
  readonly at: Seconds;
  /** It was there before the watch began, or was found again after a break: `at` is when it was found. */
  readonly listed: boolean;
}

export interface Watching {
  /** Settles when the watch has ended: after `stop`, or rejected where the server refused it for good. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** The two calls a watch is made of. */
export interface WatchSource {
  list(): Promise<{ readonly items: readonly KubernetesObject[]; readonly resourceVersion: string }>;
  /** One JSON document per line. */
  stream(resourceVersion: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
}

export interface WatchHandlers {
  readonly onEvent: (event: WatchEvent) => void;
  /** The stream broke, and what is learnt until it stands again is learnt late. */
  readonly onBreak?: (why: string) => void;
}

const firstPauseMs = 50;
const longestPauseMs = 2000;

/**
 * Follows objects: what is there, then every change, taken up again where it broke off.
 *
 * After a break the stream resumes from the last resource version; where the server has forgotten it (410 Gone), the
 * objects are listed anew and the differences are told as events, so that a consumer never misses an end.
 *
 * @returns once the first list has been told
 * @throws {TargetError} where the first list fails
 */
export async function watchObjects(source: WatchSource, handlers: WatchHandlers): Promise<Watching> {
  const controller = new AbortController();
  const known = new Map<string, KubernetesObject>();
  let version = await relist(source, known, handlers);
  const done = (async () => {
    let pauseMs = firstPauseMs;
    while (!controller.signal.aborted) {
      try {
        if (version === "") version = await relist(source, known, handlers);
        if (controller.signal.aborted) return;
        for await (const { type, object } of lines(await source.stream(version, controller.signal))) {
          pauseMs = firstPauseMs;
          if (type === "ERROR") throw streamError(object);
          version = object.metadata.resourceVersion ?? version;
          if (type !== "BOOKMARK") tell(known, handlers, { type: wordFor(type), object, listed: false });
        }
      } catch (error) {
        if (controller.signal.aborted) return;
        if (apiStatusOf(error)?.code === 410) version = "";
        else if (error instanceof TargetError && !error.retriable) throw error;
        handlers.onBreak?.(error instanceof Error ? error.message : String(error));
      }
      if (controller.signal.aborted) return;
      await pause(pauseMs, undefined, { signal: controller.signal }).catch(() => {});
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  })();
  // A consumer may look at `done` only after `stop`; until then a rejection must not end the process.
  done.catch(() => {});
  return {
    done,
    stop: async () => {
      controller.abort();
      await done.catch(() => {});
    },
  };
}

async function relist(
  source: WatchSource,
  known: Map<string, KubernetesObject>,
  handlers: WatchHandlers,
): Promise<string> {
  const { items, resourceVersion } = await source.list();
  const present = new Set(items.map(identity));
  for (const [id, object] of known) {
    if (!present.has(id)) tell(known, handlers, { type: "deleted", object, listed: true });
  }
  for (const object of items) {
    const before = known.get(identity(object));
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before !== undefined) continue;
    tell(known, handlers, { type: before === undefined ? "added" : "modified", object, listed: true });
  }
  return resourceVersion;
}

function tell(
  known: Map<string, KubernetesObject>,
  { onEvent }: WatchHandlers,
  { type, object, listed }: Omit<WatchEvent, "at">,
): void {
  if (type === "deleted") known.delete(identity(object));
  else known.set(identity(object), object);
  onEvent({ type, object, listed, at: monotonicSeconds() });
}

interface Line {
  readonly type: string;
  readonly object: KubernetesObject;
}

async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") yield JSON.parse(part) as Line;
  }
}

function streamError(status: unknown): TargetError {
  const code = Number(fieldAt(status, "code") ?? 500);
  const reason = String(fieldAt(status, "reason") ?? "");
  return refusal("watch", { code, reason, message: String(fieldAt(status, "message") ?? "the stream ended") });
}

const wordFor = (type: string): WatchEvent["type"] =>
  type === "ADDED" ? "added" : type === "DELETED" ? "deleted" : "modified";
const identity = ({ metadata }: KubernetesObject): string => metadata.uid ?? `${metadata.namespace}/${metadata.name}`;
