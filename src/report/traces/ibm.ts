import type { ImportSource } from "../importers/index.ts";
import { cellsOf, numbersOf, refuse, tableOf } from "../importers/reading.ts";
import { requestsOf } from "./invocations.ts";
import type { TraceFormat, TraceOptions } from "./traceFormat.ts";

/** IBM Code Engine 2026, a week's table written as CSV: a row per application with lists of its invocations. */
export const ibm: TraceFormat = {
  format: "ibm",
  describes: "IBM Code Engine 2026 (week_N.pickle as CSV), a row per application",
  detects: (head) => {
    const header = cellsOf(head.split("\n")[0]!);
    return header.includes("AppHash") && header.includes("InvocationTimes");
  },
  requests: (source, options) => requestsOf(source, () => rowsOf(source, options)),
};

function* rowsOf(source: ImportSource, { functions }: TraceOptions) {
  const table = tableOf(source);
  const [app, times, execution] = ["AppHash", "InvocationTimes", "AppExecTimes"].map((name) => table.column(name));
  const row = { at: 0, work: 0, name: "" };
  for (const { line, cells } of table.rows()) {
    row.name = cells[app!]!;
    if (functions !== undefined && !functions.includes(row.name)) continue;
    const [instants, lengths] = [numbersOf(cells[times!]!), numbersOf(cells[execution!]!)];
    if (instants.length !== lengths.length)
      refuse(source, "an application must have as many durations as instants", line);
    for (const [i, at] of instants.entries()) {
      row.at = at;
      row.work = lengths[i]! / 1e3;
      if (!(row.work >= 0 && Number.isFinite(at))) refuse(source, "instants and durations must be numbers", line);
      yield row;
    }
  }
}
