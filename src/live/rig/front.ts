// The front of a rig target: a process of its own, so that holding requests and starting pods never disturbs the clock
// of the replayer. Requests come in by HTTP; a gate decides when and to which pod they go.
import { createServer, type ServerResponse } from "node:http";
import { invariant } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { TargetSpec } from "../../scenario/scenario.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { protocol } from "../protocol.ts";
import { sleeper } from "../sleeper.ts";
import type { Gate, Job } from "./gate.ts";
import { knativeGate } from "./knativeGate.ts";
import { parent, readConfig } from "./parent.ts";
import { PerRequestGate } from "./perRequestGate.ts";
import { PodPool, type PodReply } from "./podPool.ts";
import { ServerGate } from "./serverGate.ts";

export interface FrontConfig {
  /** As JSON has no Infinity, the numbers that may be infinite are given by name. */
  readonly spec: TargetSpec;
  readonly infinite: readonly string[];
  readonly seed: number;
  readonly workIs: "io" | "cpu";
  readonly roundsPerSecond: number;
}

/** What a front, or a host, is told. */
export type Order =
  | { readonly kind: "begin"; readonly zero: Seconds; readonly fromSeconds: Seconds; readonly toSeconds: Seconds }
  | { readonly kind: "report" };

const config = readConfig<FrontConfig>();
const spec = restore(config.spec, config.infinite);
const { tell, onMessage } = parent();
const { at } = sleeper();
const pool = new PodPool({ name: spec.name, workIs: config.workIs, roundsPerSecond: config.roundsPerSecond });
const gate = gateOf(spec);

const server = createServer({ noDelay: true }, (request, response) => {
  request.resume();
  if (request.url === protocol.readyPath) {
    write(response, { status: 200, headers: {} });
    return;
  }
  const headers: Record<string, string> = {};
  for (const name in request.headers) if (name.startsWith("ce-")) headers[name] = String(request.headers[name]);
  const network = Number(request.headers[protocol.network] ?? 0);
  const job: Job = {
    arrivedAt: monotonicSeconds(),
    headers,
    gone: false,
    answer: (reply) => {
      if (job.gone) return;
      if (network > 0) at(monotonicSeconds() + network, () => write(response, reply));
      else write(response, reply);
    },
  };
  response.once("close", () => {
    if (response.writableFinished) return;
    job.gone = true;
    gate.leave(job);
  });
  gate.arrive(job);
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;

onMessage((message) => {
  const order = message as Order;
  if (order.kind === "begin") pool.begin(order.zero, order);
  else tell({ occupancy: pool.report(), notes: gate.notes });
});

await gate.open();
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  tell({ port: typeof address === "object" ? address?.port : undefined });
});

function gateOf(target: TargetSpec): Gate {
  if (target.kind === "knative") return knativeGate(target, pool, config.seed);
  if (target.kind === "perRequest") return new PerRequestGate(target, pool, config.seed);
  invariant(target.kind === "server", `the rig has no front for ${target.kind}`);
  return new ServerGate(target, pool, config.seed);
}

function restore(target: TargetSpec, infinite: readonly string[]): TargetSpec {
  return { ...target, ...Object.fromEntries(infinite.map((name) => [name, Infinity])) } as TargetSpec;
}

function write(response: ServerResponse, { status, headers }: PodReply): void {
  if (response.destroyed) return;
  response.sendDate = false;
  response.writeHead(status, { ...headers, "content-length": "0" });
  response.end();
}
