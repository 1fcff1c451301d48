// A WebAssembly host of the rig: one process that compiles the module once, fully, and gives each request an instance
// of its own on a thread of its own. Above the cap requests fail, as Spin's pooling allocator makes them.
import { createServer, type ServerResponse } from "node:http";
import { monotonicSeconds } from "../monotonic.ts";
import { OccupancyRecorder } from "../occupancy.ts";
import { protocol } from "../protocol.ts";
import { sleeper } from "../sleeper.ts";
import type { Order } from "./front.ts";
import { parent, readConfig } from "./parent.ts";
import { ThreadPool } from "./threadPool.ts";
import { compileFully, compileWork, limitMemory } from "./wasmModule.ts";

export interface WasmHostConfig {
  readonly id: string;
  readonly workIs: "io" | "cpu";
  readonly roundsPerSecond: number;
  readonly maxInstanceCount: number;
  /** Threads started in advance. */
  readonly threads: number;
}

const config = readConfig<WasmHostConfig>();
const { tell, onMessage } = parent();
const { at } = sleeper();
const { workIs, roundsPerSecond } = config;
compileFully();
limitMemory();
const threads = new ThreadPool({ module: compileWork(), workIs, roundsPerSecond }, config.maxInstanceCount);
await threads.start(config.threads);

let zero = Number.NaN;
let recorder = new OccupancyRecorder({ fromSeconds: 0, toSeconds: 0 });
let readyAt = Number.NaN;

const server = createServer({ noDelay: true }, (request, response) => {
  request.resume();
  if (request.url === protocol.readyPath) return write(response, 200, {});
  const seconds = Number(request.headers[protocol.work]);
  if (!(seconds >= 0 && seconds < Infinity)) return write(response, 400, { [protocol.instance]: config.id });
  const network = Number(request.headers[protocol.network] ?? 0);
  const admitted = threads.run(seconds, (reply) => {
    count();
    const headers = {
      [protocol.instance]: config.id,
      [protocol.started]: String(readyAt),
      [protocol.start]: String(reply.startSeconds),
      [protocol.workDone]: String(reply.workDoneSeconds),
      [protocol.checksum]: reply.checksum,
      [protocol.events]: String(reply.events),
    };
    if (reply.trap) write(response, 500, { ...headers, [protocol.outcome]: "trap" });
    else if (network > 0) at(monotonicSeconds() + network, () => write(response, 200, headers));
    else write(response, 200, headers);
  });
  if (admitted) count();
  else write(response, 500, { [protocol.instance]: config.id });
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  readyAt = monotonicSeconds();
  const address = server.address();
  tell({ port: typeof address === "object" ? address?.port : undefined });
});

onMessage((message) => {
  const order = message as Order;
  if (order.kind === "begin") {
    zero = order.zero;
    recorder = new OccupancyRecorder({ ...order, level: { starting: 0, ready: 1, busy: 0 } });
  } else {
    tell({ occupancy: recorder.report(monotonicSeconds() - zero), notes: [] });
  }
});

function count(): void {
  if (Number.isNaN(zero)) return;
  recorder.change(monotonicSeconds() - zero, { starting: 0, ready: 1, busy: Math.min(threads.inUse, 1) });
}

function write(response: ServerResponse, status: number, headers: Record<string, string>): void {
  if (response.destroyed) return;
  response.sendDate = false;
  response.writeHead(status, { ...headers, "content-length": "0" });
  response.end();
}
