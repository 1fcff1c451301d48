import { Command, Option } from "commander";
import { predict } from "../model/predict.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { printAnswer } from "./answers.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readScenario } from "./files.ts";
import {
  addCommon,
  addExamples,
  addShown,
  addTarget,
  chosenTargets,
  type ShownOptions,
  type TargetOptions,
  withSeed,
  writeJson,
} from "./options.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb, VerbContext } from "./verb.ts";
import type { WhatIf } from "./whatIf.ts";
import { whileWatching } from "./whileWatching.ts";

interface PredictOptions extends TargetOptions, ShownOptions {
  readonly solve?: string;
  readonly for?: readonly string[];
  /** True without a path: all numbers. */
  readonly sensitivity?: readonly string[] | true;
}

/** `coldcast predict`: what theory says, without any randomness. */
export const predictVerb: Verb = ({ terminal, finish }) =>
  addExamples(addShown(addTarget(addCommon(new Command("predict")))), [
    "predict scenarios/camera-burst.yaml",
    "predict scenario.yaml --target single --json model.json",
    'predict scenario.yaml --solve arrivals.rate --for "p99<=100ms"',
    "predict scenario.yaml --sensitivity",
    "predict scenario.yaml --plot --watch",
  ])
    .description("what the analytic model says, where it has one for a target")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--solve <path>", "for which values of a number of the scenario the conditions hold")
    .addOption(
      new Option(
        "--for <condition>",
        'with --solve: "p99<=100ms", "mean<=20ms", "within(100ms)>=99%", "cold<=1%", "overhead<=0.5" (repeatable)',
      ).argParser(repeated),
    )
    .option(
      "--sensitivity [path...]",
      "after the scenario: how mean and quantiles move with its numbers; all of them without a path",
    )
    .action(async (file: string, options: PredictOptions) => {
      const once = () => answerOnce(file, options, { terminal, finish });
      await (options.watch ? whileWatching(terminal, file, once) : once());
    });

async function answerOnce(file: string, options: PredictOptions, { terminal, finish }: VerbContext): Promise<void> {
  if (options.for !== undefined && options.solve === undefined) throw new UsageError("--for needs --solve");
  const scenario = withSeed(readScenario(file, { requestsBounded: true }), options.seed);
  const targets = chosenTargets(scenario, options.target);
  const whatIf = await asked(scenario, targets, options);
  if (whatIf !== null) {
    print(terminal, whatIf, options.json);
    if (whatIf.isEmpty) finish(exitCodes.usage);
    return;
  }
  const answer = predict(scenario, targets === undefined ? {} : { targets });
  printAnswer(terminal, answer, options.json, options.plot);
  if (answer.targets.every((target) => target.status === "unavailable")) {
    terminal.err(`${scenario.name}: there is no model for any of its targets; simulate answers them\n`);
    finish(exitCodes.usage);
  }
}

const repeated = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** Loaded only where it is asked for: a plain prediction starts without it. */
async function asked(
  scenario: Scenario,
  chosen: readonly string[] | undefined,
  { solve, for: conditions = [], sensitivity }: PredictOptions,
): Promise<WhatIf | null> {
  if (solve === undefined && sensitivity === undefined) return null;
  if (solve !== undefined && sensitivity !== undefined)
    throw new UsageError("--solve and --sensitivity are two questions; ask one");
  const targets = chosen ?? scenario.targets.map(({ name }) => name);
  const { moved, solved } = await import("./whatIf.ts");
  if (solve !== undefined) return solved(scenario, targets, solve, conditions);
  return moved(scenario, targets, sensitivity === true ? undefined : sensitivity);
}

function print(terminal: Terminal, { data, text }: WhatIf, json: string | undefined): void {
  const infinite = (_: string, value: unknown) => (value === Infinity ? "Infinity" : value);
  if (!writeJson(terminal, json, () => `${JSON.stringify(data, infinite, 2)}\n`)) terminal.out(text);
}
