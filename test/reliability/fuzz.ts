import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { FuzzFinding, FuzzJob, FuzzNews } from "./fuzzWorker.ts";

/** What a run of the fuzzer came to. */
export interface FuzzResult {
  readonly cases: number;
  readonly counts: Readonly<Record<string, readonly [taken: number, refused: number]>>;
  readonly findings: readonly FuzzFinding[];
}

/** A case that does not move on for so long hangs, on however busy a machine. */
const patienceMs = 60_000;
const lookEveryMs = 500;

/**
 * Draws inputs of every kind and has them read; whatever is neither taken in nor refused by an InputError is a finding: another error,
 * a number that is none, a case that does not come to an end, a thread out of memory.
 */
export async function fuzz(options: {
  readonly cases: number;
  readonly seed: number;
  readonly from?: number;
  readonly threads?: number;
}): Promise<FuzzResult> {
  const { cases, seed, from = 0, threads = 1 } = options;
  const findings: FuzzFinding[] = [];
  const counts: Record<string, [number, number]> = {};
  await Promise.all(
    Array.from({ length: threads }, async (_, k) => {
      let next = from + k;
      while (next < from + cases) {
        const job = { seed, from: next, to: from + cases, step: threads };
        const stuck = await thread(job, { findings, counts });
        if (stuck === undefined) return;
        findings.push(stuck);
        next = stuck.case + threads;
      }
    }),
  );
  return { cases, counts, findings: findings.sort((a, b) => a.case - b.case) };
}

/** Runs a thread to its end; the case at which it had to be ended, if it came to that. */
function thread(
  job: Omit<FuzzJob, "cell">,
  { findings, counts }: { findings: FuzzFinding[]; counts: Record<string, [number, number]> },
): Promise<FuzzFinding | undefined> {
  const cell = new Int32Array(new SharedArrayBuffer(4)).fill(job.from);
  const worker = new Worker(new URL("./fuzzWorker.ts", import.meta.url), {
    workerData: { ...job, cell } satisfies FuzzJob,
    resourceLimits: { maxOldGenerationSizeMb: 1500 },
  });
  return new Promise((resolve) => {
    let seen = -1;
    let stillMs = 0;
    const end = (what: string | undefined): void => {
      clearInterval(watch);
      void worker.terminate();
      const number = Atomics.load(cell, 0);
      resolve(what === undefined ? undefined : { case: number, kind: "?", input: "", what });
    };
    const watch = setInterval(() => {
      const now = Atomics.load(cell, 0);
      stillMs = now === seen ? stillMs + lookEveryMs : 0;
      seen = now;
      if (stillMs >= patienceMs) end(`hangs: over ${patienceMs / 1e3} s`);
    }, lookEveryMs);
    worker.on("message", ({ finding, counts: own = {} }: FuzzNews) => {
      if (finding !== undefined) findings.push(finding);
      for (const [kind, [taken, refused]] of Object.entries(own)) {
        const [before, after] = counts[kind] ?? [0, 0];
        counts[kind] = [before + taken, after + refused];
      }
    });
    worker.once("error", (error) => end(`ends the thread: ${String(error)}`));
    worker.once("exit", () => end(undefined));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      cases: { type: "string" },
      seed: { type: "string" },
      case: { type: "string" },
      threads: { type: "string" },
    },
  });
  const from = values.case === undefined ? 0 : Number(values.case);
  const cases = values.case === undefined ? Number(values.cases ?? 10_000) : 1;
  const { counts, findings } = await fuzz({
    cases,
    from,
    seed: Number(values.seed ?? 1),
    threads: Number(values.threads ?? 1),
  });
  const line = (text: string) => process.stdout.write(`${text}\n`);
  line("| kind | cases | taken in | refused |");
  line("| --- | --- | --- | --- |");
  for (const [kind, [taken, refused]] of Object.entries(counts))
    line(`| ${kind} | ${taken + refused} | ${taken} | ${refused} |`);
  for (const { case: number, kind, what, input } of findings.slice(0, 50))
    line(
      `\ncase ${number}, ${kind}: ${what}\n${JSON.stringify(input.slice(0, values.case === undefined ? 600 : 4000))}`,
    );
  line(`\n${cases} cases, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
