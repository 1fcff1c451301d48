import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";

/** A compiled module; opaque. */
export interface CompiledModule {
  readonly compiled: never;
}

/** The part of the engine's own interface that is used here; its full types come with a browser's. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (module: CompiledModule, imports: object) => { readonly exports: unknown };
}
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;

/** What the module built from `functions/wasm` exports. */
export interface WorkExports {
  run_cpu(rounds: bigint, state: bigint): bigint;
  run_io(microseconds: number, state: bigint): bigint;
  events(): number;
}

/** The committed module; the same relative place from `src` and from `dist`. */
export const moduleFile = new URL("../../../functions/wasm/work.wasm", import.meta.url);

/**
 * Makes this process compile Wasm wholly and by the optimising compiler, before the first call: the warm-up of a tiering
 * compiler must not pass for the ahead-of-time code of a Wasm platform. As flags of the command line these would apply to
 * Node's own Wasm as well (its parsers), and cost seconds at the start.
 */
export function compileFully(): void {
  setFlagsFromString("--no-liftoff");
  setFlagsFromString("--no-wasm-lazy-compilation");
}

/** The memory that an instance may grow to at most, whatever its module says, in this process and its threads. */
export function limitMemory(): void {
  setFlagsFromString(`--wasm-max-mem-pages=${pagesMax}`);
}

/** 16 MiB; the work needs one page. */
const pagesMax = 256;

export const compileWork = (): CompiledModule => new Module(readFileSync(moduleFile));

/** A fresh instance with its own memory. */
export function instantiateWork(module: CompiledModule, sleep: (microseconds: number) => void): WorkExports {
  return new Instance(module, { host: { sleep } }).exports as WorkExports;
}

/**
 * How many hash rounds one core does in a second when nothing disturbs it: the fastest of several trials.
 *
 * @param trialSeconds how long one trial takes, about
 */
export function calibrateRounds(trialSeconds: Seconds = 0.02): number {
  const { run_cpu } = instantiateWork(compileWork(), () => {});
  let rounds = 100_000;
  let best = 0;
  for (let trial = 0; trial < 9; trial++) {
    const started = monotonicSeconds();
    run_cpu(BigInt(rounds), 1n);
    const took = monotonicSeconds() - started;
    best = Math.max(best, rounds / took);
    rounds = Math.max(1000, Math.round(best * trialSeconds));
  }
  return best;
}
