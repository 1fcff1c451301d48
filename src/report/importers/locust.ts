import { betweenQuantiles } from "./binned.ts";
import type { Importer } from "./importer.ts";
import { checkSame, refuse, tableOf, toNumber } from "./reading.ts";

/** `locust --csv`: the file of statistics, a row per endpoint and one of all, milliseconds. */
export const locust: Importer = {
  format: "locust",
  describes: "locust --csv (…_stats.csv)",
  detects: (head) => head.startsWith("Type,Name,Request Count,Failure Count,"),
  read(source, { metric = "Aggregated" }) {
    const table = tableOf(source);
    const [name, requests, failed, average] = ["Name", "Request Count", "Failure Count", "Average Response Time"].map(
      (column) => table.column(column),
    );
    const least = table.column("Min Response Time");
    const levels = table.header.flatMap((title, column) => {
      const level = /^(\d+(?:\.\d+)?)%$/.exec(title);
      return level === null ? [] : [{ q: Number((Number(level[1]) / 100).toPrecision(12)), column }];
    });
    const rows = [...table.rows()];
    const row = rows.find(({ cells }) => cells[name!] === metric);
    if (row === undefined) {
      return refuse(source, `has no row "${metric}"; it has ${rows.map(({ cells }) => cells[name!]).join(", ")}`);
    }
    const number = (column: number): number => {
      const value = toNumber(row.cells[column]);
      return value >= 0 ? value : refuse(source, `"${row.cells[column]}" is not a number ≥ 0`, row.line);
    };
    const quantiles = levels.map(({ q, column }) => ({ q, seconds: number(column) / 1e3 }));
    // Percentiles are rounded to two digits, so the first may lie below the minimum.
    const minimum = Math.min(number(least) / 1e3, quantiles[0]?.seconds ?? 0);
    const errors = number(failed!);
    const others = rows.filter((each) => each.cells[name!] !== "Aggregated");
    if (metric === "Aggregated" && others.length > 0)
      checkSame(
        source,
        "requests",
        others.reduce((sum, { cells }) => sum + toNumber(cells[requests!]), 0),
        number(requests!),
      );
    return {
      unit: "milliseconds; percentiles to two digits",
      omission: { status: "uncorrected", why: "locust's users are closed loops, and count from the send" },
      series: [
        {
          name: metric,
          law: betweenQuantiles(source, [{ q: 0, seconds: minimum }, ...quantiles], {
            count: number(requests!),
            stated: { mean: number(average!) / 1e3 },
            rounding: { relative: 0.05, absolute: 1e-3 },
          }),
          failed: {},
        },
      ],
      warnings:
        errors > 0
          ? [`${errors} of the ${number(requests!)} requests failed, and their times are among the others.`]
          : [],
    };
  },
};
