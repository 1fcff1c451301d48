import { ThreadPool } from "../../src/live/rig/threadPool.ts";
import {
  type CompiledModule,
  compileFully,
  compileWork,
  instantiateWork,
  limitMemory,
} from "../../src/live/rig/wasmModule.ts";

// Guests that mean harm, in a process of their own as in the rig; what became of them is printed as JSON.

const { Module } = (globalThis as unknown as { WebAssembly: { Module: ModuleType } }).WebAssembly;
interface ModuleType {
  new (bytes: Uint8Array): CompiledModule;
  imports(module: CompiledModule): readonly { readonly module: string; readonly name: string }[];
}

const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
const section = (id: number, bytes: readonly number[]): number[] => [id, bytes.length, ...bytes];

/** Its only import is a function of the system. */
const importing = (module: string, name: string): CompiledModule =>
  new Module(
    Uint8Array.from([
      ...header,
      ...section(1, [1, 0x60, 0, 0]),
      ...section(2, [1, ...text(module), ...text(name), 0, 0]),
    ]),
  );

/**
 * `run_cpu(rounds, state)` never comes to an end where rounds are asked for; else it answers what `memory.grow` says to 64 MiB more.
 */
const greedy = new Module(
  Uint8Array.from([
    ...header,
    ...section(1, [2, 0x60, 2, 0x7e, 0x7e, 1, 0x7e, 0x60, 0, 1, 0x7f]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [3, ...text("memory"), 2, 0, ...text("run_cpu"), 0, 0, ...text("events"), 0, 1]),
    ...section(10, [
      2,
      ...[18, 0, 0x03, 0x40, 0x20, 0, 0x42, 0, 0x52, 0x0d, 0, 0x0b, 0x41, 0x80, 0x08, 0x40, 0, 0xac, 0x0b],
      ...[4, 0, 0x41, 1, 0x0b],
    ]),
  ]),
);

function refusal(module: CompiledModule): string {
  try {
    instantiateWork(module, () => {});
    return "none";
  } catch (error) {
    return (error as Error).name;
  }
}

compileFully();
limitMemory();
const asked = [
  ["wasi_snapshot_preview1", "path_open"],
  ["wasi_snapshot_preview1", "sock_send"],
  ["wasi_snapshot_preview1", "environ_get"],
  ["env", "memory_of_the_host"],
] as const;
const pool = new ThreadPool({ module: greedy, workIs: "cpu", roundsPerSecond: 1 }, 2, 0.3);
await pool.start(1);
const run = (seconds: number): Promise<{ readonly trap: boolean; readonly checksum: string }> =>
  new Promise((resolve) => void pool.run(seconds, resolve));
const grown = await run(0);
const endless = await run(5);
const after = await run(0);
const said = {
  imports: Module.imports(compileWork()).map(({ module, name }) => `${module}.${name}`),
  refused: asked.map(([module, name]) => refusal(importing(module, name))),
  grown: grown.checksum,
  endless: endless.trap,
  after: after.checksum,
};
process.stdout.write(JSON.stringify(said));
process.exit();
