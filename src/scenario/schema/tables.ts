import { InputError } from "../../base/check.ts";
import { parseDuration, type Seconds } from "../../base/units.ts";
import type { Problem } from "./issues.ts";

/** Reads a text file named in a scenario, by its path from the scenario's folder. */
export type ReadText = (path: string) => string;

/** The columns of numbers that `trace` and `empirical` name by file. */
export interface Tables {
  /** Seconds, by the place of the naming mapping in the document. */
  readonly columns: ReadonlyMap<string, readonly Seconds[]>;
  readonly problems: readonly Problem[];
}

/** A file that cannot be read may be named many times. */
const problemsMax = 100;

interface Reference {
  readonly kind: "trace" | "empirical";
  readonly file: string;
  readonly column?: string | number;
  readonly unit?: string;
  readonly scale?: number;
}

/**
 * Reads every column a document names, wherever it stands.
 *
 * Independent of the schema, so that a missing file is reported together with everything else.
 */
export function readTables(document: unknown, readText: ReadText | undefined): Tables {
  const columns = new Map<string, readonly Seconds[]>();
  const found: Problem[] = [];
  visit(document, [], (reference, path) => {
    const refuse = (message: string) => found.push({ path: [...path, "file"], message });
    if (columns.has(tableKey(reference)) || found.length >= problemsMax) return;
    const unsafe = unsafePath(reference.file);
    if (unsafe !== undefined) return refuse(unsafe);
    if (readText === undefined) return refuse("files cannot be read here; write the numbers into the scenario");
    try {
      columns.set(tableKey(reference), readColumn(readText(reference.file), reference));
    } catch (error) {
      if (error instanceof InputError) for (const issue of error.issues) refuse(issue.message);
      else refuse(`cannot read "${reference.file}": ${reason(error)}`);
    }
  });
  return { columns, problems: found };
}

/** Tells apart what is read from where, and how it is scaled. */
export function tableKey({ kind, file, column, unit, scale }: Reference): string {
  return JSON.stringify([kind, file, column ?? 1, unit ?? "s", scale ?? 1]);
}

/** Whether a mapping names a column of a file; one that names it by something else than texts and numbers is the schema's to refuse. */
export function isReference(value: object): value is Reference {
  const { kind, file, column, unit, scale } = value as Readonly<Record<string, unknown>>;
  if ((kind !== "trace" && kind !== "empirical") || typeof file !== "string") return false;
  return [column, unit, scale].every((each) => typeof each !== "object");
}

function visit(
  value: unknown,
  path: readonly PropertyKey[],
  found: (r: Reference, path: readonly PropertyKey[]) => void,
) {
  if (typeof value !== "object" || value === null) return;
  if (isReference(value)) return found(value, path);
  if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, [...path, i], found);
  else for (const [key, item] of Object.entries(value)) visit(item, [...path, key], found);
}

/** A scenario from elsewhere must not read what lies outside its own folder. */
function unsafePath(file: string): string | undefined {
  if (file === "") return "write a file name";
  if (/^([/\\]|[A-Za-z]:)/.test(file) || file.split(/[/\\]/).includes("..") || file.includes("\0")) {
    return `"${file}" is outside the scenario's folder`;
  }
  return undefined;
}

function readColumn(text: string, { kind, file, column = 1, unit = "s", scale = 1 }: Reference): Seconds[] {
  const refuse = (line: number, message: string): never => {
    throw new InputError(file, [{ path: "", message: `${file}:${line}: ${message}` }]);
  };
  if (parseDuration(`1${unit}`) === undefined) return refuse(1, `unknown unit "${unit}"`);
  const rows = text.split(/\r?\n/);
  const header = cells(rows[0]!);
  const index = typeof column === "number" ? column - 1 : header.indexOf(column);
  if (index < 0) refuse(1, `has no column "${column}"; it has ${header.join(", ")}`);
  const values: Seconds[] = [];
  const hasHeader = typeof column === "string" || !Number.isFinite(toNumber(header[index]));
  for (let row = hasHeader ? 1 : 0; row < rows.length; row++) {
    if (rows[row]!.trim() === "") continue;
    const cell = cells(rows[row]!)[index];
    // The same double as the document's own "7ms".
    const value = (parseDuration(`${toNumber(cell)}${unit}`) ?? Number.NaN) * scale;
    if (!Number.isFinite(value)) refuse(row + 1, `"${cell ?? ""}" is not a number`);
    if (value < 0) refuse(row + 1, `"${cell}" is negative`);
    if (kind === "trace" && value < (values.at(-1) ?? 0)) refuse(row + 1, "instants must not decrease");
    values.push(value);
  }
  if (values.length === 0) refuse(1, "has no numbers");
  return values;
}

/** A byte order mark is white space to `trim`. */
const cells = (row: string): string[] => row.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
const toNumber = (cell: string | undefined): number => (cell === "" ? Number.NaN : Number(cell));

function reason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "permission denied";
  if (code === "EISDIR") return "it is a folder";
  return String(message ?? error);
}
