import { refuse, tableOf, toNumber } from "../importers/reading.ts";
import { Invocations } from "./invocations.ts";
import type { TraceFormat } from "./traceFormat.ts";

/** Azure Functions 2021: a row per invocation with its end and duration, in seconds; duration leaves cold starts out. */
export const azure2021: TraceFormat = {
  format: "azure-2021",
  describes: "Azure Functions 2021, a row per invocation",
  detects: (head) => head.startsWith("app,func,end_timestamp,duration"),
  *requests(source, { functions }) {
    const table = tableOf(source);
    const [func, end, duration] = ["func", "end_timestamp", "duration"].map((name) => table.column(name));
    const found = new Invocations();
    for (const { line, cells } of table.rows()) {
      if (functions !== undefined && !functions.includes(cells[func!]!)) continue;
      const [to, length] = [toNumber(cells[end!]), toNumber(cells[duration!])];
      if (!(length >= 0 && to - length > -Infinity)) refuse(source, "end and duration must be numbers", line);
      found.add(to - length, length, cells[func!]!);
    }
    yield* found.inOrder(source);
  },
};
