import { betweenQuantiles } from "./binned.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { at, checkSame, jsonOf, listAt, refuse } from "./reading.ts";

const metricByDefault = "http_req_duration";

/** k6's summaries: `--summary-export`, what `handleSummary` is given, and the newer machine-readable one. Milliseconds. */
export const k6Summary: Importer = {
  format: "k6-summary",
  describes: "k6 summary (--summary-export, handleSummary, machine-readable)",
  detects: (head) =>
    head.trimStart().startsWith("{") &&
    /"(http_req_duration|iteration_duration|http_reqs)"/.test(head) &&
    !/"type":"(Metric|Point)"/.test(head),
  read(source, { metric = metricByDefault }) {
    const summary = jsonOf(source);
    const values = valuesOf(source, summary, metric);
    if (values === undefined) return refuse(source, `has no metric "${metric}"`);
    const quantiles = Object.entries(values)
      .map(([key, value]) => ({ q: levelOf(key), seconds: Number(value) / 1e3 }))
      .filter(({ q }) => !Number.isNaN(q))
      .sort((a, b) => a.q - b.q);
    const counter = metric.startsWith("http_req_") ? "http_reqs" : "iterations";
    const count = countOf(values) ?? countOf(valuesOf(source, summary, counter));
    const failures = valuesOf(source, summary, "http_req_failed");
    const failed = at(failures, "rate") ?? at(failures, "value");
    const judged = judgedOf(failures);
    if (metric === metricByDefault && count !== null && judged !== undefined)
      checkSame(source, "requests", count, judged);
    const mean = at(values, "avg");
    return {
      unit: "milliseconds",
      omission: { status: "uncorrected", why: "k6 counts from the send, and drops iterations that are late" },
      series: [
        {
          name: metric,
          law: betweenQuantiles(source, quantiles, {
            count,
            stated: typeof mean === "number" ? { mean: mean / 1e3 } : {},
          }),
          failed: {},
        },
      ],
      warnings:
        typeof failed === "number" && failed > 0
          ? [`${Number((100 * failed).toPrecision(3))} % of the requests failed, and their times are among the others.`]
          : [],
    };
  },
};

/** The values of a metric, in whichever of the three shapes. */
function valuesOf(
  source: ImportSource,
  summary: unknown,
  metric: string,
): Readonly<Record<string, unknown>> | undefined {
  const own = at(summary, "metrics", metric);
  const values =
    own === undefined && at(summary, "results") !== undefined
      ? at(
          listAt(source, summary, "results", "metrics").find((each) => at(each, "name") === metric),
          "values",
        )
      : (at(own, "values") ?? own);
  return typeof values === "object" && values !== null ? (values as Readonly<Record<string, unknown>>) : undefined;
}

/** How many requests k6 judged, in either of its shapes. */
function judgedOf(failures: unknown): number | undefined {
  const [total, passes, fails] = ["total", "passes", "fails"].map((key) => at(failures, key));
  if (typeof total === "number") return total;
  return typeof passes === "number" && typeof fails === "number" ? passes + fails : undefined;
}

const countOf = (values: unknown): number | null => {
  const count = at(values, "count");
  return typeof count === "number" && Number.isInteger(count) && count > 0 ? count : null;
};

/** Of `min`, `med`, `max` and `p(99.9)`; NaN for what is no quantile. */
function levelOf(key: string): number {
  if (key === "min") return 0;
  if (key === "med") return 0.5;
  if (key === "max") return 1;
  const level = /^p\((\d+(?:\.\d+)?)\)$/.exec(key);
  return level === null ? Number.NaN : Number(level[1]) / 100;
}
