import type { Dispatcher } from "undici";
import { workEventHeaders } from "../cloudEvent.ts";
import type { Endpoint } from "./endpoint.ts";
import type { HttpRequest } from "./sender.ts";
import type { Request } from "./target.ts";
import { fillTemplate } from "./template.ts";

/** Builds requests from the parts that do not change; the function returned takes some µs a request. */
export function requestBuilder({
  url: address,
  via,
  live,
  source,
  workIs,
  startedAt,
}: Endpoint): (request: Request) => HttpRequest {
  const url = new URL(address);
  const method = (live?.method ?? "POST") as Dispatcher.HttpMethod;
  const path = live?.path ?? url.pathname;
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(live?.query ?? {})) query.set(name, value);
  const search = [...query].map(([name, value]) => [name, value] as const);
  const added = Object.entries(live?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const host: Record<string, string> = via === undefined ? {} : { host: url.host };
  const reset = live?.connections === "perRequest";

  return (request) => {
    const { index, atSeconds, workSeconds, event } = request;
    const time = new Date(startedAt.getTime() + atSeconds * millisecondsPerSecond);
    const id = event?.id ?? String(index);
    const headers = { ...workEventHeaders({ id, source, time, workSeconds, workIs }), ...host };
    if (event !== undefined) {
      headers["content-type"] = "application/json";
      headers["ce-traceparent"] = event.origin;
      headers.traceparent = event.traceparent;
    }
    for (const [name, value] of added) headers[name] = fillTemplate(value, request);
    const filled = new URLSearchParams(
      search.map(([name, value]): [string, string] => [name, fillTemplate(value, request)]),
    );
    const suffix = search.length === 0 ? "" : `?${filled}`;
    const body = live?.body === undefined ? (event?.data ?? null) : fillTemplate(live.body, request);
    return { request, method, path: fillTemplate(path, request) + suffix, headers, body, reset };
  };
}

const millisecondsPerSecond = 1e3;
