import { gobValues } from "./gob.ts";
import type { Imported, Importer, ImportSource } from "./importer.ts";
import {
  at,
  cellsOf,
  cutWarning,
  endedLines,
  Failures,
  failureOf,
  isTime,
  parseJson,
  refuse,
  toNumber,
} from "./reading.ts";
import { Times } from "./times.ts";

/** `vegeta encode --to json`: a line per result, nanoseconds. */
export const vegetaJson: Importer = {
  format: "vegeta-json",
  describes: "vegeta encode --to json",
  detects: (head) => head.startsWith('{"attack":') && head.includes('"latency":'),
  read(source) {
    const results = new Results(source);
    let line = 0;
    for (const text of source.lines()) {
      line++;
      if (text.trim() === "") continue;
      const entry = parseJson(source, text, line);
      results.add(at(entry, "latency"), at(entry, "code"), at(entry, "error"), line);
    }
    return results.imported();
  },
};

/** `vegeta encode --to csv`: a row per result without a header, nanoseconds. */
export const vegetaCsv: Importer = {
  format: "vegeta-csv",
  describes: "vegeta encode --to csv",
  detects: (head) => /^\d{16,19},\d{1,3},\d+,\d+,\d+,/.test(head),
  read(source) {
    const results = new Results(source);
    let line = 0;
    let columns = 0;
    for (const text of endedLines(source)) {
      line++;
      if (text.trim() === "") continue;
      const cells = cellsOf(text);
      columns ||= cells.length;
      if (cells.length !== columns || columns < 9) {
        refuse(source, `expected ${Math.max(9, columns)} cells, got ${cells.length}: the file may have been cut`, line);
      }
      results.add(toNumber(cells[2]), toNumber(cells[1]), cells[5], line);
    }
    return results.imported();
  },
};

/** What `vegeta attack` writes: a stream of Go's gob encoding. */
export const vegetaGob: Importer = {
  format: "vegeta-gob",
  describes: "vegeta attack (gob)",
  detects: (head) => head.includes("Result") && head.includes("Attack") && head.includes("Latency"),
  read(source) {
    const results = new Results(source);
    let n = 0;
    for (const value of gobValues(source, { Latency: "int", Code: "uint", Error: "text" })) {
      n++;
      results.add(at(value, "Latency"), at(value, "Code"), at(value, "Error"), n);
    }
    return { ...results.imported(), warnings: [] };
  },
};

class Results {
  readonly #source: ImportSource;
  readonly #times = new Times();
  readonly #failures = new Failures();

  constructor(source: ImportSource) {
    this.#source = source;
  }

  add(latencyNs: unknown, code: unknown, error: unknown, line: number): void {
    if (typeof latencyNs !== "number" || !isTime(latencyNs / 1e9))
      refuse(
        this.#source,
        `a result must have a latency in nanoseconds, got ${JSON.stringify(latencyNs) ?? "nothing"}`,
        line,
      );
    if (typeof code !== "number" || !(Number.isInteger(code) && code >= 0 && code < 1000))
      refuse(this.#source, "a result must have a status code", line);
    const kind = failureOf(code);
    if (kind === undefined) this.#times.add(latencyNs / 1e9);
    else this.#failures.add(/timeout|deadline exceeded/i.test(String(error)) ? "timeout" : kind);
  }

  imported(): Imported {
    return {
      unit: "nanoseconds",
      omission: {
        status: "uncorrected",
        why: "vegeta sends at a constant rate, but counts from the send, which -max-workers delays",
      },
      series: [
        {
          name: "latency",
          law: this.#times.law(this.#source),
          failed: this.#failures.all(),
        },
      ],
      warnings: cutWarning(this.#source),
    };
  }
}
