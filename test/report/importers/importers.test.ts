import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/base/check.ts";
import { completedOf, importedAnswer } from "../../../src/report/importers/importedAnswer.ts";
import type { ImportSource } from "../../../src/report/importers/index.ts";
import { importers, importFile } from "../../../src/report/importers/index.ts";
import { answerFromJson, answerToJson } from "../../../src/report/json.ts";
import { examples } from "./examples.ts";
import { fileOf, textOf } from "./source.ts";

const report = {
  quantiles: [0.5, 0.9, 0.95, 0.99],
  cdfAt: [0.01],
  buckets: [0.005, 0.01, 0.02],
  objective: 0.015,
  tolerance: { quantileRatio: 1.25, absolute: 1e-3, ks: 0.1 },
};

const cases = Object.entries(examples).flatMap(([format, files]) => files.map((file) => [format, file] as const));

function answerOf(from: ImportSource, format?: string) {
  const { imported, importer } = importFile(from, { format });
  const answer = importedAnswer({ imported, format: importer.describes, report, name: from.name });
  return { imported, importer, answer };
}

/** The latency of the first series. */
function latencyOf(from: ImportSource) {
  const target = answerOf(from).answer.targets[0]!;
  if (target.status === "unavailable") throw new Error("an import has figures");
  return target.latency;
}

const quantileOf = (file: string, q: number): number =>
  latencyOf(fileOf(file)).quantiles.find((row) => row.q === q)!.value.value;

describe("importers", () => {
  it("have an example each", () => {
    expect(Object.keys(examples).sort()).toEqual(importers.map(({ format }) => format).sort());
  });

  it.each(cases)("%s: %s is told by its content and makes a valid answer", (format, file) => {
    const { imported, importer, answer } = answerOf(fileOf(file));
    expect(importer.format).toBe(format);
    expect(answerFromJson(answerToJson(answer))).toEqual(answer);
    expect(imported.unit).not.toBe("");
    for (const target of answer.targets) {
      if (target.status === "unavailable") throw new Error("an import has figures");
      expect(target.method).toMatch(/a (sample|histogram|summary)/);
      expect(target.method).toMatch(/unit: .*coordinated omission: (scheduled|corrected|uncorrected|unknown)/);
      const { seconds, probability } = target.latency.curve;
      expect(seconds.length).toBeGreaterThanOrEqual(200);
      expect(seconds.every((x, i) => i === 0 || x >= seconds[i - 1]!)).toBe(true);
      expect(probability.every((p, i) => p >= 0 && p <= 1 + 1e-12 && (i === 0 || p >= probability[i - 1]!))).toBe(true);
      for (const { value } of target.latency.quantiles) {
        if (Number.isNaN(value.low)) continue;
        expect(value.low).toBeLessThanOrEqual(value.high);
        if (!Number.isNaN(value.value)) expect(value.value).toBeLessThanOrEqual(value.high * (1 + 1e-12));
      }
      const { counts } = target;
      if (counts === null) continue;
      const failed = Object.values(counts.failed).reduce((sum, n) => sum + n, 0);
      expect(counts.scheduled).toBe(counts.completed + failed + counts.dropped + counts.unsent);
    }
  });

  it("can be forced, and then say what does not fit", () => {
    expect(() => answerOf(fileOf("hey.csv"), "fortio")).toThrow(InputError);
    expect(() => answerOf(fileOf("hey.csv"), "nothing")).toThrow('no format "nothing"; known are hey, ');
    expect(() => answerOf(textOf("hello\n"))).toThrow("is of no format known");
    expect(() => answerOf(textOf(""))).toThrow("is empty");
  });
});

