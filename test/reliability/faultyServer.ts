// A server of its own that does to each request what its place in the schedule says, and prints its port. Run as a process,
// so that whatever stalls the sender does not stall it:
//
//   node test/reliability/faultyServer.ts FAULT,FAULT,… [PORT]
//
// Request i gets fault i modulo their number. GET /pause?for=SECONDS holds whatever comes until that time is over; GET /count
// tells how many requests were answered.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What may be done to a request, and how the replayer must count it where its timeout is one second. */
export const faults = {
  ok: "completed",
  slow: "timeout",
  hang: "timeout",
  reset: "reset",
  half: "reset",
  halfChunked: "reset",
  garbage: "reset",
  missing: "http4xx",
  error: "http5xx",
  busy: "rejected",
} as const;
export type Fault = keyof typeof faults;

const slowSeconds = 1.6;
const statuses: Partial<Record<Fault, number>> = { missing: 404, error: 500, busy: 503 };
let pausedUntil = 0;
let answered = 0;

async function act(fault: Fault, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (fault) {
    case "hang":
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "garbage":
      request.socket.end("this is not HTTP\r\n\r\n");
      return;
    case "half":
    case "halfChunked":
      response.writeHead(200, fault === "half" ? { "content-length": "1000" } : {});
      response.write("half of it", () => request.socket.destroy());
      return;
    case "slow":
      await sleep(slowSeconds * 1e3);
      break;
  }
  answered++;
  response.writeHead(statuses[fault] ?? 200);
  response.end();
}

async function answer(kinds: readonly Fault[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://faulty");
  if (pathname === "/pause") {
    pausedUntil = performance.now() + Number(searchParams.get("for")) * 1e3;
    response.end();
    return;
  }
  if (pathname === "/count") {
    response.end(String(answered));
    return;
  }
  if (performance.now() < pausedUntil) await sleep(pausedUntil - performance.now());
  const index = Number(request.headers["ce-id"] ?? 0);
  await act(kinds[index % kinds.length] ?? "ok", request, response);
}

if (process.argv[1]?.endsWith("faultyServer.ts")) {
  const kinds = (process.argv[2] ?? "ok").split(",") as Fault[];
  const server = createServer((request, response) => void answer(kinds, request, response).catch(() => {}));
  server.keepAliveTimeout = 0;
  server.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
}
