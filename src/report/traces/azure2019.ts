import type { Seconds } from "../../base/units.ts";
import { type Source, source as stream } from "../../random/source.ts";
import type { ImportSource } from "../importers/index.ts";
import { refuse, tableOf, toNumber } from "../importers/reading.ts";
import { Interval } from "./interval.ts";
import type { TraceFormat, TraceOptions, TraceRequest } from "./traceFormat.ts";

const minutes = 1440;

/** Azure Functions 2019: a row per function, its invocations in each minute of a day. */
export const azure2019: TraceFormat = {
  format: "azure-2019",
  describes: "Azure Functions 2019, invocations per function and minute",
  detects: (head) => head.startsWith("HashOwner,HashApp,HashFunction,Trigger,1,2,"),
  *requests(source, options) {
    const { names, counts } = read(source, options);
    const work = options.durations === undefined ? undefined : durationsOf(options.durations, names, options.seed);
    const interval = new Interval(stream(options.seed, "trace"), options.spacing);
    const request = { atSeconds: 0, workSeconds: Number.NaN, origin: 0 };
    for (let minute = 0; minute < minutes; minute++) {
      counts.each(minute, (origin, n) => interval.add(60 * minute, 60, n, origin));
      for (const { at, origin } of interval.drain()) {
        request.atSeconds = at;
        request.origin = origin;
        if (work !== undefined) request.workSeconds = work(origin);
        yield request satisfies TraceRequest;
      }
    }
  },
};

function read(
  source: ImportSource,
  { functions }: TraceOptions,
): { readonly names: readonly string[]; readonly counts: Counts } {
  const table = tableOf(source);
  const name = table.column("HashFunction");
  const first = table.column("1");
  const names: string[] = [];
  const counts = new Counts();
  for (const { line, cells } of table.rows()) {
    if (functions !== undefined && !functions.includes(cells[name]!)) continue;
    const origin = names.push(cells[name]!) - 1;
    for (let minute = 0; minute < cells.length - first; minute++) {
      const cell = cells[first + minute]!;
      if (cell === "0") continue;
      const n = toNumber(cell);
      if (!(Number.isInteger(n) && n >= 0)) refuse(source, `"${cell}" is not a number of invocations`, line);
      if (n > 0) counts.add(minute, origin, n);
    }
  }
  if (names.length === 0)
    refuse(source, functions === undefined ? "holds no function" : "has none of the functions named");
  return { names, counts };
}

/** Invocations per minute and function, of which most are none: twelve bytes for each that is not. */
class Counts {
  #minute = new Int32Array(4096);
  #origin = new Int32Array(4096);
  #n = new Int32Array(4096);
  #used = 0;
  /** Where each minute's entries begin, once they are in order. */
  #starts: Int32Array | undefined;

  add(minute: number, origin: number, n: number): void {
    if (this.#used === this.#n.length) {
      this.#minute = doubled(this.#minute);
      this.#origin = doubled(this.#origin);
      this.#n = doubled(this.#n);
    }
    this.#minute[this.#used] = minute;
    this.#origin[this.#used] = origin;
    this.#n[this.#used++] = n;
  }

  each(minute: number, take: (origin: number, n: number) => void): void {
    this.#starts ??= this.#order();
    for (let i = this.#starts[minute]!; i < this.#starts[minute + 1]!; i++) take(this.#origin[i]!, this.#n[i]!);
  }

  /** By counting; functions keep their order within a minute. */
  #order(): Int32Array {
    const starts = new Int32Array(minutes + 1);
    for (let i = 0; i < this.#used; i++) starts[this.#minute[i]! + 1]!++;
    for (let minute = 0; minute < minutes; minute++) starts[minute + 1]! += starts[minute]!;
    const next = starts.slice();
    const [origin, n] = [new Int32Array(this.#used), new Int32Array(this.#used)];
    for (let i = 0; i < this.#used; i++) {
      const place = next[this.#minute[i]!]!++;
      origin[place] = this.#origin[i]!;
      n[place] = this.#n[i]!;
    }
    [this.#origin, this.#n] = [origin, n];
    this.#minute = new Int32Array(0);
    return starts;
  }
}

function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(2 * from.length);
  to.set(from);
  return to;
}

const levels = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];
const levelColumns = [0, 1, 25, 50, 75, 99, 100].map((level) => `percentile_Average_${level}`);

/**
 * Draws a function's duration on the straight lines between its percentiles, which are of averages over 30 s and leave cold starts out; a
 * function without any has none (NaN).
 */
function durationsOf(source: ImportSource, names: readonly string[], seed: number): (origin: number) => Seconds {
  const origins = new Map(names.map((name, i) => [name, i]));
  const quantiles = new Map<number, Float64Array>();
  const table = tableOf(source);
  const name = table.column("HashFunction");
  const columns = levelColumns.map((column) => table.column(column));
  for (const { line, cells } of table.rows()) {
    const origin = origins.get(cells[name]!);
    if (origin === undefined) continue;
    const values = Float64Array.from(columns, (column) => toNumber(cells[column]) / 1e3);
    if (!values.every((value, i) => value >= (i === 0 ? 0 : values[i - 1]!))) {
      refuse(source, "percentiles of durations must be numbers that do not fall", line);
    }
    quantiles.set(origin, values);
  }
  const uniform: Source = stream(seed, "trace", "work");
  return (origin) => {
    const values = quantiles.get(origin);
    if (values === undefined) return Number.NaN;
    const p = uniform();
    const i = levels.findLastIndex((level) => level <= p);
    const share = (p - levels[i]!) / (levels[i + 1]! - levels[i]!);
    return values[i]! + (values[i + 1]! - values[i]!) * share;
  };
}
