import type { Seconds } from "../../base/units.ts";
import { type BinnedLaw, histogramOf } from "./binned.ts";
import type { Bin, Importer, ImportSource } from "./importer.ts";
import { refuse, toNumber } from "./reading.ts";

/** The heading of the percentile table. */
export const headLine = /^\s*Value\s+Percentile\s+TotalCount\s+1\/\(1-Percentile\)/;

/** HdrHistogram's percentile distribution (.hgrm), milliseconds unless told otherwise. */
export const hgrm: Importer = {
  format: "hgrm",
  describes: "HdrHistogram percentile distribution (.hgrm)",
  detects: (head) => headLine.test(head),
  read(source, { unitSeconds = 1e-3 }) {
    const { law, step } = readHgrm(source, [...source.lines()], 0, unitSeconds);
    return {
      unit: `${unitSeconds === 1e-3 ? "milliseconds (taken to be: the file does not say)" : `${unitSeconds} s`}, printed to ${step}`,
      omission: { status: "unknown", why: "the file does not say from which instant its values count" },
      series: [{ name: "latency", law, failed: {} }],
      warnings: [],
    };
  },
};

/** The table and its footer, from the given lines; `offset` lines stand before them. */
export function readHgrm(
  source: ImportSource,
  lines: readonly string[],
  offset: number,
  unitSeconds: Seconds = 1e-3,
): { readonly law: BinnedLaw; readonly step: string } {
  const bins: Bin[] = [];
  const quantiles: { q: number; seconds: Seconds }[] = [];
  const rows: { percentile: number; total: number; line: number }[] = [];
  let [before, counted, level] = [0, 0, 0];
  let digits = 0;
  let footer: Footer | undefined;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "" || headLine.test(line)) continue;
    if (line.trimStart().startsWith("#[")) {
      footer = { ...footer, ...footerOf(line) };
      if (footer.count !== undefined && line.includes("SubBuckets")) break;
      continue;
    }
    const cells = line.trim().split(/\s+/);
    const [value, percentile, total] = cells.map(toNumber);
    if (!(cells.length >= 3 && cells.length <= 4 && value! >= 0 && percentile! <= 1 && Number.isInteger(total))) {
      refuse(source, `expected value, percentile and total count, got "${line.trim()}"`, offset + i + 1);
    }
    if (total! < counted || percentile! < level || value! * unitSeconds < before) {
      refuse(source, "values, percentiles and counts must not fall", offset + i + 1);
    }
    const seconds = value! * unitSeconds;
    if (total! > counted)
      bins.push({ low: bins.length === 0 ? seconds : before, high: seconds, weight: total! - counted });
    quantiles.push({ q: percentile!, seconds });
    rows.push({ percentile: percentile!, total: total!, line: offset + i + 1 });
    [before, counted, level] = [seconds, total!, percentile!];
    digits = Math.max(digits, (cells[0]!.split(".")[1] ?? "").length);
  }
  if (footer?.count === undefined)
    return refuse(source, "has no footer with the total count: the file may have been cut");
  if (footer.count !== counted) {
    refuse(source, `the footer counts ${footer.count} values, the table ${counted}: the file may have been cut`);
  }
  const early = rows.find(({ percentile, total }) => total / counted < percentile - 1e-6);
  if (early !== undefined) {
    refuse(
      source,
      `${early.total} of ${counted} values are less than the ${early.percentile} that the line says`,
      early.line,
    );
  }
  const stated = {
    quantiles,
    ...(footer.mean === undefined ? {} : { mean: footer.mean * unitSeconds }),
    ...(footer.deviation === undefined ? {} : { standardDeviation: footer.deviation * unitSeconds }),
  };
  return { law: histogramOf(source, bins, stated), step: digits === 0 ? "whole units" : `${digits} decimals` };
}

interface Footer {
  readonly mean?: number;
  readonly deviation?: number;
  readonly count?: number;
}

function footerOf(line: string): Footer {
  const mean = /Mean\s*=\s*([\d.eE+-]+), StdDeviation\s*=\s*([\d.eE+-]+)/.exec(line);
  if (mean !== null) return { mean: toNumber(mean[1]), deviation: toNumber(mean[2]) };
  const total = /Total count\s*=\s*(\d+)/.exec(line);
  return total === null ? {} : { count: Number(total[1]) };
}
