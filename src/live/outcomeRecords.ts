import { InputError } from "../base/check.ts";
import { type OutcomeLog, outcomeCells, outcomeKinds, readOutcomeLine } from "./outcomes.ts";

const unsent = outcomeKinds.indexOf("unsent");

/**
 * One request's outcome as a line that stands for itself, without its end: its place in the schedule, then what the outcome
 * log says of it. Written as outcomes come, such lines tell what became of a replay that was killed.
 *
 * @param index its place in the whole schedule, where the log is of a part of it
 */
export function outcomeRecord(log: OutcomeLog, row: number, index = row): string {
  return `${index},${outcomeCells(log, row, true)}`;
}

/**
 * Fills a log from records, in whatever order they came; what follows the last line end is none.
 *
 * @param log of the very schedule that the records are of; requests without a record stay `unsent`
 * @param file the name that errors give
 * @returns how many requests have an outcome
 * @throws {InputError} naming the first line that is no record
 */
export function fillFromRecords(log: OutcomeLog, text: string, file: string): number {
  let known = 0;
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  for (const [number, line] of lines.entries()) {
    if (line === "") continue;
    const comma = line.indexOf(",");
    const index = comma > 0 ? Number(line.slice(0, comma)) : Number.NaN;
    const isOfSchedule = Number.isInteger(index) && index >= 0 && index < log.length;
    const isNew = log.outcome[index] === unsent;
    const problem = isOfSchedule
      ? readOutcomeLine(log, index, `${log.at[index]!},${log.work[index]!},${line.slice(comma + 1)}`)
      : `there is no request ${line.slice(0, Math.max(comma, 0))} in this schedule`;
    if (problem !== undefined)
      throw new InputError(file, [{ path: "", line: number + 1, column: 1, message: problem }]);
    if (isNew) known++;
  }
  return known;
}
