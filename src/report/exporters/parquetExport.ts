import { parquetWriteBuffer } from "hyparquet-writer";
import type { Exporter } from "./exporter.ts";
import { figureRows } from "./figureRows.ts";

/** The CSV's table with typed columns; an unknown figure is null, the open bucket's edge is infinite. */
export const parquetExport: Exporter = {
  format: "parquet",
  describes: "Apache Parquet, a row per figure with its interval",
  write(reported) {
    const rows = figureRows(reported);
    const texts = (["engine", "target", "kind", "status", "figure"] as const).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      type: "STRING" as const,
      nullable: false,
    }));
    const numbers = [
      { name: "at", data: rows.map(({ at }) => at) },
      ...(["value", "low", "high"] as const).map((name) => ({
        name,
        data: rows.map(({ estimate }) => known(estimate[name])),
      })),
    ].map((column) => ({ ...column, type: "DOUBLE" as const, nullable: true }));
    return new Uint8Array(parquetWriteBuffer({ columnData: [...texts, ...numbers] }));
  },
};

const known = (number: number): number | null => (Number.isNaN(number) ? null : number);
