import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { check, TargetError } from "../../base/check.ts";
import { isAuthorized, isLoopback } from "../bearer.ts";
import { prometheusText, type Snapshot } from "./snapshot.ts";

export interface CollectorServer {
  readonly url: string;
  /** What is served from now on, and sent to everyone who listens. */
  publish(snapshot: Snapshot): void;
  close(): Promise<void>;
}

/** Each that listens is sent every state. */
const connectionsMax = 256;

/** Where the collector's state is served, and to whom. */
export interface CollectorPlace {
  /** 0 for any free one. */
  readonly port: number;
  /** Default loopback. */
  readonly host?: string;
  /** What a request must know; beyond loopback there must be one. */
  readonly token?: string | null;
}

/**
 * Serves the collector's state: `/api/state` (JSON), `/api/events` (server-sent events), `/metrics` (Prometheus).
 *
 * Without a token it answers to names of loopback only, so that no page of another site can have its name lead here (DNS rebinding).
 *
 * @throws {TargetError} if the port is taken
 */
export async function collectorServer(place: CollectorPlace): Promise<CollectorServer> {
  const { port, host = "127.0.0.1", token = null } = place;
  check(token !== null || isLoopback(host), "collectorServer", "a host beyond loopback needs a token", host);
  let latest: Snapshot | null = null;
  const listeners = new Set<ServerResponse>();
  /** Listeners that are still taking an earlier state; they get the latest one then, not all in between. */
  const behind = new Set<ServerResponse>();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? "/").split("?")[0];
    if (token === null && !isLoopback((request.headers.host ?? "").replace(/:\d+$/, "")))
      end(response, 403, "text/plain", "only by a name of loopback\n");
    else if (!isAuthorized(request.headers.authorization, token))
      end(response, 401, "text/plain", "another token, or none\n");
    else if (request.method !== "GET" && request.method !== "HEAD") end(response, 405, "text/plain", "GET only\n");
    else if (path === "/api/state") end(response, 200, "application/json", JSON.stringify(latest));
    else if (path === "/metrics")
      end(response, 200, "text/plain; version=0.0.4", latest === null ? "" : prometheusText(latest));
    else if (path === "/api/events") listen(response);
    else end(response, 404, "text/plain", "/api/state, /api/events or /metrics\n");
  };
  const tell = (response: ServerResponse): void => {
    if (response.writableNeedDrain) behind.add(response);
    else if (latest !== null) response.write(eventOf(latest));
  };
  const listen = (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    // A comment: before the first state too, whoever listens is to know that it is connected.
    response.write(": connected\n\n");
    tell(response);
    listeners.add(response);
    response.on("drain", () => {
      if (behind.delete(response)) tell(response);
    });
    response.once("close", () => {
      listeners.delete(response);
      behind.delete(response);
    });
  };
  const server = createServer(answer);
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new TargetError("collector", `cannot listen on ${host}:${port}`, { retriable: false, cause })),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    publish: (snapshot) => {
      latest = snapshot;
      for (const response of listeners) tell(response);
    },
    close: () =>
      new Promise((resolve) => {
        for (const response of listeners) response.end();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const eventOf = (snapshot: Snapshot): string => `data: ${JSON.stringify(snapshot)}\n\n`;

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  });
  response.end(body);
}
