import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a function does with an event that it is asked to fail: an error, no answer, a broken connection. */
export type Fault = "http500" | "hang" | "reset";

/** A function by the protocol of the project that works as told, and on purpose fails some events. */
export async function functionWith(faultOf: (id: string, attempt: number) => Fault | null) {
  const calls = new Map<string, number>();
  const bodies = new Map<string, string>();
  const traces: { readonly hop: string; readonly origin: string }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = String(request.headers["ce-id"]);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const attempt = (calls.get(id) ?? 0) + 1;
    calls.set(id, attempt);
    traces.push({ hop: String(request.headers.traceparent), origin: String(request.headers["ce-traceparent"]) });
    bodies.set(id, Buffer.concat(chunks).toString());
    const work = Number(request.headers["ce-workseconds"]);
    const fault = faultOf(id, attempt);
    if (fault === "hang") return;
    if (fault === "reset") return void request.socket.resetAndDestroy();
    await sleep(work * 1e3);
    response.writeHead(fault === "http500" ? 500 : 200, {
      "coldcast-instance": "function-0",
      "coldcast-instance-age": "100",
      "coldcast-work": String(work),
    });
    response.end();
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** How often each event was sent, by its id. */
    calls,
    bodies,
    /** The trace context of each call, and of the event that it is about. */
    traces,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
