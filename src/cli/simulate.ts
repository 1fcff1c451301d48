import { Command, InvalidArgumentError, Option } from "commander";
import { differencesText } from "../report/differencesText.ts";
import type { Answer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Precision, PrecisionOf } from "../sim/precision.ts";
import { printAnswer } from "./answers.ts";
import { UsageError } from "./exit.ts";
import { readScenario } from "./files.ts";
import { keptReplications } from "./keptReplications.ts";
import {
  addCommon,
  addExamples,
  addShown,
  addTarget,
  chosenTargets,
  type ShownOptions,
  type TargetOptions,
  wholeNumber,
} from "./options.ts";
import { startProgress } from "./progress.ts";
import { simulateParallel } from "./simulateParallel.ts";
import { explain, writeTrace } from "./simulateTrace.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";
import { whileWatching } from "./whileWatching.ts";

interface SimulateOptions extends TargetOptions, ShownOptions {
  readonly replications?: number;
  readonly requests?: number;
  readonly workers?: number;
  readonly precision?: number;
  readonly of?: PrecisionOf;
  readonly maxReplications?: number;
  readonly explain?: number;
  readonly trace?: string;
  readonly resume?: string;
}

/** `coldcast simulate`: the same requests through a model of the platform, request by request. */
export const simulateVerb: Verb = ({ terminal }) =>
  addExamples(addShown(addTarget(addCommon(new Command("simulate")))), [
    "simulate scenarios/camera-burst.yaml",
    "simulate scenario.yaml --replications 32 --requests 1000000 --workers 8 --json sim.json",
    "simulate scenario.yaml --precision 1% --of p99",
    "simulate scenario.yaml --replications 1000 --resume kept --json sim.json",
    "simulate scenario.yaml --explain 4711 --target faas",
    "simulate scenario.yaml --trace trace.json",
    "simulate scenario.yaml --plot --watch",
  ])
    .description("simulate every target; the same bytes come out for any number of workers")
    .argument("<scenario>", "scenario file (YAML or JSON)")
    .option("--replications <n>", "independent runs", wholeNumber(1))
    .option("--requests <n>", "requests per replication, in place of the scenario's duration", wholeNumber(1))
    .option("--workers <n>", "threads (default: one per core)", wholeNumber(1))
    .option("--precision <share>", "more replications until a figure is known to, say, 1%", share)
    .addOption(
      new Option("--of <figure>", "that figure: a quantile, mean, or cold (its probability) (default: p99)").argParser(
        figure,
      ),
    )
    .option("--max-replications <n>", "where --precision stops at the latest (default: 256)", wholeNumber(2))
    .option("--explain <id>", "print the life of one request (its row in the schedule, from 0) instead", wholeNumber(0))
    .option("--trace <file>", "also write every request and instance of replication 0, for Perfetto")
    .option("--resume <folder>", "keep replications there that are done, and go on with those of a run that was killed")
    .action(async (file: string, options: SimulateOptions) => {
      const once = () => answerOnce(terminal, file, options);
      await (options.watch ? whileWatching(terminal, file, once) : once());
    });

async function answerOnce(terminal: Terminal, file: string, options: SimulateOptions): Promise<void> {
  const { seed, replications, requests, workers, resume: folder } = options;
  const precision = precisionOf(options);
  if (options.explain !== undefined && options.trace !== undefined)
    throw new UsageError("--explain and --trace are two questions; ask one");
  if (options.explain !== undefined && folder !== undefined)
    throw new UsageError("--resume is for simulations that take long; --explain plays one replication");
  const scenario = withQuantile(readScenario(file, { requestsBounded: requests !== undefined }), precision);
  const targets = chosenTargets(scenario, options.target);
  if (options.explain !== undefined) {
    explain(terminal, scenario, options.explain, { seed, requests, targets, json: options.json });
    return;
  }
  const progress = startProgress(terminal, "simulate");
  const kept = folder === undefined ? undefined : keptReplications(folder);
  const answer = await simulateParallel(scenario, {
    ...defined({ seed, replications, requests, targets, workers, precision }),
    onProgress: (done) => progress.update(done),
    kept,
  });
  progress.done();
  if (answer === null) return;
  printAnswer(terminal, answer, options.json, options.plot);
  kept?.remove();
  if (options.json !== "-") terminal.out(differencesText(answer));
  warn(terminal, answer);
  // Last, so that a trace that cannot be written costs nothing that was simulated.
  if (options.trace !== undefined) await writeTrace(terminal, scenario, options.trace, { seed, requests, targets });
}

/** What to know before trusting the figures, and how well they are known where that was asked for. */
function warn(terminal: Terminal, { targets }: Answer): void {
  for (const target of targets) {
    if (target.status === "unavailable") continue;
    for (const warning of target.warnings ?? []) terminal.err(`warning: ${target.name}: ${warning}\n`);
    if (target.precision === undefined) continue;
    const { of, wanted, reached, replications } = target.precision;
    const known = reached === Infinity ? "not known at all" : `known to ±${percent(reached)}`;
    const short = reached > wanted ? `, not to ±${percent(wanted)}: more --max-replications or --requests` : "";
    terminal.err(`${target.name}: ${of} is ${known} after ${replications} replications${short}\n`);
  }
}

const percent = (part: number): string => `${Number((100 * part).toPrecision(2))} %`;

function precisionOf({ precision, of, maxReplications, replications }: SimulateOptions): Precision | undefined {
  if (precision === undefined) {
    if (of !== undefined || maxReplications !== undefined)
      throw new UsageError("--of and --max-replications say how --precision is meant: give it too");
    return undefined;
  }
  if (replications === 1) throw new UsageError("--precision needs at least two replications to tell the error from");
  return { of: of ?? { quantile: 0.99 }, relative: precision, most: maxReplications ?? 256 };
}

/** The scenario with the quantile in its report that the precision is about. */
function withQuantile(scenario: Scenario, precision: Precision | undefined): Scenario {
  const { quantiles } = scenario.report;
  if (precision === undefined || typeof precision.of === "string") return scenario;
  const { quantile } = precision.of;
  if (quantiles.some((q) => Math.abs(q - quantile) < 1e-12)) return scenario;
  return { ...scenario, report: { ...scenario.report, quantiles: [...quantiles, quantile].sort((a, b) => a - b) } };
}

function share(text: string): number {
  const value = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("Write a share such as 1% or 0.01.");
  return value;
}

function figure(text: string): PrecisionOf {
  if (text === "mean" || text === "cold") return text;
  const level = /^p(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  const quantile = Number((Number(level) / 100).toPrecision(12));
  if (!(quantile > 0 && quantile < 1))
    throw new InvalidArgumentError("Write a quantile such as p99, or mean, or cold.");
  return { quantile };
}

/** An object without the keys whose value is undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
