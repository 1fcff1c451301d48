import { InputError } from "../../base/check.ts";
import { parseDuration, type Seconds } from "../../base/units.ts";
import type { ImportSource } from "./importer.ts";

/** Ends an import: what is wrong, with the line where it is known. */
export function refuse(source: ImportSource, message: string, line?: number): never {
  throw new InputError(source.name, [{ path: "", message, ...(line === undefined ? {} : { line, column: 1 }) }]);
}

const plain = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number as tools print it; NaN for anything else and for what no number is large enough, so that a cut or empty cell never reads as 0. */
export function toNumber(text: string | undefined): number {
  const number = text !== undefined && plain.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

/** A time as Go and wrk print it, such as 10.06ms, 1m0.5s or 250µs; NaN for anything else. */
export function toSeconds(text: string): Seconds {
  const parts = text.trim().match(/^(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h))+$/);
  if (parts === null) return Number.NaN;
  let sum = 0;
  for (const [, value, unit] of text.trim().matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/gy)) {
    sum += parseDuration(`${value}${unit === "m" ? "min" : unit}`) ?? Number.NaN;
  }
  return sum;
}

/** The cells of a CSV row; a quoted cell may hold separators and doubled quotes. */
export function cellsOf(row: string, separator = ","): string[] {
  if (!row.includes('"')) return row.split(separator);
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < row.length; i++) {
    const character = row[i]!;
    if (quoted && character === '"' && row[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...cells, cell];
}

/** A list as Python prints it. */
export const numbersOf = (text: string): number[] => {
  const inner = text.trim().replace(/^\[/, "").replace(/\]$/, "").trim();
  return inner === "" ? [] : inner.split(/[\s,]+/).map(toNumber);
};

/** A row of a table, with its line in the file. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly header: readonly string[];
  /** The rows below the header with their line numbers; as many cells as the header, or an error. A last line without an end is left out. */
  rows(): Iterable<Row>;
  /** The column of this name. */
  column(name: string): number;
}

/** A file of rows below a header; blank lines are skipped. */
export function tableOf(source: ImportSource, separator = ","): Table {
  const header = headerOf(source, separator);
  return {
    header,
    column: (name) => {
      const found = header.indexOf(name);
      return found >= 0 ? found : refuse(source, `has no column "${name}"; it has ${header.join(", ")}`, 1);
    },
    *rows() {
      let line = 0;
      for (const row of endedLines(source)) {
        line++;
        if (line === 1 || row.trim() === "") continue;
        const cells = cellsOf(row, separator);
        if (cells.length !== header.length) {
          refuse(source, `expected ${header.length} cells, got ${cells.length}: the file may have been cut`, line);
        }
        yield { line, cells };
      }
    },
  };
}

/** The lines that have an end: a number at the end of one that was cut is another number. */
export function* endedLines(source: ImportSource): Generator<string> {
  let before: string | undefined;
  for (const line of source.lines()) {
    if (before !== undefined) yield before;
    before = line;
  }
  if (before !== undefined && source.endsWithLineEnd) yield before;
}

function headerOf(source: ImportSource, separator: string): readonly string[] {
  for (const row of source.lines()) return cellsOf(row.replace(/^\uFEFF/, ""), separator).map((cell) => cell.trim());
  return refuse(source, "is empty");
}

/** A JSON file, or what is wrong with it. */
export function jsonOf(source: ImportSource): unknown {
  return parseJson(source, source.text());
}

export function parseJson(source: ImportSource, text: string, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(source, `is not JSON: ${error instanceof Error ? error.message : String(error)}`, line);
  }
}

/** A part of a JSON value by its keys; undefined where it is not there. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let part = value;
  for (const key of keys) {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Readonly<Record<string | number, unknown>>)[key];
  }
  return part;
}

/** A number ≥ 0 of a JSON value, or an error that names it. */
export function numberAt(source: ImportSource, value: unknown, ...keys: readonly (string | number)[]): number {
  const found = at(value, ...keys);
  if (typeof found === "number" && found >= 0 && found < Infinity) return found;
  return refuse(source, `${keys.join(".")} must be a number ≥ 0, got ${JSON.stringify(found) ?? "nothing"}`);
}

/** Whether a number can be how many there were. */
export const isCount = (n: unknown): n is number => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 1e15;

/** A count of a JSON value, or an error that names it. */
export function countAt(source: ImportSource, value: unknown, ...keys: readonly (string | number)[]): number {
  const found = at(value, ...keys);
  if (isCount(found)) return found;
  return refuse(source, `${keys.join(".")} must be a count, got ${JSON.stringify(found) ?? "nothing"}`);
}

/** Counts by name, such as those of a status; none where it is not there, or an error that names the one that is no count. */
export function countsAt(
  source: ImportSource,
  value: unknown,
  ...keys: readonly (string | number)[]
): readonly (readonly [name: string, count: number])[] {
  const found = at(value, ...keys) ?? {};
  if (typeof found !== "object") refuse(source, `${keys.join(".")} must hold counts by name`);
  return Object.entries(found as object).map(([name, count]) =>
    isCount(count)
      ? [name, count]
      : refuse(source, `${[...keys, name].join(".")} must be a count, got ${JSON.stringify(count)}`),
  );
}

/** What is wrong where two counts of one file must be the same. */
export function checkSame(source: ImportSource, what: string, counted: number, stated: number): void {
  if (counted !== stated) refuse(source, `${what}: ${counted} in one place and ${stated} in another`);
}

/** A list of a JSON value, or an error that names it. */
export function listAt(
  source: ImportSource,
  value: unknown,
  ...keys: readonly (string | number)[]
): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : refuse(source, `${keys.join(".")} must be a list`);
}

/** Nobody waits for longer than a hundred days: a damaged number. */
export const secondsMax = 8.64e6;

/** Whether a number can be how long something took. */
export const isTime = (seconds: Seconds): boolean => seconds >= 0 && seconds <= secondsMax;

/** What a response's status says of a request: undefined where it succeeded. */
export function failureOf(status: number): "http4xx" | "http5xx" | "connection" | undefined {
  if (status >= 200 && status < 400) return undefined;
  if (status >= 400 && status < 500) return "http4xx";
  return status >= 500 ? "http5xx" : "connection";
}

/** Counts failures by kind. */
export class Failures {
  readonly #counts: Partial<Record<"timeout" | "connection" | "reset" | "http4xx" | "http5xx" | "rejected", number>> =
    {};

  add(kind: keyof ReturnType<Failures["all"]>, n = 1): void {
    if (n > 0) this.#counts[kind] = (this.#counts[kind] ?? 0) + n;
  }

  all() {
    return this.#counts;
  }
}

/** What is said where `endedLines` leaves a line out. */
export const cutWarning = (source: ImportSource): readonly string[] =>
  source.endsWithLineEnd ? [] : ["The last line has no line end: it may have been cut, and is left out."];
