import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type OutcomeLog, outcomeCsvLines, parseOutcomes } from "../live/outcomes.ts";
import { parseStages, type StageLog, stageCsvLines } from "../live/pipeline/stageLog.ts";
import { eventCsvLines, type PodLog, parsePods, podCsvLines } from "../live/watch/podLog.ts";
import type { PodRecord } from "../live/watch/podRecord.ts";
import { latenessOf } from "../report/fittedOn.ts";
import { answerFromJson, answerToJson } from "../report/json.ts";
import type { Answer } from "../scenario/answer.ts";
import type { CalibrationSource, Scenario } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";
import { readTextFile, type Staged, sha256Hex, stageFile, stageLines } from "./files.ts";

/** What a replay leaves behind. */
export interface Measurement {
  readonly answer: Answer;
  readonly outcomes: ReadonlyMap<string, OutcomeLog>;
  readonly pods: ReadonlyMap<string, PodLog>;
  /** Of what went through Kafka. */
  readonly stages?: ReadonlyMap<string, StageLog>;
  /** Logs that are files already, by name. */
  readonly files?: ReadonlyMap<string, string>;
}

const outcomeSuffix = ".outcomes.csv";
const podSuffix = ".pods.csv";
const eventSuffix = ".events.csv";
const stageSuffix = ".stages.csv";
const suffixes = [outcomeSuffix, podSuffix, eventSuffix, stageSuffix];

/**
 * Writes `live.json` into a folder, and per target one outcome log, what was seen of its pods and the times in its stages
 * into `logs`, in place of an earlier measurement's, which stays as it is until all of this one is on the disk.
 *
 * @returns what a fit to this measurement names as its source
 */
export async function writeMeasurement(
  measurement: Measurement,
  { folder, logs }: { readonly folder: string; readonly logs: string },
): Promise<CalibrationSource> {
  const { answer, outcomes, files = new Map() } = measurement;
  const text = answerToJson(answer);
  const written = logLines(measurement);
  const staged: Staged[] = [];
  try {
    for (const [name, lines] of written) staged.push(await stageLines(join(logs, name), lines));
    for (const [name, file] of files) staged.push(stageFile(join(logs, name), readFileSync(file)));
    staged.push(stageFile(join(folder, "live.json"), text));
  } catch (error) {
    for (const each of staged) each.discard();
    throw error;
  }
  // Logs must never stand beside the answer of another measurement.
  rmSync(staged.at(-1)!.place, { force: true });
  removeLogs(logs, [...written.map(([name]) => name), ...files.keys()]);
  for (const each of staged) each.commit();
  return sourceOf(answer, text, outcomes);
}

/** The logs of a measurement by their files' names. */
function logLines({ outcomes, pods, stages = new Map() }: Measurement): (readonly [string, Iterable<string>])[] {
  return [
    ...[...outcomes].map(([name, log]) => [name + outcomeSuffix, outcomeCsvLines(log)] as const),
    ...[...pods].map(([name, seen]) => [name + podSuffix, podCsvLines(seen)] as const),
    ...[...pods].map(([name, seen]) => [name + eventSuffix, eventCsvLines(seen)] as const),
    ...[...stages].map(([name, log]) => [name + stageSuffix, stageCsvLines(log)] as const),
  ];
}

/** Removes what an earlier measurement left in these folders, so that none of it can be taken for the next one's. */
export function removeMeasurement({ folder, logs }: { readonly folder: string; readonly logs: string }): void {
  rmSync(join(folder, "live.json"), { force: true });
  removeLogs(logs);
}

function removeLogs(logs: string, but: readonly string[] = []): void {
  for (const name of logFiles(logs)) if (!but.includes(name)) rmSync(join(logs, name), { force: true });
}

/** The logs in a folder, by name. */
export const logFiles = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).filter(isOurs) : []);

const isOurs = (name: string): boolean => suffixes.some((suffix) => name.endsWith(suffix));

