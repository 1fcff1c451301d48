import { connect } from "node:net";
import type { Dispatcher } from "undici";
import { TargetError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { LiveSpec } from "../../scenario/scenario.ts";
import { workEventHeaders } from "../cloudEvent.ts";
import { type HttpRequest, sender } from "./sender.ts";
import type { Request, Target } from "./target.ts";
import { fillTemplate } from "./template.ts";

export interface HttpTargetOptions {
  readonly name: string;
  /** Where requests go; its path and query are the base of `live.path` and `live.query`. */
  readonly url: string;
  readonly live?: LiveSpec | null;
  readonly workIs: "io" | "cpu";
  /** URI reference that events give as their source. */
  readonly source: string;
  /** The wall-clock time of the schedule's zero, for the events' `time`. */
  readonly startedAt: Date;
}

/**
 * Any HTTP endpoint: by default a binary CloudEvent by POST; `live` shapes the request for servers that know no CloudEvents.
 *
 * Opening sends nothing that could wake a function: it only looks whether the port takes a connection.
 *
 * @throws {TargetError} from `open`, if nobody listens there
 */
export function httpTarget(options: HttpTargetOptions): Target {
  const url = new URL(options.url);
  const { send, close } = sender(url.origin, { sharedClock: false });
  const prepare = requestBuilder({ ...options, url });
  return {
    open: async () => {
      try {
        await connectOnce(url);
      } catch (cause) {
        await close();
        throw new TargetError(options.name, `nobody listens at ${url.origin}`, { retriable: true, cause });
      }
    },
    prepare,
    send: (prepared, done) => send(prepared as HttpRequest, done),
    close: async () => {
      await close();
      return {};
    },
  };
}

/** Builds requests from the parts that do not change; the function returned takes some µs a request. */
export function requestBuilder(
  options: Pick<HttpTargetOptions, "live" | "workIs" | "source" | "startedAt"> & {
    readonly url: URL;
    readonly networkSeconds?: () => Seconds;
  },
): (request: Request) => HttpRequest {
  const { url, live, source, workIs } = options;
  const method = (live?.method ?? "POST") as Dispatcher.HttpMethod;
  const path = live?.path ?? url.pathname;
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(live?.query ?? {})) query.set(name, value);
  const search = [...query].map(([name, value]) => [name, value] as const);

  return (request) => {
    const { index, atSeconds, workSeconds } = request;
    const time = new Date(options.startedAt.getTime() + atSeconds * 1e3);
    const headers = workEventHeaders({ id: String(index), source, time, workSeconds, workIs });
    for (const [name, value] of Object.entries(live?.headers ?? {})) {
      headers[name.toLowerCase()] = fillTemplate(value, request);
    }
    const filled = new URLSearchParams(
      search.map(([name, value]): [string, string] => [name, fillTemplate(value, request)]),
    );
    const suffix = search.length === 0 ? "" : `?${filled}`;
    const body = live?.body === undefined ? null : fillTemplate(live.body, request);
    return { request, method, path: fillTemplate(path, request) + suffix, headers, body };
  };
}

function connectOnce(url: URL): Promise<void> {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port, timeout: 10_000 });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(new Error("no connection within 10 s")));
  });
}
