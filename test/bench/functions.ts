// The detector by language and by the way its module becomes machine code: how long from a process's start to its first
// answer, how long an event takes in a warm one, how large what is loaded is, and the memory. Every answer is checked.
// node test/bench/functions.ts [STARTS]; needs `functions/build.sh detector wasmtime`. A quiet machine, or read the
// quantiles with the load in mind.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { type Detector, detectors } from "../functions/detectors.ts";
import { wasmtime } from "../functions/servers.ts";

const starts = Number(process.argv[2] ?? 30);
const scratch = "functions/target/bench";
const node = (...flags: string[]) => [process.execPath, "--no-warnings", ...flags, "test/functions/wasiMain.ts"];

const event = {
  id: "e",
  device: "camera-000",
  frameSeconds: 0,
  workSeconds: 0,
  detections: [{ label: "person", confidence: 0.9, box: [0.8, 0.6, 0.1, 0.2], track: "t1" }],
};
const rules = JSON.stringify(event);
/** 250,000 hash rounds: a millisecond on a core of 250 million a second. */
const work = JSON.stringify({ ...event, workSeconds: 0.001 });
const expected = { [rules]: "2df1c6a3a13e8bfc", [work]: checksum(work) };

const justInTime: readonly (readonly [string, readonly string[]])[] = [
  ["Wasmtime, just in time, optimised (Cranelift)", [wasmtime, "run", "-C", "cache=n"]],
  ["Wasmtime, just in time, baseline (Winch)", [wasmtime, "run", "-C", "cache=n", "-C", "compiler=winch"]],
  ["V8, baseline alone (Liftoff)", node("--liftoff-only")],
  ["V8, all optimised before the first call", node("--no-liftoff", "--no-wasm-lazy-compilation")],
  ["V8, as it is: lazily, by tiers", node()],
];

/** Modules compiled beforehand, and how long that took. */
function aheadOfTime(): { readonly detectors: Detector[]; readonly compiling: ReadonlyMap<string, number> } {
  mkdirSync(scratch, { recursive: true });
  const compiling = new Map<string, number>();
  const compiled = detectors([["Wasmtime, ahead of time (Cranelift)", [wasmtime]]])
    .filter(({ mode }) => mode !== "native")
    .map((each): Detector => {
      const file = `${scratch}/${basename(each.file, ".wasm")}.cwasm`;
      const began = performance.now();
      execFileSync(wasmtime, ["compile", "-o", file, each.file]);
      compiling.set(file, performance.now() - began);
      return { ...each, file, command: [wasmtime, "run", "--allow-precompiled", file] };
    });
  return { detectors: compiled, compiling };
}

function checksum(line: string): string {
  const [native] = detectors();
  return JSON.parse(execFileSync(native!.file, { input: `${line}\n`, encoding: "utf8" })).checksum;
}

/** A running detector that is asked one line after the other. */
class Running {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;

  constructor({ command: [program, ...args] }: Detector) {
    this.child = spawn(program!, args);
    this.child.stderr.pipe(process.stderr);
    // One that has ended is noticed by the answer that does not come.
    this.child.stdin.on("error", () => {});
    this.answers = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  async ask(line: string): Promise<void> {
    this.child.stdin.write(`${line}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error("it ended without an answer");
    if (JSON.parse(value).checksum !== expected[line]) throw new Error(`a wrong answer: ${value}`);
  }

  /** Many lines at once, so that no round trip lies between them: milliseconds for one. */
  async each(line: string, count: number): Promise<number> {
    const began = performance.now();
    this.child.stdin.write(`${line}\n`.repeat(count));
    for (let i = 0; i < count; i++) await this.answers.next();
    return (performance.now() - began) / count;
  }

  /** MiB at most so far. */
  peak(): number {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, "utf8"))![1]) / 1024;
  }

  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin.end();
    await gone;
  }
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.ceil(q * sorted.length) - 1]!;

async function measure(detector: Detector) {
  const first: number[] = [];
  for (let i = 0; i < starts; i++) {
    const began = performance.now();
    const running = new Running(detector);
    await running.ask(rules);
    first.push(performance.now() - began);
    await running.end();
  }
  first.sort((a, b) => a - b);
  const running = new Running(detector);
  await running.ask(rules);
  // A compiler that optimises what is hot has done so after this.
  await running.each(rules, 20_000);
  const rulesMs = await running.each(rules, 20_000);
  await running.ask(work);
  await running.each(work, 50);
  const workMs = await running.each(work, 100);
  const peak = running.peak();
  await running.end();
  return { p50: quantile(first, 0.5), p99: quantile(first, 0.99), rulesMs, workMs, peak };
}

if (!existsSync(wasmtime)) throw new Error("functions/build.sh detector wasmtime first");
const { detectors: compiled, compiling } = aheadOfTime();
const native = detectors();
const all = [...native, ...compiled, ...detectors(justInTime).slice(native.length)];
process.stdout.write(`${starts} starts each; event: one person, ${rules.length} bytes\n\n`);
process.stdout.write(
  "| how | language | loaded, kB | compiled before, ms | start to first answer p50 / p99, ms | an event's rules, µs | 250,000 rounds, ms | memory, MiB |\n",
);
process.stdout.write("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
for (const detector of all) {
  const measured = await measure(detector).catch((error: Error) => error.message);
  if (typeof measured === "string") {
    process.stdout.write(`| ${detector.mode} | ${detector.language} | ${measured} |\n`);
    continue;
  }
  const { p50, p99, rulesMs, workMs, peak } = measured;
  const before = compiling.get(detector.file)?.toFixed(0) ?? "–";
  const loaded = (statSync(detector.file).size / 1000).toFixed(0);
  process.stdout.write(
    `| ${detector.mode} | ${detector.language} | ${loaded} | ${before} | ${p50.toFixed(1)} / ${p99.toFixed(1)} | ${(rulesMs * 1e3).toFixed(1)} | ${workMs.toFixed(2)} | ${peak.toFixed(1)} |\n`,
  );
}