describe("imported figures are the tool's own", () => {
  it("ab: the percentiles it printed", () => {
    const printed = readFileSync("test/report/importers/files/ab.txt", "utf8");
    for (const q of [0.5, 0.9, 0.95, 0.99]) {
      const ms = Number(new RegExp(`^\\s+${100 * q}%\\s+(\\d+)`, "m").exec(printed)![1]);
      expect(Math.abs(quantileOf("ab.csv", q) * 1e3 - ms)).toBeLessThanOrEqual(0.5 + 1e-9);
    }
    expect(Math.abs(quantileOf("ab.tsv", 0.5) * 1e3 - quantileOf("ab.csv", 0.5) * 1e3)).toBeLessThanOrEqual(1);
  });

  it("vegeta: gob, JSON and CSV of the same results are the same sample, and its report is near", () => {
    const gob = latencyOf(fileOf("vegeta.gob"));
    expect(latencyOf(fileOf("vegeta.json"))).toEqual(gob);
    expect(latencyOf(fileOf("vegeta.csv"))).toEqual(gob);
    const own = JSON.parse(readFileSync("test/report/importers/files/vegeta-report.json", "utf8")).latencies;
    expect(gob.mean.value).toBeCloseTo(own.mean / 1e9, 9);
    for (const file of ["vegeta-report.json", "vegeta-buckets.json"]) {
      expect(quantileOf(file, 0.99)).toBe(own["99th"] / 1e9);
      expect(quantileOf(file, 0.5)).toBe(own["50th"] / 1e9);
    }
    // Its report estimates quantiles by a digest; they lie between the sample's neighbours.
    const { low, high } = gob.quantiles.find(({ q }) => q === 0.9)!.value;
    expect(own["90th"] / 1e9).toBeGreaterThanOrEqual(low);
    expect(own["90th"] / 1e9).toBeLessThanOrEqual(high);
  });

  it("fortio: the percentiles it wrote, which its ranges give by the same rule", () => {
    const { DurationHistogram } = JSON.parse(readFileSync("test/report/importers/files/fortio.json", "utf8"));
    const bare = structuredClone(DurationHistogram);
    bare.Percentiles = [];
    const text = JSON.stringify({ RunType: "HTTP", RequestedQPS: "200", DurationHistogram: bare });
    const own = latencyOf(textOf(text));
    for (const { Percentile, Value } of DurationHistogram.Percentiles) {
      const q = own.quantiles.find((row) => row.q === Percentile / 100);
      if (q !== undefined) expect(q.value.value).toBeCloseTo(Value, 9);
    }
    expect(latencyOf(fileOf("fortio.json")).mean.value).toBe(DurationHistogram.Avg);
  });

  it("wrk, locust, autocannon, Nighthawk, oha: the percentiles they give", () => {
    expect(quantileOf("nighthawk.json", 0.5)).toBe(0.010063);
    expect(quantileOf("oha.json", 0.99)).toBe(0.0279);
    const locust = readFileSync("test/report/importers/files/locust.csv", "utf8").trim().split("\n").at(-1)!.split(",");
    expect(quantileOf("locust.csv", 0.5)).toBe(Number(locust[11]) / 1e3);
    const autocannon = JSON.parse(readFileSync("test/report/importers/files/autocannon.json", "utf8"));
    expect(quantileOf("autocannon.json", 0.9)).toBe(autocannon.latency.p90 / 1e3);
    const wrk = /99%\s+([\d.]+)ms/.exec(readFileSync("test/report/importers/files/wrk.txt", "utf8"))!;
    expect(quantileOf("wrk.txt", 0.99)).toBeCloseTo(Number(wrk[1]) / 1e3, 12);
  });

  it("k6: lines and rows are one sample, which its summary sums up", () => {
    const lines = latencyOf(fileOf("k6.ndjson"));
    const rows = latencyOf(fileOf("k6.csv"));
    expect(Math.abs(lines.mean.value - rows.mean.value)).toBeLessThan(1e-9);
    const own = JSON.parse(readFileSync("test/report/importers/files/k6-handle.json", "utf8")).metrics.http_req_duration
      .values;
    expect(quantileOf("k6-handle.json", 0.95)).toBe(own["p(95)"] / 1e3);
    expect(lines.mean.value).toBeCloseTo(own.avg / 1e3, 9);
  });

  it("HdrHistogram: three encodings of the same values agree to their three digits", () => {
    const us = { unitSeconds: 1e-6 };
    const of = (file: string, options: object) =>
      importedAnswer({ imported: importFile(fileOf(file), options).imported, format: "x", report, name: file })
        .targets[0]!;
    const [text, log, table] = [of("hdr-sample.v2.base64", us), of("hdr-sample.hlog", us), of("hdr-sample.hgrm", {})];
    if (text.status === "unavailable" || table.status === "unavailable") throw new Error("an import has figures");
    expect({ ...log, method: "" }).toEqual({ ...text, method: "" });
    for (const [i, { value }] of table.latency.quantiles.entries()) {
      expect(Math.abs(text.latency.quantiles[i]!.value.value / value.value - 1)).toBeLessThan(1.5e-3);
    }
    expect(table.latency.mean.value).toBeCloseTo(0.047265, 9);
  });

  it("HdrHistogram: Java's logs, by tag, with the maxima that they print", () => {
    const { imported } = importFile(fileOf("tagged.hlog"));
    expect(imported.series.map(({ name }) => name)).toEqual(["A", "B", "C"]);
    const maximum = (name: string): number => {
      const { law } = imported.series.find((series) => series.name === name)!;
      return "fine" in law ? law.fine.quantile(1) : Number.NaN;
    };
    // Java recorded these to two digits.
    expect(Math.abs(maximum("A") / 0.426e-3 - 1)).toBeLessThan(0.02);
    expect(Math.abs(maximum("B") / 2.769e-3 - 1)).toBeLessThan(0.02);
    const [hiccup] = importFile(fileOf("jhiccup.hlog")).imported.series;
    const { law } = hiccup!;
    expect("fine" in law && Math.abs(law.fine.quantile(1) / 0.960496 - 1)).toBeLessThan(0.02);
  });

  it("Prometheus: the interpolation of histogram_quantile, over all label sets", () => {
    const { quantiles, mean } = latencyOf(fileOf("prometheus.txt"));
    // Half of 100 lie 36/50 into the second bucket: 14 below it, 50 in it.
    expect(quantiles[0]!.value.value).toBeCloseTo(0.005 + 0.005 * (36 / 50), 12);
    expect(mean.value).toBeCloseTo(0.01258, 12);
  });

  it("OpenMetrics: an exemplar behind a value is none of its labels", () => {
    const lines = [
      'a_seconds_bucket{path="}",le="1"} 2 # {trace_id="x"} 0.5 1.7e9',
      'a_seconds_bucket{path="}",le="+Inf"} 4 1.7e9',
      "a_seconds_sum 5",
      "a_seconds_count 4",
    ];
    const { imported } = importFile(textOf(`# TYPE a_seconds histogram\n${lines.join("\n")}\n`));
    expect(imported.series[0]!.law).toMatchObject({
      count: 4,
      bins: [
        { high: 1, weight: 2 },
        { low: 1, weight: 2 },
      ],
    });
  });

  it("OpenTelemetry: cumulative points of several processes, and of one before and after its restart, add up", () => {
    const point = (startTimeUnixNano: string, timeUnixNano: string, count: number) => ({
      ...{ startTimeUnixNano, timeUnixNano, count: String(count), sum: count, explicitBounds: [1] },
      bucketCounts: [String(count), "0"],
    });
    const of = (pod: string, unit: string, ...dataPoints: unknown[]) => ({
      resource: { attributes: [{ key: "k8s.pod.name", value: { stringValue: pod } }] },
      scopeMetrics: [{ metrics: [{ name: "d", unit, histogram: { aggregationTemporality: 2, dataPoints } }] }],
    });
    const text = (unit: string) =>
      JSON.stringify({
        resourceMetrics: [
          of("a", unit, point("1", "5", 3), point("1", "6", 4), point("7", "8", 1)),
          of("b", unit, point("1", "5", 5)),
        ],
      });
    expect(completedOf(importFile(textOf(text("s"))).imported.series[0]!.law)).toBe(4 + 1 + 5);
    expect(() => importFile(textOf(text("constructor")))).toThrow(InputError);
  });

  it("OpenTelemetry: the last of the cumulative points, scales brought together", () => {
    const { law } = importFile(fileOf("otel.json")).imported.series[0]!;
    expect(completedOf(law)).toBe(12);
    const bins = "bins" in law ? law.bins : [];
    // Of scale 0 from 2⁻⁷: 5, 3, 1 and a zero; one of the finer point's lies in each of the first two.
    expect(bins.map(({ weight }) => weight)).toEqual([1, 6, 4, 1]);
    expect(bins[1]).toMatchObject({ low: 2 ** -7, high: 2 ** -6 });
  });

  it("Hubble: calls of both sides are one request, with the network between them", () => {
    const { imported, answer } = answerOf(fileOf("hubble.ndjson"));
    const [waas, faas, kafka] = imported.series;
    expect([waas!.name, faas!.name, kafka!.name]).toEqual(["waas", "faas", "kafka produce camera.raw"]);
    // Of 20 each one was denied and one answered 500; the last one was still under way.
    expect(waas).toMatchObject({ failed: { http5xx: 1, rejected: 1 } });
    expect(waas!.network).toHaveLength(18);
    expect(completedOf(faas!.law)).toBe(19);
    const [first] = answer.targets;
    if (first === undefined || first.status === "unavailable") throw new Error("an import has figures");
    // Made of 0.2 to 0.4 ms there and as much back.
    expect(first.breakdown.network.value).toBeGreaterThan(0.0004);
    expect(first.breakdown.network.value).toBeLessThan(0.0008);
    expect(kafka!.failed).toEqual({ http5xx: 1 });
    // From 1 ms on, a tenth of a millisecond more each; the last one failed.
    expect("seconds" in kafka!.law && Array.from(kafka!.law.seconds)).toEqual(
      Array.from({ length: 9 }, (_, i) => (1000 + 100 * i) / 1e6),
    );
    expect(imported.warnings).toEqual([
      "2 flows of requests have no response in the file and are left out.",
      "Hubble lost 3 events.",
    ]);
  });

  it("Hubble: without ids it is the connection's order, and pod and time across both sides, that tell", () => {
    const [known, told] = [importFile(fileOf("hubble.ndjson")), importFile(fileOf("hubble-no-ids.ndjson"))];
    const rejected = ({ imported }: typeof known, name: string) =>
      imported.series.find((series) => series.name === name)!;
    for (const name of ["waas", "faas"]) {
      expect(rejected(told, name).failed).toEqual(rejected(known, name).failed);
      expect(completedOf(rejected(told, name).law)).toBe(completedOf(rejected(known, name).law));
    }
    expect(told.imported.warnings.at(-1)).toMatch(/^2\d calls were joined across both sides by pod and time/);
  });

  it("Hubble: a replay's requests are found by their events' ids, and the network is what its log has more", () => {
    // The log says 20 ms after the schedule for each, sent 2 ms late; of the odd ones it knows nothing.
    const sent = (target: string, id: string) =>
      target === "waas" && Number(id) !== 4 ? { latency: 0.02, lateness: 0.002 } : undefined;
    const { omission, series, warnings } = importFile(fileOf("hubble.ndjson"), { sent }).imported;
    expect(omission.status).toBe("scheduled");
    expect(series.map(({ name }) => name)).toEqual(["waas"]);
    const served = importFile(fileOf("hubble.ndjson")).imported.series[0]!;
    if (!("seconds" in series[0]!.law && "seconds" in served.law)) throw new Error("samples");
    expect(new Set(series[0]!.law.seconds)).toEqual(new Set([0.02]));
    expect(series[0]!.law.seconds).toHaveLength(17);
    // Its latency there, less the network on both sides, is what the server took.
    const took = Array.from(served.law.seconds, (seconds, i) => seconds - served.network![i]!).toSpliced(2, 1);
    for (const [i, network] of series[0]!.network!.entries()) expect(network).toBeCloseTo(0.018 - took[i]!, 9);
    expect(warnings.some((warning) => /^\d+ requests are in no log of the sender/.test(warning))).toBe(true);
  });

  it("Hubble: in lowerCamelCase, without the wrapping, and with ids that were redacted", () => {
    const flow = (type: string, time: string, side: string, value: string) => ({
      time,
      verdict: "FORWARDED",
      ip: { source: "10.0.0.1", destination: "10.0.0.2" },
      l4: { TCP: { sourcePort: 5, destinationPort: 80 } },
      [side]: { podName: "f-1", namespace: "n", workloads: [{ name: "f" }] },
      l7: {
        type,
        ...(type === "RESPONSE" ? { latencyNs: "7000000" } : {}),
        http: { code: 200, headers: [{ key: "X-Request-Id", value }] },
      },
    });
    const response = flow("RESPONSE", "2026-11-20T09:00:00.5+01:00", "source", "HUBBLE_REDACTED");
    const swapped = {
      ...response,
      ip: { source: "10.0.0.2", destination: "10.0.0.1" },
      l4: { TCP: { sourcePort: 80, destinationPort: 5 } },
    };
    const lines = [flow("REQUEST", "2026-11-20T08:00:00Z", "destination", "HUBBLE_REDACTED"), swapped];
    const { series, warnings } = importFile(textOf(lines.map((line) => `${JSON.stringify(line)}\n`).join(""))).imported;
    expect(warnings).toEqual([]);
    expect(series).toMatchObject([{ name: "f", law: { seconds: Float64Array.of(0.007) } }]);
    expect(() => importFile(textOf(`${JSON.stringify({ flow: { ...response, time: "yesterday" } })}\n`))).toThrow(
      /as in RFC 3339/,
    );
  });

  it("wrk: says that it adds values of its own; wrk2 counts from the schedule, by its spectrum", () => {
    expect(importFile(fileOf("wrk.txt")).imported.omission.status).toBe("corrected");
    const { imported } = importFile(fileOf("wrk2.txt"));
    expect(imported.omission.status).toBe("scheduled");
    // Its spectrum leaves the first ten seconds out.
    expect(completedOf(imported.series[0]!.law)).toBe(39_500);
    expect(quantileOf("wrk2.txt", 0.5)).toBeCloseTo(6.671e-3, 12);
    const failing = textOf(
      readFileSync("test/report/importers/files/wrk.txt", "utf8").replace(
        /(\d+) requests in .*\n/,
        "$&  Socket errors: connect 0, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n",
      ),
    );
    const { series, warnings } = importFile(failing).imported;
    expect(series[0]!.failed).toEqual({ timeout: 3, reset: 2 });
    expect(completedOf(series[0]!.law)).toBe(completedOf(importFile(fileOf("wrk.txt")).imported.series[0]!.law)! - 3);
    expect(warnings.at(-1)).toBe("4 answers were errors, and their times are among the others.");
  });

  it("autocannon: answers with errors are among the others, unless it was told to leave them out", () => {
    const result = JSON.parse(readFileSync("test/report/importers/files/autocannon.json", "utf8"));
    const failing = { ...result, "2xx": 190, "5xx": 10, non2xx: 10 };
    const kept = importFile(textOf(JSON.stringify(failing))).imported;
    expect(kept.series[0]).toMatchObject({ failed: {}, law: { count: 200 } });
    expect(kept.warnings).toEqual(["10 answers were errors, and their times are among the others."]);
    const excluded = { ...failing, latency: { ...result.latency, totalCount: 190 } };
    const left = importFile(textOf(JSON.stringify(excluded))).imported;
    expect(left.series[0]).toMatchObject({ failed: { http5xx: 10 }, law: { count: 190 } });
    expect(left.warnings).toEqual([]);
    const odd = { ...failing, latency: { ...result.latency, totalCount: 150 } };
    expect(() => importFile(textOf(JSON.stringify(odd)))).toThrow("latencies: 150 in one place and 200 in another");
  });

  it("autocannon: values that -R invented are flagged", () => {
    const { imported } = importFile(fileOf("autocannon-corrected.json"));
    expect(imported.omission.status).toBe("corrected");
    expect(imported.warnings[0]).toContain("5003 values of 500 requests");
    expect(importFile(fileOf("autocannon.json")).imported.warnings).toEqual([]);
  });
});

