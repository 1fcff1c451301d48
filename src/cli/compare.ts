import { Command } from "commander";
import { parseDuration } from "../base/units.ts";
import { type Comparison, compare } from "../report/compare.ts";
import { jsonText } from "../report/json.ts";
import { comparisonTable } from "../report/table.ts";
import type { Answer } from "../scenario/answer.ts";
import type { ReportSpec, Scenario } from "../scenario/scenario.ts";
import { isTransient } from "../scenario/schema/normalise.ts";
import { readAnswer } from "./answers.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario } from "./files.ts";
import { addCommon, addExamples, type CommonOptions, writeJson } from "./options.ts";
import type { Verb } from "./verb.ts";

interface CompareVerbOptions extends CommonOptions {
  readonly scenario?: string;
  readonly strict?: boolean;
  readonly quantileRatio?: string;
  readonly absolute?: string;
  readonly ks?: string;
}

/** `coldcast compare`: predictions against a measurement of the same scenario. */
export const compareVerb: Verb = ({ terminal, finish }) =>
  addExamples(addCommon(new Command("compare")), [
    "compare out/model.json out/sim.json out/live.json --scenario scenarios/camera-burst.yaml",
    "compare sim.json live.json --quantile-ratio 1.1 --absolute 0.5ms --strict --json -",
  ])
    .description("judge predictions by a measurement (the answer from live; else the last file)")
    .argument("<answers...>", "answer files (JSON)")
    .option("--scenario <file>", "take quantiles and tolerance from this scenario's report")
    .option("--quantile-ratio <ratio>", "a quantile agrees within this ratio", "1.25")
    .option("--absolute <duration>", "… or within this difference", "1ms")
    .option("--ks <distance>", "largest distance of the two cdfs", "0.1")
    .option("--strict", "exit 1 also where the data do not suffice for a verdict")
    .action((files: readonly string[], options: CompareVerbOptions) => {
      const answers = files.map(readAnswer);
      const measured = answers.findLast(({ from }) => from === "live") ?? answers.at(-1)!;
      const predicted = answers.filter((answer) => answer !== measured);
      if (predicted.length === 0) throw new UsageError("compare needs a prediction and a measurement, got one answer");
      const scenario =
        options.scenario === undefined ? undefined : readScenario(options.scenario, { requestsBounded: true });
      const comparison = compare(predicted, measured, {
        ...(scenario === undefined ? fromOptions(options, measured) : settings(scenario)),
      });
      finish(verdictCode(comparison, options.strict ?? false));
      if (writeJson(terminal, options.json, () => jsonText(comparison))) return;
      const { width, color } = terminal;
      terminal.out(`${comparisonTable(answers, comparison, { width, color }).trimEnd()}\n`);
    });

/** What `compare` needs to know from a scenario. */
export function settings({ report, arrivals }: Scenario): {
  readonly tolerance: ReportSpec["tolerance"];
  readonly quantiles: readonly number[];
  readonly transient: boolean;
} {
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
