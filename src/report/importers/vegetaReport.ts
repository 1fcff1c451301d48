import { betweenQuantiles, histogramOf } from "./binned.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { at, checkSame, countAt, countsAt, Failures, failureOf, jsonOf, numberAt } from "./reading.ts";

/** `vegeta report -type=json`: a few percentiles in nanoseconds, and buckets where it was given `-buckets`. */
export const vegetaReport: Importer = {
  format: "vegeta-report",
  describes: "vegeta report -type=json",
  detects: (head) => head.startsWith('{"latencies":{"total"'),
  read(source) {
    const report = jsonOf(source);
    const time = (key: string) => numberAt(source, report, "latencies", key) / 1e9;
    const count = countAt(source, report, "requests");
    const codes = countsAt(source, report, "status_codes");
    checkSame(
      source,
      "requests by their status",
      codes.reduce((sum, [, n]) => sum + n, 0),
      count,
    );
    const failures = new Failures();
    for (const [code, n] of codes) {
      const kind = failureOf(Number(code));
      if (kind !== undefined) failures.add(kind, n);
    }
    const percentiles = [0.5, 0.9, 0.95, 0.99].map((q) => ({ q, seconds: time(`${Math.round(100 * q)}th`) }));
    const quantiles = [{ q: 0, seconds: time("min") }, ...percentiles, { q: 1, seconds: time("max") }];
    const stated = { mean: time("mean") };
    const buckets = at(report, "buckets");
    const law =
      typeof buckets === "object" && buckets !== null
        ? histogramOf(source, bins(source, buckets, time("max")), { ...stated, quantiles })
        : betweenQuantiles(source, quantiles, { count, stated });
    if ("count" in law && law.holds === "histogram") checkSame(source, "requests in buckets", law.count ?? 0, count);
    const failed = Object.values(failures.all()).reduce((sum, n) => sum + n, 0);
    return {
      unit: "nanoseconds",
      omission: {
        status: "uncorrected",
        why: "vegeta sends at a constant rate, but counts from the send, which -max-workers delays",
      },
      series: [{ name: "latency", law, failed: {} }],
      warnings: failed > 0 ? [`${failed} of the ${count} requests failed, and their times are among the others.`] : [],
    };
  },
};

/** Counts by the lower edges of their buckets; the last reaches to the maximum. */
function bins(source: ImportSource, buckets: object, maximum: number) {
  const edges = Object.keys(buckets)
    .map(Number)
    .sort((a, b) => a - b);
  return edges.map((edge, i) => ({
    low: edge / 1e9,
    high: i + 1 < edges.length ? edges[i + 1]! / 1e9 : Math.max(maximum, edge / 1e9),
    weight: numberAt(source, buckets, String(edge)),
  }));
}
