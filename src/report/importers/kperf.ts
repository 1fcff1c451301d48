import type { ImportedSeries, Importer } from "./importer.ts";
import { cutWarning, refuse, tableOf, toNumber } from "./reading.ts";
import { Times } from "./times.ts";

/** `kperf service measure`: a row per Knative service, seconds until each of its parts was ready. */
export const kperf: Importer = {
  format: "kperf",
  describes: "kperf service measure (CSV)",
  detects: (head) => head.startsWith("svc_name,svc_namespace,"),
  read(source, { metric }) {
    const table = tableOf(source);
    const names = table.header.slice(2);
    if (metric !== undefined && !names.includes(metric))
      refuse(source, `has no column "${metric}"; it has ${names.join(", ")}`, 1);
    if (names.length === 0) refuse(source, "has no column of times", 1);
    const columns = names.map(() => new Times());
    for (const { line, cells } of table.rows()) {
      for (const [i, times] of columns.entries()) {
        if (!times.add(toNumber(cells[i + 2]))) refuse(source, `"${cells[i + 2]}" is not a time in seconds`, line);
      }
    }
    const series = names.map(
      (name, i): ImportedSeries => ({
        name,
        law: columns[i]!.law(source),
        failed: {},
      }),
    );
    return {
      unit: "seconds",
      omission: { status: "unknown", why: "these are starts of services, not requests" },
      series: metric === undefined ? series : series.filter(({ name }) => name === metric),
      warnings: cutWarning(source),
    };
  },
};
