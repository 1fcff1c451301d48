import type { ImportSource } from "../importers/index.ts";
import { refuse, tableOf, toNumber } from "../importers/reading.ts";
import { requestsOf } from "./invocations.ts";
import type { TraceFormat, TraceOptions } from "./traceFormat.ts";

/** Azure Functions 2021: a row per invocation with its end and duration, in seconds; duration leaves cold starts out. */
export const azure2021: TraceFormat = {
  format: "azure-2021",
  describes: "Azure Functions 2021, a row per invocation",
  detects: (head) => head.startsWith("app,func,end_timestamp,duration"),
  requests: (source, options) => requestsOf(source, () => rowsOf(source, options)),
};

function* rowsOf(source: ImportSource, { functions }: TraceOptions) {
  const table = tableOf(source);
  const [func, end, duration] = ["func", "end_timestamp", "duration"].map((name) => table.column(name));
  const row = { at: 0, work: 0, name: "" };
  for (const { line, cells } of table.rows()) {
    row.name = cells[func!]!;
    if (functions !== undefined && !functions.includes(row.name)) continue;
    row.work = toNumber(cells[duration!]);
    row.at = toNumber(cells[end!]) - row.work;
    if (!(row.work >= 0 && row.at > -Infinity)) refuse(source, "end and duration must be numbers", line);
    yield row;
  }
}
