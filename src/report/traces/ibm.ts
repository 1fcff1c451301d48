import { cellsOf, numbersOf, refuse, tableOf } from "../importers/reading.ts";
import { Invocations } from "./invocations.ts";
import type { TraceFormat } from "./traceFormat.ts";

/** IBM Code Engine 2026, a week's table written as CSV: a row per application with lists of its invocations. */
export const ibm: TraceFormat = {
  format: "ibm",
  describes: "IBM Code Engine 2026 (week_N.pickle as CSV), a row per application",
  detects: (head) => {
    const header = cellsOf(head.split("\n")[0]!);
    return header.includes("AppHash") && header.includes("InvocationTimes");
  },
  *requests(source, { functions }) {
    const table = tableOf(source);
    const [app, times, execution] = ["AppHash", "InvocationTimes", "AppExecTimes"].map((name) => table.column(name));
    const found = new Invocations();
    for (const { line, cells } of table.rows()) {
      if (functions !== undefined && !functions.includes(cells[app!]!)) continue;
      const [instants, lengths] = [numbersOf(cells[times!]!), numbersOf(cells[execution!]!)];
      if (instants.length !== lengths.length)
        refuse(source, "an application must have as many durations as instants", line);
      for (const [i, at] of instants.entries()) {
        const work = lengths[i]! / 1e3;
        if (!(work >= 0 && Number.isFinite(at))) refuse(source, "instants and durations must be numbers", line);
        found.add(at, work, cells[app!]!);
      }
    }
    yield* found.inOrder(source);
  },
};
