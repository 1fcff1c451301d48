import { betweenQuantiles } from "./binned.ts";
import type { Importer } from "./importer.ts";
import { cutWarning, refuse, tableOf, toNumber } from "./reading.ts";
import { Times } from "./times.ts";

const omission = {
  status: "uncorrected",
  why: "ab is a closed loop of connections, and counts from the send",
} as const;

/** `ab -g`: a row per request in order of time, whole milliseconds. */
export const abGnuplot: Importer = {
  format: "ab-tsv",
  describes: "ab -g (tab-separated)",
  detects: (head) => head.startsWith("starttime\tseconds\tctime\tdtime\tttime\twait"),
  read(source) {
    const table = tableOf(source, "\t");
    const total = table.column("ttime");
    const times = new Times();
    for (const { line, cells } of table.rows()) {
      if (!times.add(toNumber(cells[total]) / 1e3)) refuse(source, `"${cells[total]}" is not a time in ms`, line);
    }
    return {
      unit: "milliseconds, whole",
      omission,
      series: [{ name: "latency", law: times.law(source), failed: {} }],
      warnings: [...cutWarning(source), "Failed requests are not told apart."],
    };
  },
};

/** `ab -e`: the time within which each percent of the requests was served. */
export const abPercentiles: Importer = {
  format: "ab-csv",
  describes: "ab -e (percentiles)",
  detects: (head) => head.startsWith("Percentage served,Time in ms"),
  read(source) {
    const table = tableOf(source);
    const quantiles = [...table.rows()].map(({ line, cells }, i) => {
      const [percent, ms] = [toNumber(cells[0]), toNumber(cells[1])];
      if (percent !== i) refuse(source, `expected ${i} percent, got "${cells[0]}"`, line);
      if (!(ms >= 0)) refuse(source, `"${cells[1]}" is not a time in ms`, line);
      return { q: percent / 100, seconds: ms / 1e3 };
    });
    if (quantiles.length !== 101)
      refuse(source, `expected a line for each of 0 to 100 percent, got ${quantiles.length}`);
    return {
      unit: "milliseconds, to 1 µs",
      omission,
      series: [{ name: "latency", law: betweenQuantiles(source, quantiles, { count: null }), failed: {} }],
      warnings: ["Percentiles without the number of requests: figures have no intervals."],
    };
  },
};
