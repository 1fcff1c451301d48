import { existsSync, readFileSync, truncateSync } from "node:fs";
import { InputError } from "../base/check.ts";
import { answerFromJson, jsonText } from "../report/json.ts";
import { pointsMax, type SweepRecord } from "../scenario/variations.ts";
import { writeFileAtomic } from "./files.ts";

/** A record as its line, the end of the line included. */
export const sweepLine = (record: SweepRecord): string => `${JSON.stringify(JSON.parse(jsonText(record)))}\n`;

/**
 * The records of a file that a sweep goes on with; what follows the last whole line is cut off.
 *
 * @param sweep that the records must be of
 * @throws {InputError} where a line is no record, or one of another sweep
 */
export function resumeSweep(file: string, sweep: string): Map<number, string> {
  const lines = new Map<number, string>();
  if (!existsSync(file)) {
    writeFileAtomic(file, "");
    return lines;
  }
  const bytes = readFileSync(file);
  const whole = bytes.lastIndexOf(10) + 1;
  for (const { record, line, number } of recordsOf(bytes.subarray(0, whole).toString("utf8"), file)) {
    if (record.sweep !== sweep) {
      const what = "is of another sweep (scenario, --vary, options or version differ); choose another --out";
      throw new InputError(file, [{ path: "", line: number, column: 1, message: what }]);
    }
    lines.set(record.point, line);
  }
  if (whole < bytes.length) truncateSync(file, whole);
  return lines;
}

/**
 * The records of one whole sweep from the files of its shards, in order.
 *
 * @throws {InputError} where a point is missing or there twice, or files are of different sweeps
 */
export function mergeSweeps(files: readonly { readonly file: string; readonly text: string }[]): string[] {
  const lines: string[] = [];
  const seen = new Map<number, string>();
  let first: SweepRecord | undefined;
  for (const { file, text } of files) {
    for (const { record, line, number } of recordsOf(text, file)) {
      const refuse = (message: string) => new InputError(file, [{ path: "", line: number, column: 1, message }]);
      first ??= record;
      if (record.sweep !== first.sweep || record.of !== first.of)
        throw refuse("is of another sweep than the first file");
      const before = seen.get(record.point);
      if (before !== undefined) throw refuse(`point ${record.point} is there twice: also in ${before}`);
      seen.set(record.point, `${file}:${number}`);
      lines[record.point] = line;
    }
  }
  if (first === undefined) throw new InputError(files[0]?.file ?? "sweep", [{ path: "", message: "has no points" }]);
  const missing = Array.from({ length: first.of }, (_, point) => point).filter((point) => !seen.has(point));
  if (missing.length > 0) {
    const listed = `${missing.slice(0, 10).join(", ")}${missing.length > 10 ? ", …" : ""}`;
    const message = `${missing.length} of ${first.of} points are missing: ${listed}`;
    throw new InputError("sweep", [{ path: "", message }]);
  }
  return lines;
}

/** @throws {InputError} where the line is no record */
export function readSweepLine(line: string, file: string, number = 1): SweepRecord {
  const record = parsedLine(line, file, number);
  return { ...record, answer: answerFromJson(JSON.stringify(record.answer), `${file}:${number}`) };
}

function* recordsOf(text: string, file: string) {
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    if (line !== "") yield { record: parsedLine(line, file, number), line, number };
  }
}

function parsedLine(line: string, file: string, number: number): SweepRecord {
  const refuse = () =>
    new InputError(file, [{ path: "", line: number, column: 1, message: "is no line of a coldcast sweep" }]);
  let record: Partial<SweepRecord>;
  try {
    record = JSON.parse(line);
  } catch {
    throw refuse();
  }
  const { coldcastSweep, sweep, point, of } = record ?? {};
  if (coldcastSweep !== 1 || typeof sweep !== "string" || typeof of !== "number" || typeof point !== "number") {
    throw refuse();
  }
  if (!(Number.isInteger(point) && point >= 0 && point < of && of <= pointsMax)) throw refuse();
  if (typeof record.values !== "object" || record.values === null) throw refuse();
  return record as SweepRecord;
}
