import { betweenQuantiles } from "./binned.ts";
import type { Importer } from "./importer.ts";
import { at, checkSame, countsAt, Failures, failureOf, jsonOf, numberAt } from "./reading.ts";

/** `oha -j` (`--output-format json`): percentiles in seconds. */
export const oha: Importer = {
  format: "oha",
  describes: "oha --json",
  detects: (head) => head.trimStart().startsWith("{") && head.includes('"successRate"') && head.includes('"summary"'),
  read(source) {
    const result = jsonOf(source);
    const percentiles = Object.entries((at(result, "latencyPercentiles") ?? {}) as Readonly<Record<string, unknown>>)
      .filter(([key, value]) => /^p\d+(\.\d+)?$/.test(key) && value !== null)
      .map(([key]) => ({
        q: Number((Number(key.slice(1)) / 100).toPrecision(12)),
        seconds: numberAt(source, result, "latencyPercentiles", key),
      }))
      .sort((a, b) => a.q - b.q);
    const failures = new Failures();
    let count = 0;
    for (const [code, n] of countsAt(source, result, "statusCodeDistribution")) {
      count += n;
      const kind = failureOf(Number(code));
      if (kind !== undefined) failures.add(kind, n);
    }
    const answered = Object.values(failures.all()).reduce((sum, n) => sum + n, 0);
    const ranges = countsAt(source, result, "responseTimeHistogram");
    if (ranges.length > 0)
      checkSame(
        source,
        "answers",
        ranges.reduce((sum, [, n]) => sum + n, 0),
        count,
      );
    const broken = new Failures();
    let unfinished = 0;
    for (const [reason, n] of countsAt(source, result, "errorDistribution")) {
      if (/aborted due to deadline/.test(reason)) unfinished += n;
      else broken.add(/timeout|timed out/i.test(reason) ? "timeout" : "connection", n);
    }
    const seconds = (key: string) => numberAt(source, result, "summary", key);
    return {
      unit: "seconds",
      omission: {
        status: "unknown",
        why: "oha corrects under -q only with --latency-correction, which it does not record",
      },
      series: [
        {
          name: "latency",
          law: betweenQuantiles(
            source,
            [{ q: 0, seconds: seconds("fastest") }, ...percentiles, { q: 1, seconds: seconds("slowest") }],
            { count: count > 0 ? count : null, stated: { mean: seconds("average") } },
          ),
          failed: broken.all(),
        },
      ],
      warnings: [
        ...(answered > 0 ? [`${answered} answers were errors, and their times are among the others.`] : []),
        ...(unfinished > 0 ? [`${unfinished} requests were under way at the end, and are left out.`] : []),
      ],
    };
  },
};
