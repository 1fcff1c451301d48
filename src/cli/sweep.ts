import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { jsonText } from "../report/json.ts";
import { sweepHtml } from "../report/sweepHtml.ts";
import { sweepTable } from "../report/sweepTable.ts";
import { parseVariation } from "../scenario/parseVariation.ts";
import { readYaml } from "../scenario/readYaml.ts";
import { type SweepRecord, sweepPoints, type Variation } from "../scenario/variations.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { readingFrom, readScenario, readTextFile, readyFolder, writeFileAtomic } from "./files.ts";
import { interruptible } from "./interrupt.ts";
import {
  addCommon,
  addExamples,
  addTarget,
  chosenTargets,
  type TargetOptions,
  wholeNumber,
  withSeed,
  writeJson,
} from "./options.ts";
import { startProgress } from "./progress.ts";
import { mergeSweeps, readSweepLine } from "./sweepFile.ts";
import { runSweep, type Shard, sweepName } from "./sweepRun.ts";
import type { SweepSetting } from "./sweepWorker.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

interface SweepOptions extends TargetOptions {
  readonly vary?: readonly string[];
  readonly out: string;
  readonly engine: "sim" | "model";
  readonly replications?: number;
  readonly requests?: number;
  readonly workers?: number;
  readonly shard: Shard;
  readonly merge?: readonly string[];
}

/** `coldcast sweep`: a scenario at every combination of some of its values. */
export const sweepVerb: Verb = ({ terminal, finish }) =>
  addExamples(addTarget(addCommon(new Command("sweep"))), [
    "sweep s.yaml --vary targets.faas.minScale=0,1,2 --vary arrivals.rate=10/s..500/s:log:8 --out sweep",
    "sweep s.yaml --vary targets.faas.minScale=0,1,2 --shard $JOB_COMPLETION_INDEX/8 --out /results",
    "sweep --merge results/*.ndjson --out sweep.ndjson",
  ])
    .description("answer the scenario at every combination of values; goes on where a killed one stopped")
    .argument("[scenario]", "scenario file (YAML or JSON)")
    .addOption(
      new Option(
        "--vary <path=values>",
        "what to vary: PATH=VALUE,VALUE or PATH=FROM..TO:[log:]COUNT (repeatable)",
      ).argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]),
    )
    .requiredOption("--out <place>", "a file ending in .ndjson, or a folder that gets that file and an HTML summary")
    .addOption(new Option("--engine <engine>", "who answers").choices(["sim", "model"]).default("sim"))
    .option("--replications <n>", "independent runs of every point", wholeNumber(1))
    .option("--requests <n>", "requests per replication, in place of the scenario's duration", wholeNumber(1))
    .option("--workers <n>", "threads (default: one per core)", wholeNumber(1))
    .addOption(
      new Option("--shard <i/n>", "only every n-th point, from the i-th on (from 0)")
        .argParser(shard)
        .default({ index: 0, count: 1 }, "all"),
    )
    .option("--merge <files...>", "join the files of shards; refuses gaps and doubles")
    .action(async (file: string | undefined, options: SweepOptions) => {
      const records = options.merge === undefined ? await swept(terminal, file, options) : merged(file, options);
      if (records === null) return finish(exitCodes.interrupted);
      show(terminal, records, options);
      // As `predict` has it: what was asked for cannot be had.
      if (records.every(({ answer }) => answer.targets.every(({ status }) => status === "unavailable"))) {
        terminal.err("there is no model for any target at any point; --engine sim answers them\n");
        finish(exitCodes.usage);
      }
    });

/** @returns null where Ctrl-C ended it */
async function swept(terminal: Terminal, file: string | undefined, options: SweepOptions) {
  if (file === undefined) throw new UsageError("sweep needs a scenario file, or --merge and the files to join");
  const variations = (options.vary ?? []).map(parseVariation);
  if (variations.length === 0) throw new UsageError("sweep needs --vary, such as --vary targets.faas.minScale=0,1,2");
  const { engine, replications, requests, workers } = options;
  const requestsBounded = requests !== undefined || engine === "model";
  const scenario = withSeed(readScenario(file, { requestsBounded }), options.seed);
  const setting: SweepSetting = { engine, replications, requests, targets: chosenTargets(scenario, options.target) };
  const points = pointsOf(file, variations, { requestsBounded, seed: options.seed });
  const plan = { points, setting, sweep: sweepName(scenario, variations, setting) };
  if (!isFile(options.out)) readyFolder(options.out);
  const progress = startProgress(terminal, "sweep");
  const records = await interruptible((signal) =>
    runSweep(plan, options.shard, {
      file: recordsFile(options),
      workers,
      signal,
      onProgress: (share) => progress.update(share),
    }),
  );
  progress.done(records === null ? "interrupted; the same command goes on" : "done");
  return records;
}

function pointsOf(
  file: string,
  variations: readonly Variation[],
  { seed, requestsBounded }: { readonly seed: number | undefined; readonly requestsBounded: boolean },
) {
  const document = readYaml(readTextFile(file), file).value as object;
  const points = sweepPoints(document, variations, { file, requestsBounded, readText: readingFrom(file) });
  return points.map((point) => ({ ...point, scenario: withSeed(point.scenario, seed) }));
}

function merged(file: string | undefined, { merge = [], out, vary }: SweepOptions): SweepRecord[] {
  if (vary !== undefined) throw new UsageError("--merge joins what --vary has made; it takes no --vary");
  const files = [...(file === undefined ? [] : [file]), ...merge];
  const lines = mergeSweeps(files.map((name) => ({ file: name, text: readTextFile(name) })));
  const place = recordsFile({ out, shard: { index: 0, count: 1 } });
  writeFileAtomic(place, lines.map((line) => `${line}\n`).join(""));
  return lines.map((line) => readSweepLine(line, place));
}

function show(terminal: Terminal, records: readonly SweepRecord[], { json, out }: SweepOptions): void {
  if (!isFile(out)) writeFileAtomic(join(out, "sweep.html"), sweepHtml(records));
  if (writeJson(terminal, json, () => jsonText({ points: records }))) return;
  const { width, color } = terminal;
  terminal.out(sweepTable(records, { width, color }));
}

const isFile = (out: string): boolean => /\.(ndjson|jsonl)$/.test(out);

/** Where a shard's lines go; in a folder, each shard has a file of its own. */
function recordsFile({ out, shard: { index, count } }: Pick<SweepOptions, "out" | "shard">): string {
  if (isFile(out)) return out;
  return join(out, count === 1 ? "sweep.ndjson" : `sweep-${index}-of-${count}.ndjson`);
}

function shard(text: string): Shard {
  const [, index = Number.NaN, count = Number.NaN] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (!(index < count)) throw new InvalidArgumentError("Write I/N, such as 0/8 up to 7/8.");
  return { index, count };
}
