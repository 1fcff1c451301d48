import { betweenQuantiles } from "./binned.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { at, checkSame, countAt, Failures, jsonOf, numberAt } from "./reading.ts";

const levels = [
  "0_001",
  "0_01",
  "0_1",
  "1",
  "2_5",
  "10",
  "25",
  "50",
  "75",
  "90",
  "97_5",
  "99",
  "99_9",
  "99_99",
  "99_999",
];

/** `autocannon -j`: percentiles in whole milliseconds. */
export const autocannon: Importer = {
  format: "autocannon",
  describes: "autocannon -j",
  detects: (head) => head.trimStart().startsWith("{") && head.includes('"connections"') && head.includes('"p97_5"'),
  read(source) {
    const result = jsonOf(source);
    const latency = (key: string) => numberAt(source, result, "latency", key);
    const { total, counted, completed, answeredWithErrors, failures } = countsOf(source, result);
    const quantiles = [
      { q: 0, seconds: latency("min") / 1e3 },
      ...levels
        .filter((level) => at(result, "latency", `p${level}`) !== undefined)
        .map((level) => ({ q: Number(level.replace("_", ".")) / 100, seconds: latency(`p${level}`) / 1e3 })),
      { q: 1, seconds: latency("max") / 1e3 },
    ];
    const invented = counted > completed;
    return {
      unit: "milliseconds, whole",
      omission: invented
        ? {
            status: "corrected",
            why: `-R adds values for requests that were not sent: ${counted} values of ${total} requests`,
          }
        : { status: "uncorrected", why: "autocannon is a closed loop of connections, and counts from the send" },
      series: [
        {
          name: "latency",
          law: betweenQuantiles(source, quantiles, {
            count: completed,
            stated: { mean: latency("mean") / 1e3, standardDeviation: latency("stddev") / 1e3 },
            rounding: { absolute: 1e-3 },
          }),
          failed: failures.all(),
        },
      ],
      warnings: [
        ...(invented
          ? [
              `autocannon's latencies hold ${counted} values of ${total} requests: with -R it adds values below those measured, which can put the median under what the server can do at all. Measure again with --ignoreCoordinatedOmission (-I).`,
            ]
          : []),
        ...(answeredWithErrors > 0
          ? [`${answeredWithErrors} answers were errors, and their times are among the others.`]
          : []),
      ],
    };
  },
};

/** Answers by status are all of `requests.total`; errors, timeouts among them, have no answer. */
function countsOf(source: ImportSource, result: unknown) {
  const total = countAt(source, result, "requests", "total");
  const statuses = ["1xx", "2xx", "3xx", "4xx", "5xx"].map((key) =>
    at(result, key) === undefined ? 0 : countAt(source, result, key),
  );
  if (at(result, "2xx") !== undefined)
    checkSame(
      source,
      "answers",
      statuses.reduce((sum, n) => sum + n, 0),
      total,
    );
  const counted =
    at(result, "latency", "totalCount") === undefined ? total : countAt(source, result, "latency", "totalCount");
  const failures = new Failures();
  const optional = (key: string) => (at(result, key) === undefined ? 0 : countAt(source, result, key));
  const timeouts = optional("timeouts");
  failures.add("timeout", timeouts);
  failures.add("reset", optional("resets"));
  failures.add("connection", Math.max(0, countAt(source, result, "errors") - timeouts));
  // --excludeErrorStats leaves the times of every other status out.
  const excluded = counted < total && counted === statuses[1];
  if (counted < total && !excluded) checkSame(source, "latencies", counted, total);
  if (excluded) {
    failures.add("http4xx", statuses[3]);
    failures.add("http5xx", statuses[4]);
  }
  const answeredWithErrors = excluded ? 0 : statuses[3]! + statuses[4]!;
  return { total, counted, completed: excluded ? counted : total, answeredWithErrors, failures };
}
