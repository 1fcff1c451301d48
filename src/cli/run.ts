import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { calibrate, type Fit } from "../live/calibrate.ts";
import { placeForms } from "../live/place.ts";
import { predict } from "../model/predict.ts";
import { type Comparison, compare } from "../report/compare.ts";
import { reportHtml } from "../report/html.ts";
import { answerToJson, jsonText } from "../report/json.ts";
import type { Outlook } from "../report/outlook/outlook.ts";
import { comparisonTable } from "../report/table.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { schedule } from "../scenario/schedule.ts";
import { describeFit, fittedYaml } from "./calibrate.ts";
import { settings, verdictCode } from "./compare.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario, readyFolder, writeFileAtomic } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import { removeMeasurement, writeMeasurement } from "./measurement.ts";
import {
  addCommon,
  addExamples,
  addTarget,
  type CommonOptions,
  chosenTargets,
  wholeNumber,
  withSeed,
  writeJson,
} from "./options.ts";
import { outlookOf } from "./outlookOf.ts";
import { collect, type Places, parsePlaces } from "./places.ts";
import { startProgress } from "./progress.ts";
import { replayAt } from "./replayAt.ts";
import { simulateParallel } from "./simulateParallel.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

interface RunOptions extends CommonOptions {
  readonly calibrate?: number;
  readonly live?: readonly string[];
  readonly out: string;
  readonly target?: readonly string[];
  readonly strict?: boolean;
  readonly outlook: boolean;
}

/** What one run is about. */
interface Job {
  readonly terminal: Terminal;
  /** As written, under the judged seed. */
  readonly scenario: Scenario;
  readonly targets: readonly string[] | undefined;
  /** Null: nothing is measured. */
  readonly places: Places | null;
  readonly calibrationSeed: number | undefined;
  readonly out: string;
  readonly wantsOutlook: boolean;
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly answers: readonly Answer[];
  readonly comparison: Comparison | null;
  readonly fits: readonly Fit[];
  /** The scenario that was predicted: fitted, where there was a calibration. */
  readonly predicted: Scenario;
  readonly outlook: Outlook | undefined;
  readonly interrupted: boolean;
}

/** `coldcast run`: the main job, from a scenario to a verdict. */
export const runVerb: Verb = ({ terminal, finish }) =>
  addExamples(addTarget(addCommon(new Command("run"))), [
    "run scenarios/camera-burst.yaml --calibrate 1007 --out out",
    "run scenario.yaml --live none --out out",
    "run scenario.yaml --live faas=knative:default/hello --live waas=spinkube:default/hello --out out",
    "run scenario.yaml --live faas=http://hello.default.example.com --target faas --out out --strict",
  ])
    .description("calibrate, predict, simulate, replay, compare; a table and out/report.html")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--calibrate <seed>", "first fit the targets to a replay of this seed", wholeNumber(0))
    .option("--live <where>", `none, or NAME=WHERE (repeatable): ${placeForms}; default rig`, collect)
    .requiredOption("--out <folder>", "where to write the report and every answer")
    .option("--no-outlook", "leave out what the report says of other loads, other work and other settings")
    .option("--strict", "exit 1 also where the data do not suffice for a verdict")
    .action(async (file: string, options: RunOptions) => {
      const { json, out, strict = false } = options;
      const scenario = withSeed(readScenario(file), options.seed);
      if (options.calibrate === scenario.seed) {
        throw new UsageError(`--calibrate ${scenario.seed}: the run is judged on this seed; fit on another one`);
      }
      const targets = chosenTargets(scenario, options.target);
      const places = livePlaces(scenario, options.live ?? []);
      if (places === null && options.calibrate !== undefined)
        throw new UsageError("--calibrate fits to a replay, and --live none makes none");
      if (places === null && strict)
        throw new UsageError("--strict asks for a verdict, and --live none measures nothing to judge by");
      readyFolder(out);
      removeEarlierRun(out);
      const result = await interruptible((signal) =>
        run({
          terminal,
          scenario,
          targets,
          places,
          calibrationSeed: options.calibrate,
          out,
          wantsOutlook: options.outlook,
          signal,
        }),
      );
      finish(exitCode(result, strict));
      writeReport(result, out);
      const { answers, comparison } = result;
      if (!writeJson(terminal, json, () => jsonText({ answers, comparison }))) {
        const { width, color } = terminal;
        terminal.out(
          `${comparisonTable(answers, comparison, { width, color }).trimEnd()}\n\nreport: ${join(out, "report.html")}\n`,
        );
      }
      if (result.interrupted) terminal.err(`interrupted; what there is so far is in ${out}\n`);
    });

