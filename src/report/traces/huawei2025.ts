import type { ImportSource } from "../importers/index.ts";
import { cellsOf, refuse, tableOf, toNumber } from "../importers/reading.ts";
import { requestsOf } from "./invocations.ts";
import type { TraceFormat, TraceOptions } from "./traceFormat.ts";

/**
 * Huawei 2025, a table of requests: a row per request, seconds. A row's instant is when the frontend wrote it, which is later than the
 * worker's, so what the frontend took lies before it; the work is the function's own time, without the worker around it.
 */
export const huawei2025: TraceFormat = {
  format: "huawei-2025",
  describes: "Huawei 2025, a row per request",
  detects: (head) => {
    const header = cellsOf(head.split("\n")[0]!);
    return ["time_frontend", "totalCost_frontend", "runtimeCost", "funcName"].every((name) => header.includes(name));
  },
  requests: (source, options) => requestsOf(source, () => rowsOf(source, options)),
};

function* rowsOf(source: ImportSource, { functions }: TraceOptions) {
  const table = tableOf(source);
  const [func, time, total, runtime] = ["funcName", "time_frontend", "totalCost_frontend", "runtimeCost"].map((name) =>
    table.column(name),
  );
  const row = { at: 0, work: 0, name: "" };
  for (const { line, cells } of table.rows()) {
    row.name = cells[func!]!;
    if (functions !== undefined && !functions.includes(row.name)) continue;
    const took = toNumber(cells[total!]);
    row.work = toNumber(cells[runtime!]);
    row.at = toNumber(cells[time!]) - took;
    if (!(row.work >= 0 && took >= 0 && row.at > -Infinity))
      refuse(source, "time_frontend, totalCost_frontend and runtimeCost must be numbers", line);
    yield row;
  }
}
