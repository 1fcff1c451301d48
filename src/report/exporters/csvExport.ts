import type { Exporter } from "./exporter.ts";
import { figureRows } from "./figureRows.ts";

/** Every figure a row: engine, target, figure, at which level or time, value and interval. */
export const csvExport: Exporter = {
  format: "csv",
  describes: "CSV, a row per figure with its interval",
  write(reported) {
    const rows = figureRows(reported).map(({ engine, target, kind, status, figure, at, estimate }) =>
      [engine, target, kind, status, figure, at ?? "", ...[estimate.value, estimate.low, estimate.high].map(cell)].join(
        ",",
      ),
    );
    return ["engine,target,kind,status,figure,at,value,low,high", ...rows, ""].join("\n");
  },
};

/** Unknown is empty. */
const cell = (number: number): string => (Number.isNaN(number) ? "" : String(number));
