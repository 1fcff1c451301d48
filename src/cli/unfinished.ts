import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { finished as ended } from "node:stream/promises";
import { version } from "../base/version.ts";
import { liveAnswer } from "../live/liveAnswer.ts";
import { measuredAnswer } from "../live/measured.ts";
import { fillFromRecords } from "../live/outcomeRecords.ts";
import { OutcomeLog } from "../live/outcomes.ts";
import { functionSpec } from "../live/pipeline/functionSpec.ts";
import { answerFromJson } from "../report/json.ts";
import type { Answer, AvailableAnswer, TargetAnswer } from "../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { collectSchedule, type Schedule } from "../scenario/schedule.ts";
import { describeError, UsageError } from "./exit.ts";
import { readTextFile, sha256Hex, writeFileAtomic } from "./files.ts";
import { logFiles, type Measurement, writeMeasurement } from "./measurement.ts";
import type { Terminal } from "./terminal.ts";

/**
 * What a measurement that is under way keeps in the folder `unfinished` of its own, so that little is lost where its process
 * is killed: the targets that are done, as a measurement, and each outcome of the one that is not as soon as it is there.
 */
export interface Unfinished {
  /** The targets that an earlier process had done, which was asked for the same. */
  readonly done: Measurement | null;
  readonly onRecord: (target: string, record: string) => void;
  readonly onTarget: (measured: Measurement) => Promise<void>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
  /** For when all of it is in its place. */
  remove(): void;
}

const name = "unfinished";
const recordSuffix = ".records.csv";
const flushEveryMs = 100;

/** What tells a measurement from any other whose parts must not be mixed with its own. */
export const askedFor = (scenario: Scenario, seed: number, ...more: readonly unknown[]): string =>
  sha256Hex(JSON.stringify([version, scenario.sha256, seed, ...more]));

