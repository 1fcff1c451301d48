import { InputError, type Issue } from "../../base/check.ts";
import { type StageName, stageNames } from "./collector.ts";

/** How long each event was in each stage, seconds, in the schedule's order; NaN where it did not get through. */
export type StageLog = Readonly<Record<StageName, Float64Array>>;

const header = stageNames.map((name) => `${name}_seconds`).join(",");

/** The log as CSV lines without line ends, the header first. */
export function* stageCsvLines(log: StageLog): Generator<string> {
  yield header;
  for (let i = 0; i < log.produce.length; i++) {
    yield stageNames.map((name) => (Number.isNaN(log[name][i]!) ? "" : log[name][i]!)).join(",");
  }
}

/**
 * A stage log read back from its CSV.
 *
 * @param length events of the outcome log beside it
 * @throws {InputError} listing every line that cannot be used (the first hundred)
 */
export function parseStages(text: string, file: string, length: number): StageLog {
  const [first, ...rows] = text.trimEnd().split(/\r?\n/);
  const issues: Issue[] = [];
  if (first?.trim() !== header) issues.push({ path: "", line: 1, message: `the first line must be "${header}"` });
  else if (rows.length !== length)
    issues.push({ path: "", message: `${rows.length} events, while the outcome log has ${length}` });
  const columns = stageNames.map(() => new Float64Array(rows.length));
  for (const [index, row] of rows.entries()) {
    const cells = row.split(",");
    const numbers = cells.map((cell) => (cell === "" ? Number.NaN : Number(cell)));
    const isWell =
      cells.length === stageNames.length && cells.every((cell, k) => cell === "" || Number.isFinite(numbers[k]!));
    if (!isWell) issues.push({ path: "", line: index + 2, message: `${stageNames.length} numbers expected: "${row}"` });
    if (issues.length >= issuesMax) break;
    for (const [k, column] of columns.entries()) column[index] = numbers[k] ?? Number.NaN;
  }
  if (issues.length > 0) throw new InputError(file, issues);
  return Object.fromEntries(stageNames.map((name, k) => [name, columns[k]!])) as unknown as StageLog;
}

const issuesMax = 100;
