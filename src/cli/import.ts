import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { InputError } from "../base/check.ts";
import { parseDuration } from "../base/units.ts";
import { importedAnswer } from "../report/importers/importedAnswer.ts";
import { type ImportSource, importers, importFile } from "../report/importers/index.ts";
import { answerToJson } from "../report/json.ts";
import { comparisonTable } from "../report/table.ts";
import type { ReportSpec } from "../scenario/scenario.ts";
import { UsageError } from "./exit.ts";
import { readScenario, writeFileAtomic } from "./files.ts";
import { importLive, isLive } from "./importLive.ts";
import { addCommon, addExamples, type CommonOptions, writeJson } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import type { Verb } from "./verb.ts";

interface ImportVerbOptions extends CommonOptions {
  readonly format?: string;
  readonly out?: string;
  readonly scenario?: string;
  readonly target?: string;
  readonly unit?: string;
  readonly metric?: string;
}

/** `coldcast import`: what other tools measured, as an answer. */
export const importVerb: Verb = ({ terminal }) =>
  addExamples(addCommon(new Command("import")), [
    "import hey.csv",
    "import results.json --format k6-summary --scenario scenario.yaml --target faas --out out/k6.json",
    "import latency.hlog --unit us --json -",
    "import knative:default/hello --out scenario.yaml",
  ])
    .description("read another tool's measurement as an answer, or a live Knative Service's settings as a scenario")
    .argument("<file>", "the file, whose format is told by its content; or knative:NAMESPACE/NAME")
    .addOption(new Option("--format <format>", "the file's format").choices(importers.map(({ format }) => format)))
    .option("--out <file>", "where to write the answer (JSON) or the scenario (YAML)")
    .option("--scenario <file>", "what the figures answer; its report says which figures to give")
    .option("--target <name>", "the target that the file measures")
    .option("--unit <unit>", "unit of a file that does not state it: ns us ms s")
    .option("--metric <name>", "which of several metrics to take")
    .action(async (file: string, options: ImportVerbOptions) => {
      if (isLive(file)) await importLive(terminal, file, options);
      else importMeasurement(terminal, file, options);
    });

function importMeasurement(terminal: Terminal, file: string, options: ImportVerbOptions): void {
  const scenario =
    options.scenario === undefined ? undefined : readScenario(options.scenario, { requestsBounded: true });
  const { imported, importer } = importFile(fileSource(file), {
    format: options.format,
    metric: options.metric,
    unitSeconds: unitSeconds(options.unit),
  });
  const answer = importedAnswer({
    imported,
    format: importer.describes,
    scenario,
    report: scenario?.report ?? reportByDefault,
    name: basename(file),
    target: options.target ?? onlyTarget(scenario?.targets.map(({ name }) => name)),
  });
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

const reportByDefault: ReportSpec = {
  quantiles: [0.5, 0.9, 0.95, 0.99, 0.999],
  cdfAt: [],
  buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32],
  objective: null,
  tolerance: { quantileRatio: 1.25, absolute: 1e-3, ks: 0.1 },
};

const onlyTarget = (names: readonly string[] | undefined): string | undefined =>
  names?.length === 1 ? names[0] : undefined;

function unitSeconds(unit: string | undefined): number | undefined {
  if (unit === undefined) return undefined;
  const seconds = /^(ns|us|µs|ms|s)$/.test(unit) ? parseDuration(`1${unit}`) : undefined;
  if (seconds === undefined) throw new UsageError(`--unit must be ns, us, ms or s, not "${unit}"`);
  return seconds;
}

/** Larger files are read line by line only. */
const wholeFileMax = 1 << 29;

/** A file as importers read it; opened anew for each way through. */
export function fileSource(file: string): ImportSource {
  const stat = statSync(file);
  if (stat.isDirectory()) throw new InputError(file, [{ path: "", message: "it is a folder, not a file" }]);
  const bytes = (): Uint8Array => {
    if (stat.size > wholeFileMax) {
      throw new InputError(file, [{ path: "", message: "is too large for a format that is read as a whole" }]);
    }
    return readFileSync(file);
  };
  return {
    name: file,
    bytes,
    text: () => utf8(file, bytes()),
    lines: () => fileLines(file),
    endsWithLineEnd: lastByte(file, stat.size) === 10,
  };
}

function utf8(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, [{ path: "", message: "is not a text file in UTF-8" }]);
  }
}

/** Longer lines are no text of a tool. */
const lineMax = 1 << 28;

/** The lines of a file, in memory of a few of them. */
export function* fileLines(file: string): Generator<string> {
  const handle = openSync(file, "r");
  try {
    const decoder = new TextDecoder("utf-8");
    const chunk = new Uint8Array(1 << 16);
    let rest = "";
    for (;;) {
      const read = readSync(handle, chunk);
      rest += decoder.decode(chunk.subarray(0, read), { stream: read > 0 });
      let from = 0;
      for (let end = rest.indexOf("\n", from); end >= 0; end = rest.indexOf("\n", from)) {
        yield rest.slice(from, rest[end - 1] === "\r" ? end - 1 : end);
        from = end + 1;
      }
      rest = rest.slice(from);
      if (rest.length > lineMax) throw new InputError(file, [{ path: "", message: "has a line without an end" }]);
      if (read === 0) break;
    }
    if (rest !== "") yield rest.replace(/\r$/, "");
  } finally {
    closeSync(handle);
  }
}

function lastByte(file: string, size: number): number | undefined {
  if (size === 0) return undefined;
  const handle = openSync(file, "r");
  try {
    const byte = new Uint8Array(1);
    readSync(handle, byte, 0, 1, size - 1);
    return byte[0];
  } finally {
    closeSync(handle);
  }
}
