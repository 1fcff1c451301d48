import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { Command, Option } from "commander";
import { stringify } from "yaml";
import { parseDuration } from "../base/units.ts";
import { type OutcomeLog, parseOutcomes } from "../live/outcomes.ts";
import { valuesOf } from "../report/importers/importedAnswer.ts";
import { type ImportOptions, importers, importFile } from "../report/importers/index.ts";
import { answerToJson, jsonText } from "../report/json.ts";
import { comparisonTable } from "../report/table.ts";
import { traceFormats } from "../report/traces/index.ts";
import { distributionDocument } from "../scenario/distributionDocument.ts";
import { fitTimes } from "../stats/fit.ts";
import { UsageError } from "./exit.ts";
import { fileSource } from "./fileSource.ts";
import { readScenario, readTextFile, writeFileAtomic } from "./files.ts";
import { type ImportArrivalsOptions, importArrivals } from "./importArrivals.ts";
import { importedFrom } from "./imported.ts";
import { addCommon, addExamples, type CommonOptions, chosenTargets, writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

interface ImportVerbOptions extends CommonOptions, ImportArrivalsOptions {
  readonly as: (typeof kinds)[number];
  readonly scenario?: string;
  readonly target?: string;
  readonly metric?: string;
  readonly outcomes?: string;
}

/** `coldcast import`: what other tools measured, as an answer. */
export const importVerb: Verb = ({ terminal }) =>
  addExamples(addCommon(new Command("import")), [
    "import hey.csv",
    "import results.json --format k6-summary --scenario scenario.yaml --target faas --out out/k6.json",
    "import latency.hlog --unit us --json -",
    "import kperf.csv --metric overall_ready --as distribution",
    "import invocations_per_function_md.anon.d01.csv --as arrivals --durations durations.csv --out schedule.csv",
    "import knative:default/hello --out scenario.yaml",
  ])
    .description("read another tool's measurement as an answer, or a live Knative Service's settings as a scenario")
    .argument("<file>", "the file, whose format is told by its content; or knative:NAMESPACE/NAME")
    .addOption(new Option("--as <what>", "what the file is read as").choices(kinds).default("answer"))
    .addOption(new Option("--format <format>", "the file's format").choices(formats))
    .option("--out <file>", "where to write the answer (JSON), the scenario (YAML) or the arrivals (CSV)")
    .option("--scenario <file>", "what the figures answer; its report says which figures to give")
    .option("--target <name>", "the target that the file measures")
    .option("--unit <unit>", "unit of a file that does not state it: ns us ms s")
    .option("--metric <name>", "which of several metrics to take")
    .option("--outcomes <folder>", "Hubble: the replay's own NAME.outcomes.csv, whose requests the flows are")
    .addOption(new Option("--column <name>", "the column of instants, by header or number").helpGroup(ofTraces))
    .addOption(new Option("--work-column <name>", "the column of each request's work").helpGroup(ofTraces))
    .addOption(new Option("--work <duration>", "work of requests whose trace says none").helpGroup(ofTraces))
    .addOption(new Option("--durations <file>", "Azure 2019: the file of durations").helpGroup(ofTraces))
    .addOption(spacing)
    .addOption(
      new Option("--function <name>", "only this function (repeatable)")
        .argParser((name: string, before: readonly string[] | undefined) => [...(before ?? []), name])
        .helpGroup(ofTraces),
    )
    .action(async (file: string, options: ImportVerbOptions) => {
      if (options.as !== "arrivals" && traceFormats.some(({ format }) => format === options.format))
        throw new UsageError(`${options.format} is a trace's format: read it with --as arrivals`);
      if (options.seed !== undefined && (isLive(file) || options.as === "distribution"))
        throw new UsageError("--seed: nothing is drawn here; it is for --as arrivals, and names the seed of an answer");
      if (isLive(file)) await (await import("./importLive.ts")).importLive(terminal, file, options);
      else if (options.as === "arrivals") await importArrivals(terminal, file, options);
      else if (options.as === "distribution") importDistribution(terminal, file, options);
      else importMeasurement(terminal, file, options);
    });

const kinds = ["answer", "distribution", "arrivals"] as const;
const formats = [...importers, ...traceFormats].map(({ format }) => format);
const ofTraces = "Options of traces (--as arrivals):";
const spacing = new Option("--spacing <how>", "of requests that are counted per interval")
  .choices(["poisson", "even"])
  .default("poisson")
  .helpGroup(ofTraces);

/** Whether an import is of something live rather than of a file. */
const isLive = (source: string): boolean => /^(knative|spinkube|deployment):/.test(source);

/** A time as a distribution for a scenario, such as a start or work that another tool measured. */
function importDistribution(terminal: Terminal, file: string, options: ImportVerbOptions): void {
  const { imported } = importFile(fileSource(file), {
    format: options.format,
    metric: options.metric,
    unitSeconds: unitSeconds(options.unit),
  });
  const fits = imported.series.map(({ name, law }) => {
    const { law: fitted, n, ks, note } = fitTimes(valuesOf(law, file));
    return { name, distribution: distributionDocument(fitted), n, ks, note };
  });
  if (options.out !== undefined) writeFileAtomic(options.out, jsonText({ fits }));
  if (writeJson(terminal, options.json, () => jsonText({ fits }))) return;
  for (const { name, distribution, n, ks, note } of fits) {
    const law = stringify(distribution, { collectionStyle: "flow", lineWidth: 0 }).trim();
    const distance = ks === null ? "" : `, KS ${Number(ks.toPrecision(2))}`;
    terminal.out(`${name}: ${law} # of ${n} values${distance}; ${note}\n`);
  }
}

function importMeasurement(terminal: Terminal, file: string, options: ImportVerbOptions): void {
  const scenario =
    options.scenario === undefined ? undefined : readScenario(options.scenario, { requestsBounded: true });
  if (scenario !== undefined && options.target !== undefined) chosenTargets(scenario, [options.target]);
  const {
    answer: told,
    imported,
    importer,
  } = importedFrom(file, {
    format: options.format,
    metric: options.metric,
    unitSeconds: unitSeconds(options.unit),
    sent: options.outcomes === undefined ? undefined : sentRequests(options.outcomes),
    scenario,
    target: options.target,
  });
  if (options.outcomes !== undefined && importer.format !== "hubble")
    throw new UsageError("--outcomes is for the flows of Hubble, whose requests carry their events' ids");
  const answer = options.seed === undefined ? told : { ...told, seed: options.seed };
  if (options.out !== undefined) writeFileAtomic(options.out, answerToJson(answer));
  if (writeJson(terminal, options.json, () => answerToJson(answer))) return;
  const { width, color } = terminal;
  terminal.out(`${comparisonTable([answer], null, { width, color }).trimEnd()}\n`);
  for (const target of answer.targets) {
    if (target.status === "unavailable") continue;
    terminal.out(`\n${target.name}: ${target.method}\n`);
  }
  for (const warning of imported.warnings) terminal.err(`${file}: ${warning}\n`);
}

/** What a replay's logs say of a request by its event's id, which is its place in the schedule. */
function sentRequests(folder: string): NonNullable<ImportOptions["sent"]> {
  const logs = new Map<string, OutcomeLog | null>();
  return (target, id) => {
    const file = join(folder, `${basename(target)}.outcomes.csv`);
    if (!logs.has(target)) logs.set(target, existsSync(file) ? parseOutcomes(readTextFile(file), file) : null);
    const log = logs.get(target);
    const index = /^\d{1,9}$/.test(id) ? Number(id) : -1;
    if (log === null || log === undefined || index < 0 || index >= log.length) return undefined;
    const latency = log.latency[index]!;
    const lateness = log.lateness[index]!;
    return latency >= 0 && lateness >= 0 ? { latency, lateness } : undefined;
  };
}

function unitSeconds(unit: string | undefined): number | undefined {
  if (unit === undefined) return undefined;
  const seconds = /^(ns|us|µs|ms|s)$/.test(unit) ? parseDuration(`1${unit}`) : undefined;
  if (seconds === undefined) throw new UsageError(`--unit must be ns, us, ms or s, not "${unit}"`);
  return seconds;
}
