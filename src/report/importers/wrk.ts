import { betweenQuantiles } from "./binned.ts";
import { readHgrm } from "./hgrm.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { Failures, refuse, toNumber, toSeconds } from "./reading.ts";

/** The text that wrk and wrk2 print, with `--latency` or `-L`. */
export const wrk: Importer = {
  format: "wrk",
  describes: "wrk --latency, wrk2 --latency (their text)",
  detects: (head) => /^(Initialised|Running) /m.test(head) && /threads? and \d+ connections?/.test(head),
  read(source) {
    const lines = [...source.lines()];
    const corrected = lines.some(
      (line) => line.includes("Calibration:") || line.includes("(HdrHistogram - Recorded Latency)"),
    );
    const count = requestsIn(source, lines);
    const average = /^\s*Latency\s+(\S+)\s+(\S+)\s+(\S+)/.exec(
      lines.find((line) => /^\s*Latency\s+\d/.test(line)) ?? "",
    );
    const [mean, standardDeviation, maximum] = [1, 2, 3].map((i) => toSeconds(average?.[i] ?? ""));
    if (average === null || Number.isNaN(mean! + standardDeviation! + maximum!)) {
      refuse(source, "has no line of the mean, deviation and maximum of the latency");
    }
    const stated = { mean: mean!, standardDeviation: standardDeviation! };
    const spectrum = lines.findIndex((line) => line.includes("Detailed Percentile spectrum"));
    const law =
      spectrum >= 0
        ? readHgrm(source, lines.slice(spectrum + 1), spectrum + 1).law
        : betweenQuantiles(source, [...distributionIn(source, lines), { q: 1, seconds: maximum! }], { count, stated });
    const warnings = spectrum >= 0 ? [] : ["Times to three digits or four, as printed."];
    return {
      unit: "as printed with each figure (us, ms, s)",
      omission: corrected
        ? { status: "scheduled", why: "wrk2 counts from the instant its constant rate meant" }
        : { status: "uncorrected", why: "wrk is a closed loop of connections, and counts from the send" },
      series: [{ name: "latency", law, failed: failuresIn(lines) }],
      warnings,
    };
  },
};

function distributionIn(source: ImportSource, lines: readonly string[]) {
  const start = lines.findIndex((line) => line.includes("Latency Distribution"));
  if (start < 0) refuse(source, "has no latency distribution; run wrk with --latency");
  const rows: { q: number; seconds: number }[] = [];
  for (let i = start + 1; i < lines.length; i++) {
    const row = /^\s*(\d+(?:\.\d+)?)%\s+(\S+)\s*$/.exec(lines[i]!);
    if (row === null) break;
    const seconds = toSeconds(row[2]!);
    if (Number.isNaN(seconds)) refuse(source, `"${row[2]}" is not a time`, i + 1);
    const q = toNumber(row[1]) / 100;
    if (q < 1) rows.push({ q, seconds });
  }
  return rows.length > 0 ? rows : refuse(source, "has no percentiles below its latency distribution");
}

function requestsIn(source: ImportSource, lines: readonly string[]): number {
  for (const line of lines) {
    const found = /^\s*(\d+) requests in /.exec(line);
    if (found !== null) return Number(found[1]);
  }
  return refuse(source, "has no line of how many requests were made: the file may have been cut");
}

function failuresIn(lines: readonly string[]) {
  const failures = new Failures();
  for (const line of lines) {
    const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(line);
    if (sockets !== null) {
      failures.add("connection", Number(sockets[1]));
      failures.add("reset", Number(sockets[2]) + Number(sockets[3]));
      failures.add("timeout", Number(sockets[4]));
    }
  }
  return failures.all();
}
