import { betweenQuantiles } from "./binned.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { at, checkSame, Failures, isCount, jsonOf, listAt, refuse, toNumber } from "./reading.ts";

const metricByDefault = "benchmark_http_client.request_to_response";

/** `nighthawk_client --output-format json`: percentiles of HdrHistogram, protobuf durations. */
export const nighthawk: Importer = {
  format: "nighthawk",
  describes: "nighthawk_client --output-format json",
  detects: (head) =>
    head.trimStart().startsWith("{") && /"(requests_per_second|requestsPerSecond|open_loop|nighthawk)"/.test(head),
  read(source, { metric = metricByDefault }) {
    const output = jsonOf(source);
    const results = listAt(source, output, "results");
    const all = results.find((result) => at(result, "name") === "global") ?? results[0];
    const statistics = listAt(source, all, "statistics");
    const own = statistics.find((each) => at(each, "id") === metric);
    if (own === undefined) {
      refuse(
        source,
        `has no statistic "${metric}"; it has ${statistics.flatMap((each) => at(each, "id") ?? []).join(", ")}`,
      );
    }
    const count = toNumber(String(at(own, "count")));
    if (!(Number.isInteger(count) && count > 0)) refuse(source, `"${metric}" must have a count of 1 or more`);
    const rows = listAt(source, own, "percentiles")
      .map((row) => ({ q: Number(at(row, "percentile")), seconds: secondsOf(source, at(row, "duration")) }))
      .sort((a, b) => a.q - b.q);
    const quantiles = rows.filter(({ q }, i) => i === rows.length - 1 || rows[i + 1]!.q > q);
    const last = listAt(source, own, "percentiles").at(-1);
    if (at(last, "count") !== undefined)
      checkSame(source, `values of ${metric}`, toNumber(String(at(last, "count"))), count);
    const counters = at(all, "counters");
    const counted = (wanted: string): number => {
      const counter = Array.isArray(counters) ? counters.find((each) => at(each, "name") === wanted) : undefined;
      const value = counter === undefined ? 0 : toNumber(String(at(counter, "value")));
      return isCount(value) ? value : refuse(source, `the counter ${wanted} must be a count`);
    };
    const failures = new Failures();
    failures.add("reset", counted("benchmark.stream_resets"));
    const answeredWithErrors = counted("benchmark.http_4xx") + counted("benchmark.http_5xx");
    return {
      unit: "seconds, to 1 ns",
      omission: {
        status: "uncorrected",
        why: "Nighthawk counts from the send; in open loop it drops what it cannot send in time",
      },
      series: [
        {
          name: metric,
          law: betweenQuantiles(source, quantiles, {
            count,
            stated: {
              mean: secondsOf(source, at(own, "mean")),
              standardDeviation: secondsOf(source, at(own, "pstdev")),
            },
          }),
          failed: failures.all(),
        },
      ],
      warnings:
        answeredWithErrors > 0
          ? [`${answeredWithErrors} answers were errors, and their times are among the others.`]
          : [],
    };
  },
};

/** A duration as protobuf's JSON has it, such as "0.012345s". */
function secondsOf(source: ImportSource, text: unknown): number {
  const seconds = typeof text === "string" && text.endsWith("s") ? toNumber(text.slice(0, -1)) : Number.NaN;
  return seconds >= 0
    ? seconds
    : refuse(source, `${JSON.stringify(text) ?? "nothing"} is not a duration such as "0.0123s"`);
}
