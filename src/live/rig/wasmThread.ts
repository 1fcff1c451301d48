// One thread of a Wasm host: it serves one request at a time, each with an instance of its own.
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { type CompiledModule, instantiateWork } from "./wasmModule.ts";

export interface ThreadConfig {
  readonly module: CompiledModule;
  readonly workIs: "io" | "cpu";
  readonly roundsPerSecond: number;
}

/** What the thread says of one request; `trap` when the module did not survive it. */
export interface ThreadReply {
  readonly startSeconds: Seconds;
  readonly workDoneSeconds: Seconds;
  readonly checksum: string;
  /** Events the instance has seen, this one included: 1, or it was not fresh. */
  readonly events: number;
  readonly trap: boolean;
}

const { module, workIs, roundsPerSecond } = workerData as ThreadConfig;
const cell = new Int32Array(new SharedArrayBuffer(4));
/** The kernel wakes a thread this much late, at the least; the rest of a wait is waited in a second step if need be. */
const wakeSeconds = 60e-6;

invariant(parentPort !== null, "a Wasm thread needs a host");
const port = parentPort;
port.on("message", (seconds: Seconds) => port.postMessage(serve(seconds)));
// The first instance of a thread pays for code that later ones share; it is no request's.
serve(0);
port.postMessage("ready");

function serve(seconds: Seconds): ThreadReply {
  const started = monotonicSeconds();
  const instance = instantiateWork(module, sleep);
  const ready = monotonicSeconds();
  try {
    const checksum =
      workIs === "cpu"
        ? instance.run_cpu(BigInt(Math.round(seconds * roundsPerSecond)), 1n)
        : instance.run_io(seconds * 1e6, 1n);
    return {
      startSeconds: ready - started,
      workDoneSeconds: monotonicSeconds() - ready,
      checksum: BigInt.asUintN(64, checksum).toString(16),
      events: instance.events(),
      trap: false,
    };
  } catch {
    return {
      startSeconds: ready - started,
      workDoneSeconds: monotonicSeconds() - ready,
      checksum: "",
      events: 1,
      trap: true,
    };
  }
}

function sleep(microseconds: number): void {
  const until = monotonicSeconds() + microseconds / 1e6;
  for (let left = microseconds / 1e6; left > 0; left = until - monotonicSeconds()) {
    Atomics.wait(cell, 0, 0, Math.max(left - wakeSeconds, 1e-6) * 1e3);
  }
}