describe("what does not add up is refused", () => {
  const altered = (file: string, from: string | RegExp, to: string) => () =>
    importFile(textOf(readFileSync(`test/report/importers/files/${file}`, "utf8").replace(from, to)));

  it.each<[string, string, string | RegExp, string]>([
    ["oha.json", "answers: 200 in one place and 199 in another", '"200": 198', '"200": 197'],
    ["fortio.json", "requests: 400 in one place and 401 in another", '"Count": 400,', '"Count": 401,'],
    ["vegeta-report.json", "requests by their status: 200 in one place", '"requests":200', '"requests":201'],
    ["vegeta-buckets.json", "requests in buckets: 201 in one place and 200", '"20000000":6', '"20000000":7'],
    ["k6-summary.json", "requests: 210 in one place and 201 in another", '"count": 201,', '"count": 210,'],
    ["locust.csv", "requests: 461 in one place and 462 in another", ",Aggregated,461", ",Aggregated,462"],
    [
      "nighthawk.json",
      "values of benchmark_http_client.request_to_response: 198",
      '"count": "198",\n',
      '"count": "199",\n',
    ],
    ["artillery.json", "responses: 99 in one place and 98 in another", '"http.responses": 99', '"http.responses": 98'],
    ["wrk.txt", "requests in 2.02s are not 347.54 a second", "701 requests", "7010 requests"],
    ["fortio.json", "does not go with the times, whose mean lies from", /"Avg": [\d.]+/, '"Avg": 11.7'],
    ["oha.json", "a mean of 10.7 s does not go with the times", '"average": 0.0107', '"average": 10.7'],
    ["hdr-sample.hgrm", "the footer counts 10002 values", /count {4}= +10001/, "count = 10002"],
  ])("%s: %s", (file, message, from, to) => {
    expect(altered(file, from, to)).toThrow(InputError);
    expect(altered(file, from, to)).toThrow(message);
  });

  it("a last line without an end is left out, and that is told", () => {
    const text = readFileSync("test/report/importers/files/hey.csv", "utf8");
    const cut = importFile(textOf(text.trimEnd())).imported;
    expect(completedOf(cut.series[0]!.law)).toBe(completedOf(importFile(textOf(text)).imported.series[0]!.law)! - 1);
    expect(cut.warnings).toEqual(["The last line has no line end: it may have been cut, and is left out."]);
  });
});
