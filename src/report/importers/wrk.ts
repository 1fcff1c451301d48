import { betweenQuantiles } from "./binned.ts";
import { headLine, readHgrm } from "./hgrm.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { Failures, isCount, refuse, toNumber, toSeconds } from "./reading.ts";

/** The text that wrk and wrk2 print, with `--latency` or `-L`. */
export const wrk: Importer = {
  format: "wrk",
  describes: "wrk --latency, wrk2 --latency (their text)",
  detects: (head) => /^(Initialised|Running) /m.test(head) && /threads? and \d+ connections?/.test(head),
  read(source) {
    const lines = [...source.lines()];
    const paced = lines.some(
      (line) => line.includes("Thread calibration:") || line.includes("(HdrHistogram - Recorded Latency)"),
    );
    const failures = failuresIn(source, lines);
    // What took longer than wrk's timeout is counted and has no latency.
    const count = requestsIn(source, lines) - (failures.timeout ?? 0);
    const average = /^\s*Latency\s+(\S+)\s+(\S+)\s+(\S+)/.exec(
      lines.find((line) => /^\s*Latency\s+\d/.test(line)) ?? "",
    );
    const [mean, standardDeviation, maximum] = [1, 2, 3].map((i) => toSeconds(average?.[i] ?? ""));
    if (average === null || Number.isNaN(mean! + standardDeviation! + maximum!)) {
      refuse(source, "has no line of the mean, deviation and maximum of the latency");
    }
    const stated = { mean: mean!, standardDeviation: standardDeviation! };
    const spectrum = lines.findIndex((line) => line.includes("Detailed Percentile spectrum"));
    if (spectrum >= 0 !== lines.some((line) => headLine.test(line)))
      refuse(source, "has a part of a percentile spectrum: the file may have been cut");
    const law =
      spectrum >= 0
        ? readHgrm(source, lines.slice(spectrum + 1), spectrum + 1).law
        : betweenQuantiles(source, [...distributionIn(source, lines), { q: 1, seconds: maximum! }], { count, stated });
    const answered = statusesIn(lines);
    const warnings = [
      ...(spectrum >= 0 ? [] : ["Times to three digits or four, as printed."]),
      ...(answered > 0 ? [`${answered} answers were errors, and their times are among the others.`] : []),
    ];
    return {
      unit: "as printed with each figure (us, ms, s)",
      omission: paced
        ? { status: "scheduled", why: "wrk2 counts from the instant its constant rate meant" }
        : {
            status: "corrected",
            why: "wrk is a closed loop that counts from the send, and adds values for what took twice its mean interval",
          },
      series: [{ name: "latency", law, failed: failures }],
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

/** How many requests in how long, and the same as a rate: the two must agree. */
function requestsIn(source: ImportSource, lines: readonly string[]): number {
  const counted = found(lines, /^\s*(\d+) requests in (\S+),/);
  const rate = found(lines, /^Requests\/sec:\s*(\S+)/);
  if (counted === null || rate === null)
    return refuse(source, "has no lines of how many requests were made, and at which rate: the file may have been cut");
  const [requests, seconds, perSecond] = [Number(counted[1]), toSeconds(counted[2]!), toNumber(rate[1])];
  if (!(Math.abs(requests / seconds / perSecond - 1) < 0.02))
    refuse(source, `${requests} requests in ${counted[2]} are not ${rate[1]} a second`);
  return isCount(requests) ? requests : refuse(source, `${counted[1]} is no count of requests`);
}

/** Answers with a status of 400 or more. */
const statusesIn = (lines: readonly string[]): number =>
  Number(found(lines, /^\s*Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0);

function found(lines: readonly string[], pattern: RegExp): RegExpExecArray | null {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return null;
}

function failuresIn(source: ImportSource, lines: readonly string[]) {
  const failures = new Failures();
  const sockets = found(lines, /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/);
  const [connect, read, write, timeout] = (sockets ?? []).slice(1).map(Number);
  if (sockets === null) return failures.all();
  if (![connect, read, write, timeout].every(isCount)) refuse(source, "socket errors must be counts");
  failures.add("connection", connect);
  failures.add("reset", read! + write!);
  failures.add("timeout", timeout);
  return failures.all();
}
