import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { predict } from "../model/predict.ts";
import { againstBaseline, type BaselineComparison, type BaselineRun } from "../report/baseline.ts";
import { baselineTable } from "../report/baselineTable.ts";
import { jsonText } from "../report/json.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { collectSchedule, schedule } from "../scenario/schedule.ts";
import { simulate } from "../sim/simulate.ts";
import { readAnswer } from "./answers.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario } from "./files.ts";
import { writeJson } from "./options.ts";
import { startProgress } from "./progress.ts";
import type { VerbContext } from "./verb.ts";

/** The files of a stored run, as docs/validation.md has them. */
const files = { scenario: "scenario.yaml", model: "predicted.json", sim: "simulated.json", live: "measured.json" };

/** A stored run whose predictions are to be made anew. */
interface StoredRun {
  readonly name: string;
  readonly scenario: Scenario;
  readonly measured: Answer;
  readonly before: readonly Answer[];
}

/**
 * Answers every stored scenario of a folder anew and holds the errors against those of the stored answers.
 *
 * @throws {UsageError} where the folder holds no run, or the arrivals of a run are no longer drawn as they were measured
 */
export function compareWithFolder(
  { terminal, finish }: VerbContext,
  folder: string,
  { json, seed, scenario }: { readonly json?: string; readonly seed?: number; readonly scenario?: string },
): void {
  if (!statSync(folder).isDirectory()) throw new UsageError(`${folder}: name the predictions and the measurement too`);
  if (scenario !== undefined) throw new UsageError("--baseline FOLDER takes each run's own scenario");
  const stored = runsIn(folder)
    .map((path) => readRun(folder, path))
    .filter(({ measured }) => seed === undefined || measured.seed === seed);
  if (stored.length === 0) {
    throw new UsageError(`${folder}: no folder in it holds ${files.scenario}, ${files.sim} and ${files.live}`);
  }
  const progress = startProgress(terminal, "answer anew");
  const runs: BaselineRun[] = [];
  for (const run of stored) {
    runs.push({ ...run, now: answersNow(run), ...levelsOf(run) });
    progress.update(runs.length / stored.length, run.name);
  }
  progress.done();
  print({ terminal, finish }, againstBaseline(runs), json);
}

/** Holds predictions of a measurement against an earlier prediction of it. */
export function compareWithFile(
  context: VerbContext,
  file: string,
  given: Omit<BaselineRun, "name" | "before" | "now"> & { readonly predicted: readonly Answer[] },
  json: string | undefined,
): void {
  const before = readAnswer(file);
  const now = given.predicted.filter(({ from }) => from === before.from);
  if (now.length === 0) throw new UsageError(`${file}: is from ${before.from}, and no prediction given is`);
  if (before.scenario !== given.measured.scenario)
    throw new UsageError(
      `${file}: answers scenario ${before.scenario}, and the measurement is of ${given.measured.scenario}`,
    );
  print(context, againstBaseline([{ ...given, name: file, before: [before], now }]), json);
}

function print({ terminal, finish }: VerbContext, comparison: BaselineComparison, json: string | undefined): void {
  finish(comparison.worse > 0 ? exitCodes.disagreement : exitCodes.done);
  if (writeJson(terminal, json, () => jsonText(comparison))) return;
  terminal.out(`${baselineTable(comparison)}\n`);
}

/** Folders, at any depth, that hold a measured run. */
function runsIn(folder: string): string[] {
  const entries = readdirSync(folder).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if ([files.scenario, files.sim, files.live].every((name) => entries.includes(name))) return [folder];
  return entries
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory())
    .flatMap(runsIn);
}

function readRun(root: string, folder: string): StoredRun {
  const at = (name: string) => join(folder, name);
  const measured = readAnswer(at(files.live));
  const scenario = { ...readScenario(at(files.scenario)), seed: measured.seed };
  const { scheduleSha256 } = measured.provenance;
  if (scheduleSha256 !== null && collectSchedule(schedule(scenario)).sha256 !== scheduleSha256) {
    throw new UsageError(
      `${at(files.scenario)}: seed ${measured.seed} no longer draws the arrivals that were measured; measure again`,
    );
  }
  const before = [files.sim, ...(existsSync(at(files.model)) ? [files.model] : [])].map((name) => readAnswer(at(name)));
  return { name: relative(root, folder) || folder, scenario, measured, before };
}

/** The same questions to this version, with as many replications as were asked for then. */
function answersNow({ scenario, before, measured }: StoredRun): Answer[] {
  const targets = measured.targets.map(({ name }) => name);
  const now: Answer[] = [];
  for (const { from, targets: answered, seed } of before) {
    const names = answered.filter(({ name, status }) => status !== "unavailable" && targets.includes(name));
    const wanted = names.map(({ name }) => name);
    if (from === "model") now.push(predict(scenario, { targets: wanted }));
    if (from !== "sim") continue;
    const first = names.find((target) => target.status !== "unavailable");
    const replications = first?.status === "simulated" ? first.latency.oneRun?.runs : undefined;
    // In this thread: starting others takes longer than most runs.
    const played = schedule(scenario, { seed: measured.seed });
    now.push(simulate(scenario, { schedule: played, seed, targets: wanted, replications }));
  }
  return now;
}

const levelsOf = ({ scenario: { report } }: StoredRun) => ({
  tolerance: report.tolerance,
  quantiles: report.quantiles,
});