/** Reads one target's outcome log; without the answer beside it, the seed is what the user says it was. */
function readLog(file: string, scenario: Scenario, chosen: readonly string[] | undefined, seed: number) {
  const named = basename(file, outcomeSuffix);
  const known = (chosen ?? scenario.targets.map(({ name }) => name)).filter(
    (name, _, all) => name === named || all.length === 1,
  );
  if (known.length !== 1) {
    throw new UsageError(`${file}: which target is it of? Name it NAME${outcomeSuffix}, or say --target NAME`);
  }
  const text = readTextFile(file);
  const log = parseOutcomes(text, file);
  const source: CalibrationSource = { answerSha256: sha256Hex(text), seed, ...rateOf([log]) };
  const times = file.slice(0, -outcomeSuffix.length) + stageSuffix;
  return {
    outcomes: new Map([[known[0]!, log]]),
    pods: new Map<string, readonly PodRecord[]>(),
    stages: new Map(existsSync(times) ? [[known[0]!, parseStages(readTextFile(times), times, log.length)]] : []),
    source,
  };
}

/** Reads what `replay --out` or `run --out` wrote, or one outcome log; only targets of the scenario that are chosen. */
export function readMeasurement(
  folder: string,
  scenario: Scenario,
  { chosen, seed }: { readonly chosen: readonly string[] | undefined; readonly seed: number },
) {
  if (!statSync(folder).isDirectory()) return readLog(folder, scenario, chosen, seed);
  const file = join(folder, "live.json");
  const text = readTextFile(file);
  const answer = answerFromJson(text, file);
  if (answer.scenario !== scenario.name) {
    throw new UsageError(`${file}: is a measurement of ${answer.scenario}, not of ${scenario.name}`);
  }
  const logs = existsSync(join(folder, "live")) ? join(folder, "live") : folder;
  const outcomes = new Map<string, OutcomeLog>();
  const pods = new Map<string, readonly PodRecord[]>();
  const stages = new Map<string, StageLog>();
  for (const name of readdirSync(logs).sort()) {
    const target = basename(name, outcomeSuffix);
    const isWanted = scenario.targets.some((t) => t.name === target) && (chosen?.includes(target) ?? true);
    if (!name.endsWith(outcomeSuffix) || !isWanted) continue;
    const log = parseOutcomes(readTextFile(join(logs, name)), join(logs, name));
    outcomes.set(target, log);
    const times = join(logs, target + stageSuffix);
    if (existsSync(times)) stages.set(target, parseStages(readTextFile(times), times, log.length));
    const seen = join(logs, target + podSuffix);
    if (existsSync(seen)) pods.set(target, parsePods(readTextFile(seen), seen));
  }
  if (outcomes.size === 0) throw new UsageError(`${logs}: holds no *${outcomeSuffix} of a target of ${scenario.name}`);
  return { outcomes, pods, stages, source: sourceOf(answer, text, outcomes) };
}

/** What a fit to a measurement names as its source. */
function sourceOf(
  { seed, provenance: { scheduleSha256 }, targets }: Answer,
  text: string,
  outcomes: ReadonlyMap<string, OutcomeLog>,
): CalibrationSource {
  const schedule = scheduleSha256 === null ? {} : { scheduleSha256 };
  const late = latenessOf(targets);
  const lateness = late > 0 ? { latenessSeconds: Number(late.toPrecision(4)) } : {};
  return { answerSha256: sha256Hex(text), seed, ...schedule, ...rateOf([...outcomes.values()]), ...lateness };
}

function rateOf([log]: readonly OutcomeLog[]): Pick<CalibrationSource, "ratePerSecond"> {
  const rate = log === undefined ? Number.NaN : meanRate(log);
  return Number.isNaN(rate) ? {} : { ratePerSecond: Number(rate.toPrecision(4)) };
}

/** Requests a second between a log's first and last; NaN where there are too few to tell. */
export function meanRate({ at, length }: OutcomeLog): number {
  const span = (at[length - 1] ?? 0) - (at[0] ?? 0);
  return length >= 20 && span > 0 ? (length - 1) / span : Number.NaN;
}
