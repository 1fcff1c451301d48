import { histogramOf } from "./binned.ts";
import type { Importer } from "./importer.ts";
import { at, checkSame, countAt, countsAt, jsonOf, listAt, numberAt } from "./reading.ts";

/** `fortio load -json`: a histogram in seconds. */
export const fortio: Importer = {
  format: "fortio",
  describes: "fortio load -json",
  detects: (head) => head.trimStart().startsWith("{") && head.includes('"RunType"') && head.includes('"RequestedQPS"'),
  read(source) {
    const run = jsonOf(source);
    const key = "DurationHistogram";
    const bins = listAt(source, run, key, "Data").map((_, i) => ({
      low: numberAt(source, run, key, "Data", i, "Start"),
      high: numberAt(source, run, key, "Data", i, "End"),
      weight: numberAt(source, run, key, "Data", i, "Count"),
    }));
    const percentiles = at(run, key, "Percentiles");
    const quantiles = (Array.isArray(percentiles) ? percentiles : []).map((_, i) => ({
      q: numberAt(source, run, key, "Percentiles", i, "Percentile") / 100,
      seconds: numberAt(source, run, key, "Percentiles", i, "Value"),
    }));
    const law = histogramOf(source, bins, {
      mean: numberAt(source, run, key, "Avg"),
      standardDeviation: numberAt(source, run, key, "StdDev"),
      quantiles,
    });
    checkSame(source, "requests", law.count, countAt(source, run, key, "Count"));
    const codes = countsAt(source, run, "RetCodes");
    if (codes.length > 0)
      checkSame(
        source,
        "requests by their status",
        codes.reduce((sum, [, n]) => sum + n, 0),
        law.count,
      );
    const failed = codes.reduce((sum, [code, n]) => (/^(2\d\d|3\d\d|SERVING|OK)$/.test(code) ? sum : sum + n), 0);
    return {
      unit: "seconds",
      omission: { status: "uncorrected", why: "fortio sleeps until its next request is due, and counts from the send" },
      series: [{ name: "latency", law, failed: {} }],
      warnings:
        failed > 0 ? [`${failed} of the ${law.count} requests failed, and their times are among the others.`] : [],
    };
  },
};
