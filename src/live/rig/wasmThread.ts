import type { Seconds } from "../../base/units.ts";
import type { CompiledModule, WorkExports } from "./wasmModule.ts";

export interface ThreadConfig {
  readonly module: CompiledModule;
  readonly workIs: "io" | "cpu";
  readonly roundsPerSecond: number;
}

/** What a thread says of one request; `trap` when the module did not survive it. */
export interface ThreadReply {
  readonly startSeconds: Seconds;
  readonly workDoneSeconds: Seconds;
  readonly checksum: string;
  /** Events the instance has seen, this one included: 1, or it was not fresh. */
  readonly events: number;
  readonly trap: boolean;
}

/**
 * One thread of a Wasm host: it serves one request at a time, each with an instance of its own.
 *
 * Its text is handed to the thread as it stands, so it may use nothing from outside itself: a thread that loads no
 * module starts in a few milliseconds, and no faster from built files than from source.
 */
function thread({ parentPort, workerData }: typeof import("node:worker_threads")): void {
  const { module, workIs, roundsPerSecond } = workerData as ThreadConfig;
  const { Instance } = (
    globalThis as unknown as {
      readonly WebAssembly: { readonly Instance: new (...of: unknown[]) => { readonly exports: unknown } };
    }
  ).WebAssembly;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  // The kernel wakes a thread at least this much late; what is left of a wait is waited in a second step.
  const wakeMs = 0.06;

  const sleep = (microseconds: number): void => {
    const untilMs = performance.now() + microseconds / 1e3;
    for (let leftMs = microseconds / 1e3; leftMs > 0; leftMs = untilMs - performance.now()) {
      Atomics.wait(cell, 0, 0, Math.max(leftMs - wakeMs, 1e-3));
    }
  };

  const serve = (seconds: number): ThreadReply => {
    const orderedMs = performance.now();
    const instance = new Instance(module, { host: { sleep } }).exports as WorkExports;
    const readyMs = performance.now();
    const reply = { startSeconds: (readyMs - orderedMs) / 1e3, checksum: "", events: 1, trap: true };
    try {
      const checksum =
        workIs === "cpu"
          ? instance.run_cpu(BigInt(Math.round(seconds * roundsPerSecond)), 1n)
          : instance.run_io(seconds * 1e6, 1n);
      reply.checksum = BigInt.asUintN(64, checksum).toString(16);
      reply.events = instance.events();
      reply.trap = false;
    } catch {
      // A trap ends the instance, not the host.
    }
    return { ...reply, workDoneSeconds: (performance.now() - readyMs) / 1e3 };
  };

  // The first instances of a thread pay for code that later ones share; they are no request's.
  for (let n = 0; n < 20; n++) serve(0);
  parentPort?.on("message", (seconds: number) => parentPort.postMessage(serve(seconds)));
  parentPort?.postMessage("ready");
}

/** The program of a thread, for `new Worker(threadProgram, { eval: true })`. */
export const threadProgram = `(${thread.toString()})(require("node:worker_threads"));`;
