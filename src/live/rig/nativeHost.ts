import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { type Occupancy, OccupancyRecorder } from "../occupancy.ts";
import { adopt, type Child } from "./child.ts";
import type { Order } from "./front.ts";

/** The host of `functions/host` and the component it serves, both built. */
export interface NativeHost {
  readonly program: string;
  readonly component: string;
}

interface NativeHostConfig {
  readonly id: string;
  readonly roundsPerSecond: number;
  readonly maxInstanceCount: number;
}

interface Message {
  readonly port?: number;
  readonly occupancy?: Occupancy;
  readonly notes?: readonly string[];
}

/** What of it is used: where it lies in this checkout. Null where it was not built, and in an installed package. */
export function builtNativeHost(
  folder = new URL("../../../functions/target/out/", import.meta.url),
): NativeHost | null {
  const [program, component] = ["host", "work.wasm"].map((file) => fileURLToPath(new URL(file, folder))) as [
    string,
    string,
  ];
  try {
    accessSync(program, constants.X_OK);
    accessSync(component, constants.R_OK);
    return { program, component };
  } catch {
    return null;
  }
}

/** Addresses that the host's pool reserves; more instances at once than these are refused as with fewer. */
const poolMax = 4000;
const longestMs = 1e9;

/**
 * Starts the native host as a process of the rig: Wasmtime in place of V8, a fresh instance per request as there.
 *
 * It holds the other end of a pipe that closes with us, however we end, and ends then. It waits for the scenario's
 * network itself, and remembers when it had requests in hand, which it is asked for at the end.
 */
export function startNativeHost(native: NativeHost, config: NativeHostConfig): Child<Message> {
  const instances = String(Math.min(config.maxInstanceCount, poolMax));
  const rounds = config.roundsPerSecond > 0 ? ["--env", `COLDCAST_ROUNDS_PER_SECOND=${config.roundsPerSecond}`] : [];
  const limits = ["--timeout-ms", String(longestMs), "--instances", instances];
  const orderedAt = monotonicSeconds();
  const child = spawn(native.program, ["--rig", "--id", config.id, ...limits, ...rounds, native.component], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: {},
  });
  const receivers: ((message: Message) => void)[] = [];
  const say = (message: Message): void => {
    for (const receive of receivers) receive(message);
  };
  let port = 0;
  createInterface(child.stdout).on("line", (line) => {
    port = Number(/^host: listening on .*:(\d+)$/.exec(line)?.[1] ?? port);
    say({ port });
  });
  let span: Extract<Order, { kind: "begin" }> | undefined;
  return {
    ...adopt(child, orderedAt),
    onMessage: (receive) => void receivers.push(receive),
    tell: (message) => {
      const order = message as Order;
      if (order.kind === "begin") span = order;
      else if (span !== undefined) void reportOf(port, span).then(say);
    },
  };
}

/** How busy it was, from the instants at which its first request came and its last one went. */
async function reportOf(port: number, span: Extract<Order, { kind: "begin" }>): Promise<Message> {
  try {
    const changes = await busyInstants(port);
    return { occupancy: occupancyOf(changes, span, monotonicSeconds()), notes: [] };
  } catch (error) {
    return { notes: [`a host did not say how busy it was: ${(error as Error).message}`] };
  }
}

/**
 * How much of a span a host was busy.
 *
 * @param changes instants at which it became busy and idle, in turn, on the machine's monotonic clock
 * @param now the instant of the report on that clock: what comes later is not covered
 */
export function occupancyOf(
  changes: readonly Seconds[],
  span: Extract<Order, { kind: "begin" }>,
  now: Seconds,
): Occupancy {
  const recorder = new OccupancyRecorder({ ...span, level: { starting: 0, ready: 1, busy: 0 } });
  for (const [i, at] of changes.entries()) {
    // Before the schedule's zero only the last state counts.
    recorder.change(Math.max(at - span.zero, 0), { starting: 0, ready: 1, busy: i % 2 === 0 ? 1 : 0 });
  }
  return recorder.report(now - span.zero);
}

function busyInstants(port: number): Promise<Seconds[]> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: "127.0.0.1", port, path: "/coldcast/busy", agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("error", reject).once("end", () => resolve(text.split("\n").filter(Boolean).map(Number)));
    });
    asked.once("error", reject);
  });
}
