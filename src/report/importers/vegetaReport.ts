import { betweenQuantiles, histogramOf } from "./binned.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { at, Failures, failureOf, jsonOf, numberAt } from "./reading.ts";

/** `vegeta report -type=json`: a few percentiles in nanoseconds, and buckets where it was given `-buckets`. */
export const vegetaReport: Importer = {
  format: "vegeta-report",
  describes: "vegeta report -type=json",
  detects: (head) => head.startsWith('{"latencies":{"total"'),
  read(source) {
    const report = jsonOf(source);
    const time = (key: string) => numberAt(source, report, "latencies", key) / 1e9;
    const count = numberAt(source, report, "requests");
    const codes = Object.entries((at(report, "status_codes") ?? {}) as Readonly<Record<string, number>>);
    const failures = new Failures();
    for (const [code, n] of codes) {
      const kind = failureOf(Number(code));
      if (kind !== undefined) failures.add(kind, n);
    }
    const quantiles = [0.5, 0.9, 0.95, 0.99].map((q) => ({ q, seconds: time(`${Math.round(100 * q)}th`) }));
    const stated = { mean: time("mean") };
    const buckets = at(report, "buckets");
    const law =
      typeof buckets === "object" && buckets !== null
        ? histogramOf(source, bins(source, buckets, time("max")), { ...stated, quantiles })
        : betweenQuantiles(source, [{ q: 0, seconds: time("min") }, ...quantiles, { q: 1, seconds: time("max") }], {
            count,
            stated,
          });
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
