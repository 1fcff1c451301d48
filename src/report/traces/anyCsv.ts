import type { ImportSource } from "../importers/index.ts";
import { type Row, refuse, type Table, tableOf, toNumber } from "../importers/reading.ts";
import type { TraceFormat } from "./traceFormat.ts";

/** Any CSV with a column of instants that do not decrease; read a line at a time. */
export const anyCsv: TraceFormat = {
  format: "csv",
  describes: "any CSV with a column of instants (--column, --unit)",
  detects: () => false,
  *requests(source, { column = "1", unitSeconds = 1, workColumn, workUnitSeconds = unitSeconds }) {
    const table = tableOf(source);
    const at = indexOf(source, table, column);
    const work = workColumn === undefined ? undefined : indexOf(source, table, workColumn);
    const request = { atSeconds: 0, workSeconds: Number.NaN, origin: 0 };
    let first = Number.NaN;
    for (const { line, cells } of rowsOf(table, at)) {
      const instant = toNumber(cells[at]) * unitSeconds;
      if (!Number.isFinite(instant)) refuse(source, `"${cells[at]}" is not a number`, line);
      if (Number.isNaN(first)) first = instant;
      if (instant - first < request.atSeconds) refuse(source, "instants must not decrease; sort the file first", line);
      request.atSeconds = instant - first;
      if (work !== undefined) {
        request.workSeconds = toNumber(cells[work]) * workUnitSeconds;
        if (!(request.workSeconds >= 0 && request.workSeconds < Infinity))
          refuse(source, `"${cells[work]}" is not a time`, line);
      }
      yield request;
    }
    if (Number.isNaN(first)) refuse(source, "holds no request");
  },
};

/** A file whose first row has a number in the column of instants has no header. */
function* rowsOf(table: Table, at: number): Generator<Row> {
  if (!Number.isNaN(toNumber(table.header[at]))) yield { line: 1, cells: table.header };
  yield* table.rows();
}

function indexOf(source: ImportSource, table: Table, column: string): number {
  if (table.header.includes(column) || !/^\d+$/.test(column)) return table.column(column);
  const index = Number(column) - 1;
  return index >= 0 && index < table.header.length
    ? index
    : refuse(source, `has ${table.header.length} columns, not ${column}`, 1);
}
