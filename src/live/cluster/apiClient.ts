import { setTimeout as pause } from "node:timers/promises";
import type { Dispatcher } from "undici";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { interrupted, readApiStatus, refusal, unreachable } from "./apiError.ts";

/** One API server, spoken to in JSON. */
export interface ApiClient {
  readonly server: string;
  /**
   * @returns the answer's JSON
   * @throws {TargetError} what the server refused, or that it did not answer for `patienceSeconds`
   */
  call(call: ApiCall): Promise<unknown>;
  /** The answer as it comes in, for a watch; never tried twice. */
  stream(call: ApiCall): Promise<AsyncIterable<Buffer>>;
  close(): Promise<void>;
}

export interface ApiCall {
  readonly method: "GET" | "PATCH" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** For messages: `apply Deployment lab/hello`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

interface ApiClientOptions {
  readonly server: string;
  readonly dispatcher: Dispatcher;
  /** Asked before each call, because tokens run out. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** How long a server that answered before and now does not, or says it is busy, is asked again: it may be restarting. */
  readonly patienceSeconds: Seconds;
}

/** A server that never answered is more likely none. */
const firstPatienceSeconds = 5;

const firstPauseMs = 100;
const longestPauseMs = 2000;
/** A connection that gives nothing for so long is broken; a restarting server can leave such. */
const answerTimeoutMs = 30_000;

/** Everything asked of the API server is idempotent (get, apply, delete by uid), so that it may be asked again. */
export function apiClient(options: ApiClientOptions): ApiClient {
  const { server, dispatcher } = options;
  const base = new URL(server);
  let patienceSeconds = Math.min(firstPatienceSeconds, options.patienceSeconds);

  const send = async (call: ApiCall, bodyTimeoutMs: number): Promise<Dispatcher.ResponseData> => {
    const { method, path, body, what, signal, contentType = "application/json" } = call;
    const query = Object.entries(call.query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = query.length === 0 ? "" : `?${new URLSearchParams(query)}`;
    const headers: Record<string, string> = { accept: "application/json", ...(await options.headers()) };
    if (body !== undefined) headers["content-type"] = contentType;
    let response: Dispatcher.ResponseData;
    try {
      response = await dispatcher.request({
        origin: base.origin,
        path: `${base.pathname.replace(/\/$/, "")}${path}${search}`,
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
        headersTimeout: answerTimeoutMs,
        bodyTimeout: bodyTimeoutMs,
      });
    } catch (cause) {
      throw signal?.aborted ? interrupted(what, signal) : unreachable(what, server, cause);
    }
    patienceSeconds = options.patienceSeconds;
    if (response.statusCode < 300) return response;
    throw refusal(what, readApiStatus(response.statusCode, await response.body.text().catch(() => "")));
  };

  return {
    server,
    call: (call) =>
      patiently(
        () => patienceSeconds,
        call.signal,
        async () => {
          const response = await send(call, answerTimeoutMs);
          try {
            return await response.body.json();
          } catch (cause) {
            throw call.signal?.aborted ? interrupted(call.what, call.signal) : unreachable(call.what, server, cause);
          }
        },
      ),
    stream: async (call) => {
      const { body } = await send(call, 0);
      // Whoever reads it hears of its end; nobody may be reading when a watch is stopped.
      body.on("error", () => {});
      return body;
    },
    close: () => dispatcher.destroy(),
  };
}

/** Tries again, with growing pauses, while the failure may pass. */
async function patiently<T>(
  patienceSeconds: () => Seconds,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  const began = monotonicSeconds();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      const retriable = error instanceof Error && "retriable" in error && error.retriable === true;
      if (!retriable || monotonicSeconds() + pauseMs / 1e3 > began + patienceSeconds()) throw error;
    }
    // An abort ends the pause, and the attempt after it says so.
    await pause(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}
