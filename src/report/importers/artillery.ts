import { betweenQuantiles } from "./binned.ts";
import type { Importer } from "./importer.ts";
import { at, checkSame, countsAt, Failures, jsonOf, numberAt, refuse } from "./reading.ts";

const levels = { min: 0, p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999, max: 1 } as const;

const metricByDefault = "http.response_time";

/** `artillery run --output`: percentiles of a sketch within 1 %, milliseconds. */
export const artillery: Importer = {
  format: "artillery",
  describes: "artillery run --output",
  detects: (head) => head.trimStart().startsWith("{") && head.includes('"aggregate"') && head.includes('"counters"'),
  read(source, { metric = metricByDefault }) {
    const result = jsonOf(source);
    const summaries = at(result, "aggregate", "summaries") ?? {};
    if (at(summaries, metric) === undefined) {
      refuse(source, `has no summary "${metric}"; it has ${Object.keys(summaries as object).join(", ") || "none"}`);
    }
    const value = (key: string) => numberAt(source, result, "aggregate", "summaries", metric, key);
    const quantiles = Object.entries(levels)
      .filter(([key]) => at(summaries, metric, key) !== undefined)
      .map(([key, q]) => ({ q, seconds: value(key) / 1e3 }));
    const failures = new Failures();
    let answeredWithErrors = 0;
    for (const [name, n] of countsAt(source, result, "aggregate", "counters")) {
      if (name === "http.responses" && metric === metricByDefault) checkSame(source, "responses", value("count"), n);
      if (/^http\.codes\.[45]\d\d$/.test(name)) answeredWithErrors += n;
      if (name.startsWith("errors.")) failures.add(/TIMEDOUT/.test(name) ? "timeout" : "connection", n);
    }
    return {
      unit: "milliseconds; percentiles within 1 %",
      omission: { status: "uncorrected", why: "artillery's users arrive at a rate, but each counts from its send" },
      series: [
        {
          name: metric,
          law: betweenQuantiles(source, rising(quantiles), {
            count: value("count"),
            stated: { mean: value("mean") / 1e3 },
            rounding: { relative: 0.02, absolute: 1e-3 },
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

/** The sketch's percentiles may pass the exact maximum by its 1 %. */
function rising(quantiles: readonly { readonly q: number; readonly seconds: number }[]) {
  const maximum = quantiles.at(-1)!.seconds;
  const minimum = quantiles[0]!.seconds;
  return quantiles.map(({ q, seconds }) => ({
    q,
    seconds:
      seconds > maximum && seconds <= 1.02 * maximum
        ? maximum
        : seconds < minimum && seconds >= 0.98 * minimum
          ? minimum
          : seconds,
  }));
}