/** Begins to keep, or goes on with what is there, where that is of the same measurement; anything else there is replaced. */
export function openUnfinished(out: string, asked: string, terminal: Terminal): Unfinished {
  const folder = join(out, name);
  const before = readAsked(folder);
  if (before?.asked !== asked) {
    if (before !== null) terminal.err(`${folder}: is of another measurement, and is replaced\n`);
    rmSync(folder, { recursive: true, force: true });
  }
  const done = before?.asked === asked ? readDone(folder) : null;
  mkdirSync(folder, { recursive: true });
  const at = before?.asked === asked ? before.at : new Date().toISOString();
  writeFileAtomic(join(folder, "asked.json"), `${JSON.stringify({ coldcastUnfinished: 1, asked, at })}\n`);
  const records = recordFiles(folder, terminal);
  let soFar = done;
  return {
    done,
    onRecord: records.add,
    onTarget: async (measured) => {
      soFar = joined(soFar, measured);
      await writeMeasurement(soFar, { folder, logs: folder });
    },
    close: records.close,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** One measurement of two that are of different targets of one schedule. */
export function joined(first: Measurement | null, second: Measurement): Measurement {
  if (first === null) return second;
  return {
    answer: { ...first.answer, targets: [...first.answer.targets, ...second.answer.targets] },
    outcomes: new Map([...first.outcomes, ...second.outcomes]),
    pods: new Map([...first.pods, ...second.pods]),
    stages: new Map([...(first.stages ?? []), ...(second.stages ?? [])]),
    files: new Map([...(first.files ?? []), ...(second.files ?? [])]),
  };
}

/** The targets of a measurement in the scenario's order. */
export function inOrder(measured: Measurement, scenario: Scenario): Measurement {
  const place = ({ name }: TargetAnswer): number => scenario.targets.findIndex((target) => target.name === name);
  const targets = measured.answer.targets.toSorted((a, b) => place(a) - place(b));
  return { ...measured, answer: { ...measured.answer, targets } };
}

/**
 * The measurement that a killed process left, without sending anything: what had its outcome is measured, the rest `unsent`.
 *
 * @throws {UsageError} where nothing is left, or of another measurement
 */
export function recovered(
  out: string,
  asked: string,
  {
    scenario,
    drawn,
    names,
  }: { readonly scenario: Scenario; readonly drawn: Schedule; readonly names: readonly string[] },
): Measurement {
  const folder = join(out, name);
  const before = readAsked(folder);
  if (before === null) throw new UsageError(`${out}: holds nothing of a measurement that was broken off`);
  if (before.asked !== asked)
    throw new UsageError(`${folder}: is of another measurement (scenario, seed, places, targets or version differ)`);
  const done = readDone(folder);
  const arrivals = collectSchedule(drawn);
  const outcomes = new Map<string, OutcomeLog>();
  const targets: TargetAnswer[] = [];
  for (const spec of scenario.targets.filter((target) => names.includes(target.name))) {
    const finished = done?.answer.targets.find((target) => target.name === spec.name);
    if (finished !== undefined) {
      targets.push(finished);
      continue;
    }
    const { log, known } = recordsOf(folder, spec, arrivals);
    outcomes.set(spec.name, log);
    const notes = [`broken off: ${known} of ${log.length} requests had their outcome on the disk`];
    targets.push(answerOfRecords(scenario, spec, log, notes));
  }
  const startedAt = new Date(before.at);
  const answer = liveAnswer(scenario, { seed: drawn.seed, scheduleSha256: arrivals.sha256, startedAt, targets });
  return { answer, outcomes, pods: new Map(), files: done?.files ?? new Map() };
}

/** Removes what was recovered. */
export const removeUnfinished = (out: string): void => rmSync(join(out, name), { recursive: true, force: true });

function recordsOf(
  folder: string,
  { name }: TargetSpec,
  arrivals: { readonly at: Float64Array; readonly work: Float64Array },
) {
  const log = new OutcomeLog(arrivals);
  const file = join(folder, name + recordSuffix);
  return { log, known: existsSync(file) ? fillFromRecords(log, readTextFile(file), file) : 0 };
}

function answerOfRecords(
  scenario: Scenario,
  spec: TargetSpec,
  log: OutcomeLog,
  notes: readonly string[],
): AvailableAnswer {
  return { ...measuredAnswer(scenario, functionSpec(spec), log, { notes }), kind: spec.kind };
}

function readAsked(folder: string): { readonly asked: string; readonly at: string } | null {
  try {
    const { asked, at } = JSON.parse(readTextFile(join(folder, "asked.json"))) as Record<string, unknown>;
    return typeof asked === "string" && typeof at === "string" && !Number.isNaN(Date.parse(at)) ? { asked, at } : null;
  } catch {
    return null;
  }
}

/** The targets that are done, their logs as the files they are in. */
function readDone(folder: string): Measurement | null {
  const file = join(folder, "live.json");
  if (!existsSync(file)) return null;
  const answer: Answer = answerFromJson(readFileSync(file, "utf8"), file);
  const files = new Map(logFiles(folder).map((log) => [log, join(folder, log)]));
  return { answer, outcomes: new Map(), pods: new Map(), files };
}

/** Files that get a line for every outcome, some ten times a second. */
function recordFiles(folder: string, terminal: Terminal) {
  for (const old of readdirSync(folder)) if (old.endsWith(recordSuffix)) rmSync(join(folder, old), { force: true });
  const waiting = new Map<string, string[]>();
  const streams = new Map<string, WriteStream>();
  let hasFailed = false;
  const streamOf = (target: string): WriteStream => {
    const known = streams.get(target);
    if (known !== undefined) return known;
    const file = join(folder, target + recordSuffix);
    const stream = createWriteStream(file);
    // What is measured goes on; at its end there may be room again.
    stream.on("error", (error) => {
      if (!hasFailed)
        terminal.err(`${describeError(Object.assign(error, { path: file })).message}; no longer kept until the end\n`);
      hasFailed = true;
      waiting.clear();
    });
    streams.set(target, stream);
    return stream;
  };
  const flush = (): void => {
    for (const [target, records] of waiting) {
      if (records.length > 0 && !hasFailed) streamOf(target).write(`${records.join("\n")}\n`);
      waiting.set(target, []);
    }
  };
  const timer = setInterval(flush, flushEveryMs).unref();
  return {
    add: (target: string, record: string): void => {
      if (hasFailed) return;
      const records = waiting.get(target);
      if (records === undefined) waiting.set(target, [record]);
      else records.push(record);
    },
    close: async (): Promise<void> => {
      clearInterval(timer);
      flush();
      for (const stream of streams.values()) await ended(stream.end()).catch(() => {});
    },
  };
}
