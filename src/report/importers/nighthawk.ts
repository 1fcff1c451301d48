import { betweenQuantiles } from "./binned.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { at, Failures, jsonOf, listAt, refuse, toNumber } from "./reading.ts";

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
        `has no statistic "${metric}"; it has ${statistics.map((each) => String(at(each, "id"))).join(", ")}`,
      );
    }
    const count = toNumber(String(at(own, "count")));
    if (!(Number.isInteger(count) && count > 0)) refuse(source, `"${metric}" must have a count of 1 or more`);
    const rows = listAt(source, own, "percentiles")
      .map((row) => ({ q: Number(at(row, "percentile")), seconds: secondsOf(source, at(row, "duration")) }))
      .sort((a, b) => a.q - b.q);
    const quantiles = rows.filter(({ q }, i) => i === rows.length - 1 || rows[i + 1]!.q > q);
    const failures = new Failures();
    const counters = at(all, "counters");
    for (const counter of Array.isArray(counters) ? counters : []) {
      const [name, value] = [String(at(counter, "name")), toNumber(String(at(counter, "value")))];
      if (name === "benchmark.http_4xx") failures.add("http4xx", value);
      if (name === "benchmark.http_5xx") failures.add("http5xx", value);
      if (name === "benchmark.stream_resets") failures.add("reset", value);
    }
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
      warnings: [],
    };
  },
};

/** A duration as protobuf's JSON has it, such as "0.012345s". */
function secondsOf(source: ImportSource, text: unknown): number {
  const seconds = typeof text === "string" && text.endsWith("s") ? toNumber(text.slice(0, -1)) : Number.NaN;
  return seconds >= 0 ? seconds : refuse(source, `${JSON.stringify(text)} is not a duration such as "0.0123s"`);
}
