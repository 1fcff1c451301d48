import type { Seconds } from "../../base/units.ts";
import { refuse, tableOf } from "../importers/reading.ts";
import type { TraceFormat } from "./traceFormat.ts";

/** Azure LLM inference 2023: a row per request with its instant and tokens, which say nothing of work in seconds. */
export const azureLlm: TraceFormat = {
  format: "azure-llm",
  describes: "Azure LLM inference, a row per request",
  detects: (head) => head.startsWith("TIMESTAMP,ContextTokens,GeneratedTokens"),
  *requests(source) {
    const table = tableOf(source);
    const request = { atSeconds: 0, workSeconds: Number.NaN, origin: 0 };
    let first = Number.NaN;
    for (const { line, cells } of table.rows()) {
      const at = instantOf(cells[0]!);
      if (Number.isNaN(at)) refuse(source, `"${cells[0]}" is not an instant such as 2023-11-16 18:15:46.6805900`, line);
      if (Number.isNaN(first)) first = at;
      if (at - first < request.atSeconds) refuse(source, "instants must not decrease", line);
      request.atSeconds = at - first;
      yield request;
    }
    if (Number.isNaN(first)) refuse(source, "holds no request");
  },
};

/** Seconds since 1970 in UTC; the fraction is added last, so that it keeps its digits. */
function instantOf(text: string): Seconds {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d+)?(?:\+00:00|Z)?$/.exec(text.trim());
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) / 1e3 + Number(parts[7] ?? 0);
}
