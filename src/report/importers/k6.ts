import type { Imported, Importer, ImportSource } from "./importer.ts";
import { at, cutWarning, Failures, failureOf, isTime, parseJson, refuse, tableOf, toNumber } from "./reading.ts";
import { Times } from "./times.ts";

const metricByDefault = "http_req_duration";

/** `k6 run --out json`: a line per point of every metric, milliseconds. */
export const k6Json: Importer = {
  format: "k6-json",
  describes: "k6 --out json",
  detects: (head) => /^\{"(type|metric)":/.test(head) && /"type":"(Metric|Point)"/.test(head.split("\n")[0]!),
  read(source, { metric = metricByDefault }) {
    const points = new Points(source, metric);
    let line = 0;
    for (const text of source.lines()) {
      line++;
      if (text.trim() === "") continue;
      const entry = parseJson(source, text, line);
      const [type, name] = [at(entry, "type"), at(entry, "metric")];
      if (type !== "Metric" && type !== "Point") refuse(source, "is neither a metric nor a point", line);
      if (type === "Metric" || typeof name !== "string") continue;
      const [value, status, expected] = [
        at(entry, "data", "value"),
        at(entry, "data", "tags", "status"),
        at(entry, "data", "tags", "expected_response"),
      ];
      points.add(name, value, String(status ?? ""), String(expected ?? ""), line);
    }
    return points.imported();
  },
};

/** `k6 run --out csv`: a row per point of every metric, milliseconds. */
export const k6Csv: Importer = {
  format: "k6-csv",
  describes: "k6 --out csv",
  detects: (head) => head.startsWith("metric_name,timestamp,metric_value,"),
  read(source, { metric = metricByDefault }) {
    const points = new Points(source, metric);
    const table = tableOf(source);
    const [name, value, status, expected] = ["metric_name", "metric_value", "status", "expected_response"].map(
      (column) => table.column(column),
    );
    for (const { line, cells } of table.rows()) {
      points.add(cells[name!]!, toNumber(cells[value!]), cells[status!]!, cells[expected!]!, line);
    }
    return points.imported();
  },
};

/** The points of the wanted metric, and the iterations that k6 dropped. */
class Points {
  readonly #source: ImportSource;
  readonly #metric: string;
  readonly #times = new Times();
  readonly #failures = new Failures();
  #dropped = 0;

  constructor(source: ImportSource, metric: string) {
    this.#source = source;
    this.#metric = metric;
  }

  add(name: string, value: unknown, status: string, expected: string, line: number): void {
    if (name !== this.#metric && name !== "dropped_iterations") return;
    if (typeof value !== "number" || !isTime(value / 1e3))
      refuse(
        this.#source,
        `a point must have a number ≥ 0 that can be a time, got ${JSON.stringify(value) ?? "nothing"}`,
        line,
      );
    if (name === "dropped_iterations") {
      this.#dropped += value;
      return;
    }
    const code = toNumber(status);
    const kind = Number.isNaN(code) ? undefined : failureOf(code);
    // A response that the script says it expects is none, whatever its status.
    if (kind === undefined || expected === "true") this.#times.add(value / 1e3);
    else this.#failures.add(kind);
  }

  imported(): Imported {
    const dropped = Math.round(this.#dropped);
    return {
      unit: "milliseconds, to 1 ns",
      omission: { status: "uncorrected", why: "k6 counts from the send, and drops iterations that are late" },
      series: [
        {
          name: this.#metric,
          law: this.#times.law(this.#source),
          failed: this.#failures.all(),
          dropped,
        },
      ],
      warnings: [
        ...cutWarning(this.#source),
        ...(dropped > 0 ? [`k6 dropped ${dropped} iterations: its rate was below what was asked for.`] : []),
      ],
    };
  }
}
