import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../src/base/check.ts";
import { source } from "../../src/random/source.ts";
import { cliKinds } from "./fuzzCli.ts";
import { fileKinds } from "./fuzzKinds.ts";

// One thread of the fuzzer: case by case, each drawn from the seed and its own number, so that any can be drawn again.

/** What went on in the thread while others could not ask it. */
export interface FuzzJob {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Cases are told apart by their rest. */
  readonly step: number;
  /** [case in hand]: for who watches whether it moves on. */
  readonly cell: Int32Array;
}

export interface FuzzFinding {
  readonly case: number;
  readonly kind: string;
  readonly input: string;
  readonly what: string;
}

export interface FuzzNews {
  readonly finding?: FuzzFinding;
  /** Cases by kind: taken in, and refused. */
  readonly counts?: Readonly<Record<string, readonly [taken: number, refused: number]>>;
}

/** CPU time of one case; a tenth of it is slow already. */
const slowSeconds = 2;
const kinds = [...fileKinds, ...cliKinds];
const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
const counts: Record<string, [number, number]> = Object.fromEntries(kinds.map(({ name }) => [name, [0, 0]]));
const job = workerData as FuzzJob;
const tell = (news: FuzzNews): void => parentPort?.postMessage(news);

for (let n = job.from; n < job.to; n += job.step) {
  Atomics.store(job.cell, 0, n);
  const started = performance.now();
  await one(n);
  // Others may have had the core; only a second time tells.
  if (performance.now() - started > slowSeconds * 1e3) await timed(n);
}
tell({ counts });

async function timed(n: number): Promise<void> {
  const started = process.threadCpuUsage();
  const { kind, input } = await one(n);
  const { user, system } = process.threadCpuUsage(started);
  const what = `slow: ${((user + system) / 1e6).toFixed(1)} s of CPU time`;
  if (user + system > slowSeconds * 1e6) tell({ finding: { case: n, kind, input: input.slice(0, 4000), what } });
}

async function one(n: number): Promise<{ readonly kind: string; readonly input: string }> {
  const random = source(job.seed, "fuzz", n);
  let chosen = random() * total;
  const kind = kinds.find(({ weight }) => {
    chosen -= weight;
    return chosen < 0;
  })!;
  let input = "";
  const found = (what: string): void =>
    tell({ finding: { case: n, kind: kind.name, input: input.slice(0, 4000), what } });
  try {
    await kind.run(random, (text) => {
      input = text;
    });
    counts[kind.name]![0]++;
  } catch (error) {
    counts[kind.name]![1]++;
    const wrong = whyUndocumented(error);
    if (wrong !== undefined) found(wrong);
  }
  return { kind: kind.name, input };
}

/** An InputError says where, what was wrong and what to do, in a line each that a terminal can show. */
function whyUndocumented(error: unknown): string | undefined {
  if (!(error instanceof InputError)) return error instanceof Error ? (error.stack ?? String(error)) : String(error);
  if (error.issues.length === 0) return "an InputError without an issue";
  if (error.message.length > 500_000) return `an InputError of ${error.message.length} characters`;
  if (/[^\P{Cc}\n]/u.test(error.message))
    return `an InputError with control characters: ${JSON.stringify(error.message)}`;
  if (/undefined|\[object Object\]|\bNaN\b/.test(error.message) && !/undefined|object|NaN|nan/i.test(error.file))
    return undefinedIn(error.message);
  return undefined;
}

/** A message may repeat what the document says; a word of the language's own in our part of it is a slip. */
function undefinedIn(message: string): string | undefined {
  return /(?:got|must be|is) undefined\b|\[object Object\]/.test(message)
    ? `a message of no use: ${message}`
    : undefined;
}
