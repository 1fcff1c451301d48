import type { Seconds } from "../../base/units.ts";
import { type Source, source as stream } from "../../random/source.ts";
import type { ImportSource } from "../importers/index.ts";
import { refuse, tableOf, toNumber } from "../importers/reading.ts";
import { inOrder } from "./inOrder.ts";
import { Interval } from "./interval.ts";
import { Origins } from "./invocations.ts";
import type { TraceFormat, TraceOptions, TraceRequest } from "./traceFormat.ts";

/** Azure Functions 2019: a row per function, its invocations in each minute of a day. */
export const azure2019: TraceFormat = {
  format: "azure-2019",
  describes: "Azure Functions 2019, invocations per function and minute",
  detects: (head) => head.startsWith("HashOwner,HashApp,HashFunction,Trigger,1,2,"),
  *requests(source, options) {
    const origins = new Origins();
    let work: ((origin: number) => Seconds) | undefined;
    const interval = new Interval(stream(options.seed, "trace"), options.spacing, source.name);
    const request = { atSeconds: 0, workSeconds: Number.NaN, origin: 0 };
    function* drained(): Generator<TraceRequest> {
      for (const { at, origin } of interval.drain()) {
        request.atSeconds = at;
        request.origin = origin;
        if (work !== undefined) request.workSeconds = work(origin);
        yield request;
      }
    }
    let minute = 0;
    for (const { at, value, origin } of inOrder(() => countsOf(source, options, origins))) {
      // The functions are numbered by now, in the order of the counts.
      if (options.durations !== undefined) work ??= durationsOf(options.durations, origins, options.seed);
      if (at > minute) yield* drained();
      minute = at;
      interval.add(60 * minute, 60, value, origin);
    }
    yield* drained();
  },
};

/** The minutes of each function that have invocations; most have none. */
function* countsOf(source: ImportSource, { functions }: TraceOptions, origins: Origins) {
  const table = tableOf(source);
  const name = table.column("HashFunction");
  const first = table.column("1");
  const counted = { at: 0, value: 0, origin: 0 };
  let rows = 0;
  for (const { line, cells } of table.rows()) {
    if (functions !== undefined && !functions.includes(cells[name]!)) continue;
    rows++;
    counted.origin = origins.of(cells[name]!);
    for (let minute = 0; minute < cells.length - first; minute++) {
      const cell = cells[first + minute]!;
      if (cell === "0") continue;
      const n = toNumber(cell);
      if (!(Number.isInteger(n) && n >= 0)) refuse(source, `"${cell}" is not a number of invocations`, line);
      counted.at = minute;
      counted.value = n;
      if (n > 0) yield counted;
    }
  }
  if (rows === 0) refuse(source, functions === undefined ? "holds no function" : "has none of the functions named");
}

const levels = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];
const levelColumns = [0, 1, 25, 50, 75, 99, 100].map((level) => `percentile_Average_${level}`);

/**
 * Draws a function's duration on the straight lines between its percentiles, which are of averages over 30 s and leave cold starts out; a
 * function without any has none (NaN).
 */
function durationsOf(source: ImportSource, origins: Origins, seed: number): (origin: number) => Seconds {
  const quantiles = new Map<number, Float64Array>();
  const table = tableOf(source);
  const name = table.column("HashFunction");
  const columns = levelColumns.map((column) => table.column(column));
  for (const { line, cells } of table.rows()) {
    const origin = origins.find(cells[name]!);
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
