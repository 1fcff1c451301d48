import type { Importer } from "./importer.ts";
import { cellsOf, cutWarning, refuse, tableOf, toNumber } from "./reading.ts";
import { Times } from "./times.ts";

const parts = [
  "totalCost_cold_start",
  "podAllocationCost",
  "deployCodeCost",
  "deployDependencyCost",
  "schedulingCost",
] as const;

/** Huawei 2025, a table of cold starts: the whole and each of its steps, seconds; for the law of a start. */
export const huaweiStarts: Importer = {
  format: "huawei-starts",
  describes: "Huawei 2025, cold starts (CSV)",
  detects: (head) => {
    const header = cellsOf(head.split("\n")[0]!);
    return header.includes(parts[0]) && header.includes(parts[1]);
  },
  read(source, { metric }) {
    const table = tableOf(source);
    const wanted = parts.filter((name) => metric === undefined || name === metric);
    if (wanted.length === 0) refuse(source, `has no column "${metric}"; it has ${parts.join(", ")}`, 1);
    const columns = wanted.map((name) => ({ name, column: table.column(name), times: new Times() }));
    for (const { line, cells } of table.rows()) {
      for (const { name, column, times } of columns) {
        if (!times.add(toNumber(cells[column]))) refuse(source, `"${cells[column]}" is no ${name} in seconds`, line);
      }
    }
    return {
      unit: "seconds",
      omission: { status: "unknown", why: "these are starts of pods, not requests" },
      series: columns.map(({ name, times }) => ({
        name,
        law: times.law(source),
        failed: {},
      })),
      warnings: cutWarning(source),
    };
  },
};
