import { source as stream } from "../../random/source.ts";
import { refuse, tableOf, toNumber } from "../importers/reading.ts";
import { Interval } from "./interval.ts";
import type { TraceFormat } from "./traceFormat.ts";

/** Huawei 2023: a row per minute or second, a column per function with its requests. */
export const huawei: TraceFormat = {
  format: "huawei",
  describes: "Huawei 2023, requests per interval and function",
  detects: (head) => /^day,time,0(,1|\n)/.test(head),
  *requests(source, { seed, spacing, functions }) {
    const table = tableOf(source);
    const interval = new Interval(stream(seed, "trace"), spacing, source.name);
    const request = { atSeconds: 0, workSeconds: Number.NaN, origin: 0 };
    const wanted = table.header.map((name, i) => i >= 2 && (functions === undefined || functions.includes(name)));
    let before: { readonly at: number; readonly cells: readonly string[]; readonly line: number } | undefined;
    let first = Number.NaN;
    let length = 60;
    function* spread(row: NonNullable<typeof before>) {
      for (const [i, cell] of row.cells.entries()) {
        if (!wanted[i] || cell === "" || cell === "0" || cell === "0.0") continue;
        const n = toNumber(cell);
        if (!(Number.isInteger(n) && n >= 0)) refuse(source, `"${cell}" is not a number of requests`, row.line);
        interval.add(row.at - first, length, n, i - 2);
      }
      for (const { at, origin } of interval.drain()) {
        request.atSeconds = at;
        request.origin = origin;
        yield request;
      }
    }
    for (const { line, cells } of table.rows()) {
      const at = toNumber(cells[0]) * 86_400 + toNumber(cells[1]);
      if (!Number.isFinite(at)) refuse(source, "day and time must be numbers", line);
      if (Number.isNaN(first)) first = at;
      if (before !== undefined) {
        if (!(at > before.at)) refuse(source, "time must increase", line);
        length = at - before.at;
        yield* spread(before);
      }
      before = { at, cells, line };
    }
    if (before === undefined) return refuse(source, "holds no interval");
    yield* spread(before);
  },
};
