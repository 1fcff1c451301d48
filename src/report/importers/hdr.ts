import { InputError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { Histogram } from "../../stats/histogram.ts";
import type { Importer, ImportSource } from "./importer.ts";
import { cellsOf, refuse, toNumber } from "./reading.ts";

/** Both spellings of HdrHistogram's V2 cookie in base64, compressed and not. */
const encoded = /^HIST[A-Za-z0-9+/]+=*$/;
const omission = {
  status: "unknown",
  why: "a histogram does not say from which instant its values count, nor whether it was corrected",
} as const;
const unitText = (unitSeconds: Seconds | undefined): string =>
  unitSeconds === undefined ? "nanoseconds (taken to be: the file does not say)" : `${unitSeconds} s`;

/** One histogram in HdrHistogram's V2 encoding, base64. */
export const hdrBase64: Importer = {
  format: "hdr",
  describes: "HdrHistogram V2, base64",
  detects: (head) => /^HIST[A-Za-z0-9+/]{20}/.test(head.trim()),
  read(source, { unitSeconds }) {
    const fine = decoded(source, source.text().replace(/\s+/g, ""), unitSeconds);
    return {
      unit: unitText(unitSeconds),
      omission,
      series: [{ name: "latency", law: { holds: "histogram", fine }, failed: {} }],
      warnings: [],
    };
  },
};

/** A log of histograms, one per interval (and tag), which are added up. */
export const hdrLog: Importer = {
  format: "hlog",
  describes: "HdrHistogram log (.hlog)",
  detects: (head) =>
    /^#\[?.*Histogram log format version/m.test(head) || /^"StartTimestamp","Interval_Length"/m.test(head),
  read(source, { unitSeconds, metric }) {
    const byTag = new Map<string, Histogram>();
    const seen = new Set<string>();
    let line = 0;
    for (const text of source.lines()) {
      line++;
      if (text.trim() === "" || text.startsWith("#") || text.startsWith('"StartTimestamp"')) continue;
      const cells = cellsOf(text);
      const tag = cells[0]!.startsWith("Tag=") ? cells.shift()!.slice(4) : "latency";
      if (cells.length !== 4 || !cells.slice(0, 3).every((cell) => toNumber(cell) >= 0)) {
        refuse(source, "expected start, length, maximum and histogram", line);
      }
      const interval = [tag, ...cells.slice(0, 2)].join();
      if (seen.has(interval)) refuse(source, `the interval at ${cells[0]} stands twice`, line);
      seen.add(interval);
      const whole = byTag.get(tag) ?? new Histogram();
      whole.merge(decoded(source, cells[3]!.trim(), unitSeconds, line));
      byTag.set(tag, whole);
    }
    const wanted = [...byTag].filter(([tag]) => metric === undefined || tag === metric);
    if (wanted.length === 0) {
      refuse(
        source,
        metric === undefined ? "holds no histogram" : `has no tag "${metric}"; it has ${[...byTag.keys()].join(", ")}`,
      );
    }
    return {
      unit: unitText(unitSeconds),
      omission,
      series: wanted.map(([name, fine]) => ({ name, law: { holds: "histogram", fine }, failed: {} })),
      warnings: [],
    };
  },
};

function decoded(source: ImportSource, text: string, unitSeconds: Seconds | undefined, line?: number): Histogram {
  if (!encoded.test(text)) refuse(source, "is not a histogram in HdrHistogram's V2 encoding", line);
  try {
    const histogram = Histogram.fromHdr(text, unitSeconds);
    return histogram.count > 0 ? histogram : refuse(source, "is a histogram without values", line);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.file === source.name) throw error;
    return refuse(source, "is not a histogram in HdrHistogram's V2 encoding: it may have been cut", line);
  }
}
