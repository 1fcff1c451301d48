import { basename } from "node:path";
import { type ImportContext, importedAnswer } from "../report/importers/importedAnswer.ts";
import { headOf, type ImportOptions, importers, importFile } from "../report/importers/index.ts";
import type { Answer } from "../scenario/answer.ts";
import type { ReportSpec, Scenario } from "../scenario/scenario.ts";
import { fileSource } from "./fileSource.ts";

/** What is measured, as far as anybody says so. */
export interface Measured extends ImportOptions {
  readonly format?: string | undefined;
  readonly scenario?: Scenario | undefined;
  /** Name of the answer where there is no scenario. */
  readonly name?: string | undefined;
  /** The target that a file of one series measures. */
  readonly target?: string | undefined;
}

/** Another tool's file as an answer. */
export function importedFrom(file: string, { format, scenario, name, target, ...options }: Measured) {
  const { imported, importer } = importFile(fileSource(file), { format, ...options });
  const context: ImportContext = {
    imported,
    format: importer.describes,
    scenario,
    report: scenario?.report ?? reportByDefault,
    name: name ?? basename(file),
    target: target ?? onlyTarget(scenario),
  };
  return { answer: importedAnswer(context), imported, importer };
}

/** Whether a file is another tool's rather than an answer of our own. */
export function isImport(file: string): boolean {
  const head = headOf(fileSource(file));
  return !head.includes('"coldcast"') && importers.some((importer) => importer.detects(head));
}

/** The one target that there is. */
export const onlyTarget = (of: Pick<Scenario | Answer, "targets"> | undefined): string | undefined =>
  of?.targets.length === 1 ? of.targets[0]!.name : undefined;

const reportByDefault: ReportSpec = {
  quantiles: [0.5, 0.9, 0.95, 0.99, 0.999],
  cdfAt: [],
  buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32],
  objective: null,
  tolerance: { quantileRatio: 1.25, absolute: 1e-3, ks: 0.1 },
};
