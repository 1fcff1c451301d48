import { Command, Option } from "commander";
import { parseDuration } from "../base/units.ts";
import { type Comparison, compare } from "../report/compare.ts";
import { jsonText } from "../report/json.ts";
import { comparisonTable } from "../report/table.ts";
import type { Answer } from "../scenario/answer.ts";
import type { ReportSpec, Scenario } from "../scenario/scenario.ts";
import { isTransient } from "../scenario/schema/normalise.ts";
import { readAnswers } from "./answers.ts";
import { compareWithFile, compareWithFolder } from "./baseline.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario } from "./files.ts";
import { checkScenario } from "./ofScenario.ts";
import { addExamples, addJson, type CommonOptions, writeJson } from "./options.ts";
import { addSeedCheck, checkSeed } from "./seedOption.ts";
import type { Verb, VerbContext } from "./verb.ts";

interface CompareVerbOptions extends CommonOptions {
  readonly scenario?: string;
  readonly strict?: boolean;
  readonly quantileRatio?: string;
  readonly absolute?: string;
  readonly ks?: string;
  readonly baseline?: string;
}

/** `coldcast compare`: predictions against a measurement of the same scenario, or against earlier predictions of it. */
export const compareVerb: Verb = (context) =>
  addExamples(addSeedCheck(addJson(new Command("compare"))), [
    "compare out/model.json out/sim.json out/live.json --scenario scenarios/camera-burst.yaml",
    "compare sim.json live.json --quantile-ratio 1.1 --absolute 0.5ms --strict --json -",
    "compare sim.json hey.csv --scenario scenario.yaml",
    "compare sim.json live.json --baseline before/sim.json",
    "compare --baseline answers",
  ])
    .description("judge predictions by a measurement (the answer from live; else the last file)")
    .argument("[answers...]", "answer files (JSON), or a measurement that `import` reads")
    .option("--scenario <file>", "take quantiles and tolerance from this scenario's report")
    .addOption(tolerance("--quantile-ratio <ratio>", "a quantile agrees within this ratio", "1.25"))
    .addOption(tolerance("--absolute <duration>", "… or within this difference", "1ms"))
    .addOption(tolerance("--ks <distance>", "largest distance of the two cdfs", "0.1"))
    .option("--strict", "exit 1 also where the data do not suffice for a verdict")
    .addOption(
      new Option(
        "--baseline <path>",
        "exit 1 where predictions are further off than stored ones: an earlier answer, or a folder of measured runs whose predictions are made anew",
      ).conflicts("strict"),
    )
    .action((files: readonly string[], options: CompareVerbOptions) => {
      const { baseline, json } = options;
      if (baseline !== undefined && files.length === 0) return compareWithFolder(context, baseline, options);
      const scenario =
        options.scenario === undefined ? undefined : readScenario(options.scenario, { requestsBounded: true });
      const answers = readAnswers(files, { scenario });
      checkSeed(answers, files, options.seed);
      const { predicted, measured } = parted(answers);
      const setting = settingOf(options, { answers, files, measured, scenario }, context);
      if (baseline !== undefined) return compareWithFile(context, baseline, { predicted, measured, ...setting }, json);
      const comparison = compare(predicted, measured, setting);
      const { terminal, finish } = context;
      finish(verdictCode(comparison, options.strict ?? false));
      if (writeJson(terminal, json, () => jsonText(comparison))) return;
      const { width, color } = terminal;
      terminal.out(`${comparisonTable(answers, comparison, { width, color }).trimEnd()}\n`);
    });

/** A tolerance of one's own, which a scenario's report would overrule. */
const tolerance = (flags: string, what: string, value: string): Option =>
  new Option(flags, what).default(value).conflicts("scenario");

/** Which answer is the measurement: the one from live, else the last. */
function parted(answers: readonly Answer[]): { readonly predicted: readonly Answer[]; readonly measured: Answer } {
  const measured = answers.findLast(({ from }) => from === "live") ?? answers.at(-1);
  const predicted = answers.filter((answer) => answer !== measured);
  if (measured !== undefined && predicted.length > 0) return { predicted, measured };
  const got = measured === undefined ? "none" : "one answer";
  throw new UsageError(`compare needs a prediction and a measurement, got ${got}`);
}

function settingOf(
  options: CompareVerbOptions,
  { answers, files, measured, scenario }: Judged,
  { terminal }: VerbContext,
): Setting {
  if (scenario === undefined) return { transient: false, ...fromOptions(options, measured) };
  for (const warning of checkScenario(scenario, answers, files)) terminal.err(`warning: ${warning}\n`);
  return settings(scenario);
}

interface Judged {
  readonly answers: readonly Answer[];
  readonly files: readonly string[];
  readonly measured: Answer;
  readonly scenario: Scenario | undefined;
}

interface Setting {
  readonly tolerance: ReportSpec["tolerance"];
  readonly quantiles: readonly number[];
  readonly transient: boolean;
}

/** What `compare` needs to know from a scenario. */
export function settings({ report, arrivals }: Scenario): Setting {
  return { tolerance: report.tolerance, quantiles: report.quantiles, transient: isTransient(arrivals) };
}

export function verdictCode({ verdict }: Comparison, strict: boolean): number {
  const bad = verdict === "disagree" || (strict && verdict === "inconclusive");
  return bad ? exitCodes.disagreement : exitCodes.done;
}

function fromOptions(options: CompareVerbOptions, measured: Answer) {
  const quantileRatio = Number(options.quantileRatio);
  const ks = Number(options.ks);
  const absolute = parseDuration(options.absolute ?? "");
  if (!(quantileRatio >= 1)) throw new UsageError("--quantile-ratio must be a number, 1 or more");
  if (!(ks >= 0 && ks <= 1)) throw new UsageError("--ks must be a number from 0 to 1");
  if (absolute === undefined || absolute < 0) throw new UsageError('--absolute must be a duration, such as "1ms"');
  const target = measured.targets.find((t) => t.status !== "unavailable");
  const quantiles = target?.latency.quantiles ?? [];
  if (quantiles.length === 0) throw new UsageError("the measurement has no quantiles to compare");
  return { tolerance: { quantileRatio, absolute, ks }, quantiles: quantiles.map(({ q }) => q) };
}
