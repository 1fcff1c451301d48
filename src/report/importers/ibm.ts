import type { Importer } from "./importer.ts";
import { cellsOf, numbersOf, refuse, tableOf } from "./reading.ts";
import { Times } from "./times.ts";

/** IBM Code Engine 2026, a week's table as CSV: lists of milliseconds per application; what a request took beyond it is the platform's. */
export const ibm: Importer = {
  format: "ibm-latency",
  describes: "IBM Code Engine 2026 (week_N.pickle as CSV)",
  detects: (head) => {
    const header = cellsOf(head.split("\n")[0]!);
    return header.includes("AppHash") && header.includes("AppExecTimes") && header.includes("TotalExecTimes");
  },
  read(source, { metric }) {
    const table = tableOf(source);
    const [own, whole] = [table.column("AppExecTimes"), table.column("TotalExecTimes")];
    const series = { platform: new Times(), total: new Times(), app: new Times() };
    for (const { line, cells } of table.rows()) {
      const [app, total] = [numbersOf(cells[own]!), numbersOf(cells[whole]!)];
      if (app.length !== total.length)
        refuse(source, "an application must have as many of its own times as total ones", line);
      for (const [i, ms] of total.entries()) {
        // Two clocks: the platform's share may come out a little below nothing.
        const beside = Math.max(0, ms - app[i]!);
        if (!series.total.add(ms / 1e3) || !series.app.add(app[i]! / 1e3))
          refuse(source, "times must be numbers ≥ 0", line);
        series.platform.add(beside / 1e3);
      }
    }
    const wanted = Object.entries(series).filter(([name]) => metric === undefined || name === metric);
    if (wanted.length === 0) refuse(source, `has no series "${metric}"; it has ${Object.keys(series).join(", ")}`);
    return {
      unit: "milliseconds",
      omission: { status: "scheduled", why: "production requests, counted by the platform from when it took each in" },
      series: wanted.map(([name, times]) => ({
        name,
        law: times.law(source),
        failed: {},
      })),
      warnings: [],
    };
  },
};
