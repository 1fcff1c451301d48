/**
 * The detector by language and by the way its module becomes machine code: how long from a process's start to its first
 * answer, how long an event takes in a warm one, how large what is loaded is, and the memory. Every answer is checked.
 *
 *   npm run bench:functions [-- --starts 30 --write]
 *
 * About four minutes; wants the machine to itself. `--write` puts what it finds into docs/functions.md. Needs
 * `functions/build.sh detector wasmtime`.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type Detector, detectors } from "../functions/detectors.ts";
import { wasmtime } from "../functions/servers.ts";
import { markdownTable } from "../validation/page.ts";
import { findings } from "./findings.ts";

const { values: options } = parseArgs({
  options: { starts: { type: "string", default: "30" }, write: { type: "boolean", default: false } },
});
const starts = Number(options.starts);
/** A process that compiles for seconds before its first answer is started fewer times. */
const patienceMs = 10_000;
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
  const patience = performance.now() + patienceMs;
  for (let i = 0; i < starts && (i < 3 || performance.now() < patience); i++) {
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
  return { p50: quantile(first, 0.5), most: first.at(-1)!, count: first.length, rulesMs, workMs, peak };
}

if (!existsSync(wasmtime)) {
  process.stderr.write("functions/build.sh detector wasmtime\n");
  process.exit(1);
}
const { tell, end } = findings("functions", options.write);
const { detectors: compiled, compiling } = aheadOfTime();
const native = detectors();
const all = [...native, ...compiled, ...detectors(justInTime).slice(native.length)];
const rows: string[][] = [];
/** Milliseconds of Rust's, by mode. */
const firsts = new Map<string, number>();
for (const detector of all) {
  const { mode, language, file } = detector;
  process.stderr.write(`${mode}, ${language}\n`);
  const loaded = (statSync(file).size / 1000).toFixed(0);
  try {
    const { p50, most, count, rulesMs, workMs, peak } = await measure(detector);
    const before = compiling.get(file)?.toFixed(0) ?? "–";
    if (language === "Rust") firsts.set(mode, p50);
    const warm = [(rulesMs * 1e3).toFixed(1), workMs.toFixed(2), peak.toFixed(1)];
    rows.push([mode, language, loaded, before, `${p50.toFixed(1)} (${most.toFixed(1)}, ${count})`, ...warm]);
  } catch (error) {
    rows.push([mode, language, loaded, "–", (error as Error).message, "–", "–", "–"]);
  }
}
tell(advantage());
tell(
  markdownTable(
    [
      "how",
      "language",
      "loaded, kB",
      "compiled before, ms",
      "start to first answer, ms: p50 (longest, starts)",
      "an event's rules, µs",
      "250,000 rounds, ms",
      "memory, MiB",
    ],
    rows,
  ),
);
end();

/** How decisive compiling ahead of time is for a start. */
function advantage(): string {
  const before = firsts.get("Wasmtime, ahead of time (Cranelift)")!;
  const later = justInTime
    .filter(([mode]) => mode.startsWith("Wasmtime"))
    .map(
      ([mode]) =>
        `${firsts.get(mode)!.toFixed(0)} ms by "${mode}", ${(firsts.get(mode)! / before).toFixed(0)} times as long`,
    );
  return `The Rust detector's process answers first after ${before.toFixed(1)} ms where its module was compiled before, after ${later.join(", and after ")}; the native one after ${firsts.get("native")!.toFixed(1)} ms.`;
}
