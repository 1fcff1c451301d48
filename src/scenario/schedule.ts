import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { arrivals } from "../arrivals/index.ts";
import { InputError, type Issue } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { distribution } from "../distributions/index.ts";
import { source } from "../random/source.ts";
import type { Scenario } from "./scenario.ts";

/** The requests of one run: instants and each one's work, the same bits for simulator and live replay. */
export interface Schedule {
  readonly name: string;
  readonly seed: number;
  /** Requests arrive before it (a schedule read from a file: at the latest then); Infinity where only their number bounds them. */
  readonly duration: Seconds;
  /** A fresh cursor at the first request; nothing is kept in memory. */
  open(): ScheduleCursor;
}

/** The current request; the fields are valid after `next` returned true. */
export interface ScheduleCursor {
  next(): boolean;
  readonly atSeconds: Seconds;
  /** At the full speed of one core, before a target's work factor. */
  readonly workSeconds: Seconds;
  /** Which device sent it. */
  readonly origin: number;
}

export interface ScheduleOptions {
  /** Default: the scenario's. */
  readonly seed?: number | undefined;
  /** 0 (default) is the schedule that live replays. */
  readonly replication?: number | undefined;
  /** The first so many requests, in place of the scenario's duration. */
  readonly requests?: number | undefined;
}

/**
 * The schedule of a scenario and seed. Streaming: a run of 10⁸ requests needs no array.
 *
 * @example
 * schedule(scenario, { seed: 7 }).open().next() // => true
 */
export function schedule(scenario: Scenario, options: ScheduleOptions = {}): Schedule {
  const { seed = scenario.seed, replication = 0, requests } = options;
  const duration = requests === undefined ? scenario.duration : Infinity;
  const limit = requests ?? Infinity;
  const process = arrivals(scenario.arrivals);
  if (scenario.arrivals.kind === "closed") process.instants([seed]); // Which says why there is none.
  const work = distribution(scenario.work);
  return {
    name: scenario.name,
    seed,
    duration,
    open: () => {
      const instants = process.instants([seed, "arrivals", replication]);
      const nextWork = work.sampler(source(seed, "work", replication));
      let sent = 0;
      const cursor = {
        atSeconds: 0,
        workSeconds: 0,
        origin: 0,
        next(): boolean {
          if (sent >= limit) return false;
          const at = instants.next();
          if (!(at < duration)) return false;
          sent++;
          cursor.atSeconds = at;
          cursor.workSeconds = nextWork();
          cursor.origin = instants.origin;
          return true;
        },
      };
      return cursor;
    },
  };
}

/** A schedule held in columns. */
export interface CollectedSchedule {
  readonly at: Float64Array;
  readonly work: Float64Array;
  readonly origin: Int32Array;
  /** Hex SHA-256 of the pairs (at, work) as little-endian doubles. */
  readonly sha256: string;
}

/** All requests of a finite schedule, as columns. */
export function collectSchedule(schedule: Schedule): CollectedSchedule {
  const cursor = schedule.open();
  let capacity = 1024;
  let pairs = new Float64Array(2 * capacity);
  let origins = new Int32Array(capacity);
  let count = 0;
  while (cursor.next()) {
    if (count === capacity) {
      capacity *= 2;
      pairs = enlarged(pairs, new Float64Array(2 * capacity));
      origins = enlarged(origins, new Int32Array(capacity));
    }
    pairs[2 * count] = cursor.atSeconds;
    pairs[2 * count + 1] = cursor.workSeconds;
    origins[count++] = cursor.origin;
  }
  pairs = pairs.slice(0, 2 * count);
  return {
    at: Float64Array.from({ length: count }, (_, i) => pairs[2 * i]!),
    work: Float64Array.from({ length: count }, (_, i) => pairs[2 * i + 1]!),
    origin: origins.slice(0, count),
    sha256: bytesToHex(sha256(littleEndian(pairs))),
  };
}

/** The CSV of a schedule, line by line without line ends, in full precision. */
export function* scheduleCsvLines(schedule: Schedule): Generator<string> {
  yield "at_seconds,work_seconds,source";
  const cursor = schedule.open();
  while (cursor.next()) yield `${cursor.atSeconds},${cursor.workSeconds},${cursor.origin}`;
}

/**
 * A schedule from its CSV: header `at_seconds,work_seconds[,source]`, instants that never decrease.
 *
 * @throws {InputError} with every broken line (the first ten are listed)
 */
export function parseScheduleCsv(text: string, file: string): Schedule {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  const header = lines[0] ?? "";
  if (header !== "at_seconds,work_seconds" && header !== "at_seconds,work_seconds,source") {
    const got = header === "" ? "an empty line" : JSON.stringify(header.slice(0, 60));
    throw new InputError(file, [
      { path: "", line: 1, column: 1, message: `expected the header at_seconds,work_seconds[,source], got ${got}` },
    ]);
  }
  const columns = header.split(",").length;
  const rows = lines.length - 1;
  const at = new Float64Array(rows);
  const work = new Float64Array(rows);
  const origin = new Int32Array(rows);
  const issues: Issue[] = [];
  for (let i = 0; i < rows; i++) {
    const message = readRow(lines[i + 1]!, columns, i, { at, work, origin });
    if (message !== undefined) issues.push({ path: "", line: i + 2, column: 1, message });
    if (issues.length === 10) break;
  }
  if (issues.length > 0) throw new InputError(file, issues);
  return fromColumns({ name: file, at, work, origin });
}

function readRow(
  line: string,
  columns: number,
  i: number,
  into: { readonly at: Float64Array; readonly work: Float64Array; readonly origin: Int32Array },
): string | undefined {
  const cells = line.split(",");
  if (cells.length !== columns) return `expected ${columns} cells, got ${cells.length}`;
  const [at, work, origin] = cells.map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
  if (!(at! >= 0 && at! < Infinity)) return `at_seconds must be a number ≥ 0, got ${JSON.stringify(cells[0])}`;
  if (!(work! >= 0 && work! < Infinity)) return `work_seconds must be a number ≥ 0, got ${JSON.stringify(cells[1])}`;
  if (i > 0 && at! < into.at[i - 1]!) return `at_seconds must not decrease, got ${at} after ${into.at[i - 1]}`;
  if (columns === 3 && !(Number.isInteger(origin) && origin! >= 0 && origin! < 2 ** 31)) {
    return `source must be a whole number ≥ 0, got ${JSON.stringify(cells[2])}`;
  }
  into.at[i] = at!;
  into.work[i] = work!;
  into.origin[i] = origin ?? 0;
  return undefined;
}

function fromColumns(columns: {
  readonly name: string;
  readonly at: Float64Array;
  readonly work: Float64Array;
  readonly origin: Int32Array;
}): Schedule {
  return {
    name: columns.name,
    seed: 0,
    duration: columns.at.at(-1) ?? 0,
    open: () => {
      let row = -1;
      return {
        next: () => ++row < columns.at.length,
        get atSeconds() {
          return columns.at[row]!;
        },
        get workSeconds() {
          return columns.work[row]!;
        },
        get origin() {
          return columns.origin[row]!;
        },
      };
    },
  };
}

function enlarged<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The bytes of doubles in little-endian order, whatever the machine's. */
function littleEndian(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true);
  return new Uint8Array(view.buffer);
}
