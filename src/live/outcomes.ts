import { check, InputError, type Issue } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { failureKinds } from "../scenario/answer.ts";

/** How one scheduled request ended; `unsent` also stands for a request in flight when the replay was interrupted. */
export const outcomeKinds = ["completed", ...failureKinds, "dropped", "unsent"] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** One line of an outcome log; undefined where it is unknown. */
export interface Outcome {
  readonly atSeconds: Seconds;
  /** The scheduled work, before the target's work factor. */
  readonly workSeconds: Seconds;
  /** Sent minus scheduled instant. */
  readonly latenessSeconds?: Seconds | undefined;
  /** From the scheduled instant to the outcome. */
  readonly latencySeconds?: Seconds | undefined;
  readonly outcome: OutcomeKind;
  readonly status?: number | undefined;
  /** Served by an instance that was not ready when the request arrived. */
  readonly cold?: boolean | undefined;
  readonly instance?: string | undefined;
  /** On the replay's clock: 0 is the schedule's zero. */
  readonly instanceStartedSeconds?: Seconds | undefined;
  /** Work time that the function measured. */
  readonly workDoneSeconds?: Seconds | undefined;
  /** How long the serving instance took to start (WaaS: this request's own instance). */
  readonly startSeconds?: Seconds | undefined;
  /** Everything behind the network, as the answer's headers tell it, and how far off that may be. */
  readonly computeSeconds?: Seconds | undefined;
  readonly computeWithinSeconds?: Seconds | undefined;
}

const header =
  "at_seconds,work_seconds,lateness_seconds,latency_seconds,outcome,status,cold,instance,instance_started_seconds,work_done_seconds,start_seconds";
/** Two more columns where an answer told them. */
const headerWithCompute = `${header},compute_seconds,compute_within_seconds`;
const unsent = outcomeKinds.indexOf("unsent");

interface Arrivals {
  readonly at: Float64Array;
  readonly work: Float64Array;
}

/** An outcome log without its methods. */
export interface OutcomeColumns extends Arrivals {
  readonly known: Pick<
    OutcomeLog,
    | "lateness"
    | "latency"
    | "outcome"
    | "status"
    | "cold"
    | "instance"
    | "instanceStarted"
    | "workDone"
    | "start"
    | "compute"
    | "computeWithin"
  >;
  readonly instances: readonly string[];
}

/**
 * What became of every scheduled request of one target, in typed columns: 76 bytes a request.
 *
 * A fresh log says `unsent` of all; NaN (−1 in `cold` and `instance`, 0 in `status`) marks what is not known.
 */
export class OutcomeLog {
  readonly length: number;
  readonly at: Float64Array;
  readonly work: Float64Array;
  readonly lateness: Float64Array;
  readonly latency: Float64Array;
  /** Indices into `outcomeKinds`. */
  readonly outcome: Uint8Array;
  readonly status: Uint16Array;
  readonly cold: Int8Array;
  /** Indices into `instances`. */
  readonly instance: Int32Array;
  readonly instanceStarted: Float64Array;
  readonly workDone: Float64Array;
  readonly start: Float64Array;
  readonly compute: Float64Array;
  readonly computeWithin: Float64Array;
  readonly #names = new Map<string, number>();
  readonly #list: string[] = [];

  /** @param known what is known of these requests already; the columns are taken over, not copied */
  constructor(arrivals: Arrivals, known = unknownOf(arrivals.at.length)) {
    const length = arrivals.at.length;
    check(arrivals.work.length === length, "OutcomeLog", "work must have as many entries as at", arrivals.work.length);
    this.length = length;
    this.at = arrivals.at;
    this.work = arrivals.work;
    this.lateness = known.lateness;
    this.latency = known.latency;
    this.outcome = known.outcome;
    this.status = known.status;
    this.cold = known.cold;
    this.instance = known.instance;
    this.instanceStarted = known.instanceStarted;
    this.workDone = known.workDone;
    this.start = known.start;
    this.compute = known.compute;
    this.computeWithin = known.computeWithin;
  }

  /** The ids that `instance` points into, in order of first sight. */
  get instances(): readonly string[] {
    return this.#list;
  }

  /** The number that stands for an instance's id; −1 for the empty id. */
  instanceIndex(id: string): number {
    if (id === "") return -1;
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    this.#names.set(id, this.#list.length);
    return this.#list.push(id) - 1;
  }

  /** One request as an object; for reading, not for loops over millions. */
  row(index: number): Outcome {
    check(index >= 0 && index < this.length, "OutcomeLog", `index must be in [0, ${this.length})`, index);
    const instance = this.instance[index]!;
    const cold = this.cold[index]!;
    return {
      atSeconds: this.at[index]!,
      workSeconds: this.work[index]!,
      latenessSeconds: known(this.lateness[index]!),
      latencySeconds: known(this.latency[index]!),
      outcome: outcomeKinds[this.outcome[index]!]!,
      status: this.status[index] === 0 ? undefined : this.status[index],
      cold: cold < 0 ? undefined : cold === 1,
      instance: instance < 0 ? undefined : this.instances[instance],
      instanceStartedSeconds: known(this.instanceStarted[index]!),
      workDoneSeconds: known(this.workDone[index]!),
      startSeconds: known(this.start[index]!),
      computeSeconds: known(this.compute[index]!),
      computeWithinSeconds: known(this.computeWithin[index]!),
    };
  }