async function run(job: Job): Promise<Outcome> {
  const { terminal, scenario, places, targets, signal, out } = job;
  const fitted = await fitTargets(job);
  const answers: Answer[] = [];
  const outcome = (rest: Partial<Outcome>): Outcome => ({
    answers,
    comparison: null,
    fits: fitted.fits,
    predicted: fitted.scenario,
    outlook: undefined,
    interrupted: false,
    ...rest,
  });
  if (fitted.interrupted !== null) return outcome({ answers: [fitted.interrupted], interrupted: true });

  answers.push(predict(fitted.scenario, targets === undefined ? {} : { targets }));
  writeFileAtomic(join(out, "model.json"), answerToJson(answers[0]!));
  const progress = startProgress(terminal, "simulate");
  const simulated = await simulateParallel(fitted.scenario, {
    // Held against a replay, every replication plays the arrivals that were sent; else each draws its own.
    ...(places === null ? { seed: scenario.seed } : { scheduleSeed: scenario.seed }),
    ...(targets === undefined ? {} : { targets }),
    onProgress: (share) => progress.update(share),
    signal,
  });
  if (simulated === null) return outcome({ interrupted: true });
  progress.done();
  answers.push(simulated);
  writeFileAtomic(join(out, "sim.json"), answerToJson(simulated));
  const around = async () => (job.wantsOutlook ? await outlookOf(fitted.scenario, job) : undefined);
  if (places === null) return outcome({ outlook: await around() });

  // The rig gets the scenario as written: what the fit found is the rig's own doing and must not be asked of it twice.
  const drawn = schedule(scenario);
  const live = await replayAt(scenario, drawn, places, {
    terminal,
    what: "replay",
    targets,
    seed: scenario.seed,
    signal,
  });
  await writeMeasurement(live, { folder: out, logs: join(out, "live") });
  const comparison = live.interrupted ? null : compare(answers, live.answer, settings(scenario));
  const outlook = live.interrupted ? undefined : await around();
  return outcome({ answers: [...answers, live.answer], comparison, outlook, interrupted: live.interrupted });
}

/** What an earlier run left would stand beside this one's results, or be taken for them. */
function removeEarlierRun(out: string): void {
  for (const name of ["model.json", "sim.json", "comparison.json", "outlook.json", "fitted.yaml", "report.html"]) {
    rmSync(join(out, name), { force: true });
  }
  removeMeasurement({ folder: out, logs: join(out, "live") });
  removeMeasurement({ folder: join(out, "calibration"), logs: join(out, "calibration") });
}

/** The scenario with each target's parameters as measured on the calibration seed, where one is given. */
async function fitTargets(job: Job) {
  const { terminal, scenario, places, targets, signal, calibrationSeed: seed, out } = job;
  const folder = join(out, "calibration");
  if (seed === undefined || places === null) return { scenario, fits: [] as readonly Fit[], interrupted: null };
  const drawn = schedule(scenario, { seed });
  const result = await replayAt(scenario, drawn, places, { terminal, what: "calibrate", targets, seed, signal });
  const source = await writeMeasurement(result, { folder, logs: folder });
  if (result.interrupted) return { scenario, fits: [] as readonly Fit[], interrupted: result.answer };
  const pods = new Map([...result.pods].map(([name, seen]) => [name, seen.pods]));
  const fitted = calibrate(scenario, result.outcomes, source, { pods });
  for (const fit of fitted.fits) terminal.err(`${describeFit(fit)}\n`);
  writeFileAtomic(join(out, "fitted.yaml"), fittedYaml(fitted.scenario));
  return { ...fitted, interrupted: null };
}

function livePlaces(scenario: Scenario, live: readonly string[]): Places | null {
  if (!live.includes("none"))
    return parsePlaces(
      scenario,
      live.filter((where) => where !== "rig"),
    );
  if (live.length > 1) throw new UsageError("--live none stands alone");
  return null;
}

function writeReport({ predicted, answers, comparison, fits, outlook }: Outcome, out: string): void {
  if (comparison !== null) writeFileAtomic(join(out, "comparison.json"), jsonText(comparison));
  writeFileAtomic(join(out, "report.html"), reportHtml({ scenario: predicted, answers, comparison, fits, outlook }));
  if (outlook !== undefined) writeFileAtomic(join(out, "outlook.json"), jsonText(outlook));
}

function exitCode({ interrupted, comparison }: Outcome, strict: boolean): number {
  if (interrupted) return exitCodes.interrupted;
  return comparison === null ? exitCodes.done : verdictCode(comparison, strict);
}
