import { betweenQuantiles } from "./binned.ts";
import type { Importer } from "./importer.ts";
import { at, Failures, jsonOf, numberAt, refuse } from "./reading.ts";

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
    const total = numberAt(source, result, "requests", "total");
    const counted = at(result, "latency", "totalCount");
    const quantiles = [
      { q: 0, seconds: latency("min") / 1e3 },
      ...levels
        .filter((level) => at(result, "latency", `p${level}`) !== undefined)
        .map((level) => ({ q: Number(level.replace("_", ".")) / 100, seconds: latency(`p${level}`) / 1e3 })),
      { q: 1, seconds: latency("max") / 1e3 },
    ];
    const failures = new Failures();
    for (const [key, kind] of [
      ["timeouts", "timeout"],
      ["4xx", "http4xx"],
      ["5xx", "http5xx"],
      ["resets", "reset"],
    ] as const) {
      if (at(result, key) !== undefined) failures.add(kind, numberAt(source, result, key));
    }
    // Its errors include the timeouts.
    failures.add("connection", Math.max(0, numberAt(source, result, "errors") - (failures.all().timeout ?? 0)));
    const invented = typeof counted === "number" && counted !== total;
    if (total === 0) refuse(source, "holds no request that succeeded");
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
            count: total,
            stated: { mean: latency("mean") / 1e3, standardDeviation: latency("stddev") / 1e3 },
          }),
          failed: failures.all(),
        },
      ],
      warnings: invented
        ? [
            `autocannon's latencies hold ${counted} values of ${total} requests: with -R it adds values below those measured, which can put the median under what the server can do at all. Measure again with --ignoreCoordinatedOmission (-I).`,
          ]
        : [],
    };
  },
};