  /** Takes over what another log knows of a request. */
  copyRow(to: number, other: OutcomeLog, from: number): void {
    const instance = other.instance[from]!;
    this.lateness[to] = other.lateness[from]!;
    this.latency[to] = other.latency[from]!;
    this.outcome[to] = other.outcome[from]!;
    this.status[to] = other.status[from]!;
    this.cold[to] = other.cold[from]!;
    this.instance[to] = instance < 0 ? -1 : this.instanceIndex(other.#list[instance]!);
    this.instanceStarted[to] = other.instanceStarted[from]!;
    this.workDone[to] = other.workDone[from]!;
    this.start[to] = other.start[from]!;
    this.compute[to] = other.compute[from]!;
    this.computeWithin[to] = other.computeWithin[from]!;
  }

  /** The columns as plain data, for another thread. */
  columns(): OutcomeColumns {
    const { at, work, lateness, latency, outcome, status, cold, instance } = this;
    const { instanceStarted, workDone, start, compute, computeWithin } = this;
    const times = { instanceStarted, workDone, start, compute, computeWithin };
    return { at, work, known: { lateness, latency, outcome, status, cold, instance, ...times }, instances: this.#list };
  }

  static fromColumns({ at, work, known, instances }: OutcomeColumns): OutcomeLog {
    const log = new OutcomeLog({ at, work }, known);
    for (const id of instances) log.instanceIndex(id);
    return log;
  }

  /** Overwrites what is known of one request; its instant and work stay. */
  set(index: number, outcome: Omit<Outcome, "atSeconds" | "workSeconds">): void {
    check(index >= 0 && index < this.length, "OutcomeLog", `index must be in [0, ${this.length})`, index);
    this.lateness[index] = outcome.latenessSeconds ?? Number.NaN;
    this.latency[index] = outcome.latencySeconds ?? Number.NaN;
    this.outcome[index] = outcomeKinds.indexOf(outcome.outcome);
    this.status[index] = outcome.status ?? 0;
    this.cold[index] = outcome.cold === undefined ? -1 : Number(outcome.cold);
    this.instance[index] = this.instanceIndex(outcome.instance ?? "");
    this.instanceStarted[index] = outcome.instanceStartedSeconds ?? Number.NaN;
    this.workDone[index] = outcome.workDoneSeconds ?? Number.NaN;
    this.start[index] = outcome.startSeconds ?? Number.NaN;
    this.compute[index] = outcome.computeSeconds ?? Number.NaN;
    this.computeWithin[index] = outcome.computeWithinSeconds ?? Number.NaN;
  }
}

/** Columns of a log that says `unsent` of all. */
function unknownOf(length: number): OutcomeColumns["known"] {
  const times = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  return {
    lateness: times(),
    latency: times(),
    outcome: new Uint8Array(length).fill(unsent),
    status: new Uint16Array(length),
    cold: new Int8Array(length).fill(-1),
    instance: new Int32Array(length).fill(-1),
    instanceStarted: times(),
    workDone: times(),
    start: times(),
    compute: times(),
    computeWithin: times(),
  };
}

/** The log as CSV lines without line ends, the header first; numbers in full precision, an unknown cell empty. */
export function* outcomeCsvLines(log: OutcomeLog): Generator<string> {
  const hasCompute = log.compute.some((seconds) => !Number.isNaN(seconds));
  yield hasCompute ? headerWithCompute : header;
  for (let i = 0; i < log.length; i++) yield `${log.at[i]!},${log.work[i]!},${outcomeCells(log, i, hasCompute)}`;
}

/** What a request's line holds behind its instant and work, with or without the columns of compute. */
export function outcomeCells(log: OutcomeLog, i: number, hasCompute: boolean): string {
  const cells = knowsNothing(log, i) ? bareCells[log.outcome[i]!]! : toldCells(log, i);
  return hasCompute ? `${cells},${cell(log.compute[i]!)},${cell(log.computeWithin[i]!)}` : cells;
}

/** Most requests of a replay that was overloaded or interrupted were never sent: their cells are made once. */
const bareCells = outcomeKinds.map((kind) => `,,${kind},,,,,,`);

function knowsNothing(log: OutcomeLog, i: number): boolean {
  const { lateness, latency, status, cold, instance, instanceStarted, workDone, start } = log;
  return (
    status[i] === 0 &&
    cold[i]! < 0 &&
    instance[i]! < 0 &&
    Number.isNaN(lateness[i]!) &&
    Number.isNaN(latency[i]!) &&
    Number.isNaN(instanceStarted[i]!) &&
    Number.isNaN(workDone[i]!) &&
    Number.isNaN(start[i]!)
  );
}

function toldCells(log: OutcomeLog, i: number): string {
  const [status, cold] = [log.status[i]!, log.cold[i]!];
  const sending = `${cell(log.lateness[i]!)},${cell(log.latency[i]!)},${outcomeKinds[log.outcome[i]!]!}`;
  const answer = `${status === 0 ? "" : status},${cold < 0 ? "" : cold},${quoted(log.instances[log.instance[i]!] ?? "")}`;
  return `${sending},${answer},${cell(log.instanceStarted[i]!)},${cell(log.workDone[i]!)},${cell(log.start[i]!)}`;
}

/**
 * An outcome log read back from its CSV.
 *
 * @param file the name that errors give
 * @throws {InputError} listing every line that cannot be used (the first hundred)
 */
export function parseOutcomes(text: string, file: string): OutcomeLog {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const issues: Issue[] = [];
  const columns = lines[0]?.trim().split(",").length ?? 0;
  if (lines[0]?.trim() !== header && lines[0]?.trim() !== headerWithCompute) {
    throw new InputError(file, [
      { path: "", line: 1, message: `the first line of an outcome log must be "${header}"` },
    ]);
  }

  const rows = lines.slice(1);
  const log = new OutcomeLog({ at: new Float64Array(rows.length), work: new Float64Array(rows.length) });
  for (const [index, line] of rows.entries()) {
    const problem = readOutcomeLine(log, index, line, columns);
    if (problem === undefined) continue;
    issues.push({ path: "", line: index + 2, message: problem });
    if (issues.length >= 100) break;
  }
  if (issues.length > 0) throw new InputError(file, issues);
  return log;
}

/** Some four months: an answer tells a run second by second. */
const longestSeconds = 1e7;
/** Columns that hold numbers. */
const numericColumns = [0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12];

/** Fills one row from its line; returns what is wrong with it, if anything. */
export function readOutcomeLine(log: OutcomeLog, index: number, line: string, columns = 13): string | undefined {
  const cells = splitCells(line);
  if (cells.length !== columns) return `${columns} columns expected, found ${cells.length}`;
  const kind = outcomeKinds.indexOf(cells[4] as OutcomeKind);
  if (kind < 0) return `outcome must be one of ${outcomeKinds.join(", ")}, found "${cells[4]}"`;

  const numeric = numericColumns.map((column) => Number((cells[column] ?? "") === "" ? Number.NaN : cells[column]));
  for (const [k, column] of numericColumns.entries()) {
    const isMissing = (cells[column] ?? "") === "";
    const required = column < 2;
    if (isMissing ? required : !Number.isFinite(numeric[k]!)) {
      return `column ${headerWithCompute.split(",")[column]} must be a number, found "${cells[column]}"`;
    }
  }
  const [at, work, lateness, latency, status, cold, instanceStarted, workDone, start, compute, computeWithin] =
    numeric as number[];
  if (cells[6] !== "" && cold !== 0 && cold !== 1) return `column cold must be 0 or 1, found "${cells[6]}"`;
  if (at! < 0) return `column at_seconds must be ≥ 0, found "${cells[0]}"`;
  if (at! > longestSeconds) return `column at_seconds must be at most ${longestSeconds}, found "${cells[0]}"`;
  if (work! < 0) return `column work_seconds must be ≥ 0, found "${cells[1]}"`;
  if (latency! < 0) return `column latency_seconds must be ≥ 0, found "${cells[3]}"`;
  if (compute! < 0) return `column compute_seconds must be ≥ 0, found "${cells[11]}"`;
  if (workDone! < 0) return `column work_done_seconds must be ≥ 0, found "${cells[9]}"`;
  if (start! < 0) return `column start_seconds must be ≥ 0, found "${cells[10]}"`;
  if (cells[5] !== "" && !(Number.isInteger(status) && status! >= 0 && status! < 1000))
    return `column status must be a whole number from 0 to 999, found "${cells[5]}"`;
  if (kind === 0 && Number.isNaN(latency)) return "a completed request must have its latency_seconds";
  log.at[index] = at!;
  log.work[index] = work!;
  log.lateness[index] = lateness!;
  log.latency[index] = latency!;
  log.outcome[index] = kind;
  log.status[index] = Number.isNaN(status!) ? 0 : status!;
  log.cold[index] = Number.isNaN(cold!) ? -1 : cold!;
  log.instance[index] = log.instanceIndex(cells[7]!);
  log.instanceStarted[index] = instanceStarted!;
  log.workDone[index] = workDone!;
  log.start[index] = start!;
  log.compute[index] = compute!;
  log.computeWithin[index] = computeWithin!;
  return undefined;
}

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
const cell = (value: number): number | string => (Number.isNaN(value) ? "" : value);

/** An id with a comma, quote or line end is quoted as RFC 4180 says. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function splitCells(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'),
  );
}
