import { histogramOf } from "./binned.ts";
import type { ImportedSeries, Importer, ImportSource } from "./importer.ts";
import { refuse, toNumber } from "./reading.ts";

/** Behind the value may stand a time and, in OpenMetrics, an exemplar with labels of its own. */
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)(?:\s.*)?$/;

interface Family {
  /** Cumulative counts by upper edge, over all label sets. */
  readonly upTo: Map<number, number>;
  sum: number;
  count: number;
}

/** Prometheus' or OpenMetrics' text of classic histograms; label sets are added up. */
export const prometheus: Importer = {
  format: "prometheus",
  describes: "Prometheus or OpenMetrics text (histograms)",
  detects: (head) => /^# (HELP|TYPE|UNIT) /m.test(head) || /^[a-zA-Z_:]\w*_bucket\{.*le="/m.test(head),
  read(source, { metric, unitSeconds }) {
    const families = familiesOf(source);
    const wanted = [...families].filter(([name]) => metric === undefined || name === metric);
    if (wanted.length === 0) {
      const has = [...families.keys()].join(", ") || "none";
      refuse(source, metric === undefined ? "has no histogram" : `has no histogram "${metric}"; it has ${has}`);
    }
    return {
      unit:
        unitSeconds === undefined ? "as the name says (…_seconds, …_milliseconds), else seconds" : `${unitSeconds} s`,
      omission: { status: "unknown", why: "a server's histogram counts from when it took a request in" },
      series: wanted.map(([name, family]) => seriesOf(source, name, family, unitSeconds ?? unitOf(name))),
      warnings: [],
    };
  },
};

const unitOf = (name: string): number =>
  /_(milliseconds|ms)$/.test(name)
    ? 1e-3
    : /_(microseconds|us)$/.test(name)
      ? 1e-6
      : /_(nanoseconds|ns)$/.test(name)
        ? 1e-9
        : 1;

function familiesOf(source: ImportSource): Map<string, Family> {
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let line = 0;
  for (const text of source.lines()) {
    line++;
    if (text.trim() === "" || text.startsWith("#")) continue;
    const sample = sampleLine.exec(text);
    if (sample === null) refuse(source, "is not a sample of Prometheus' text format", line);
    const [, name, labels = "", value] = sample;
    const part = /^(.*)_(bucket|sum|count)$/.exec(name!);
    if (part === null) continue;
    if (seen.has(`${name}{${labels}}`)) refuse(source, `${name}{${labels}} stands twice: import one scrape`, line);
    seen.add(`${name}{${labels}}`);
    const number = value === "+Inf" ? Infinity : toNumber(value);
    if (!(number >= 0)) refuse(source, `"${value}" is not a number ≥ 0`, line);
    const family = families.get(part[1]!) ?? { upTo: new Map<number, number>(), sum: 0, count: 0 };
    if (part[2] === "bucket") {
      const edge = /(?:^|,)\s*le="([^"]*)"/.exec(labels)?.[1];
      const upTo = edge === "+Inf" ? Infinity : toNumber(edge);
      if (Number.isNaN(upTo)) refuse(source, "a bucket must have its edge, le", line);
      family.upTo.set(upTo, (family.upTo.get(upTo) ?? 0) + number);
    } else if (part[2] === "sum") family.sum += number;
    else family.count += number;
    families.set(part[1]!, family);
  }
  return new Map([...families].filter(([, { upTo }]) => upTo.size > 0));
}

function seriesOf(
  source: ImportSource,
  name: string,
  { upTo, sum, count }: Family,
  unitSeconds: number,
): ImportedSeries {
  const edges = [...upTo].sort(([a], [b]) => a - b);
  if (edges.at(-1)![0] !== Infinity) refuse(source, `${name} has no bucket le="+Inf": the file may have been cut`);
  if (edges.at(-1)![1] !== count)
    refuse(source, `${name} counts ${count} in all and ${edges.at(-1)![1]} in its buckets`);
  let [low, before] = [0, 0];
  const bins = edges.map(([edge, total]) => {
    const bin = { low: low * unitSeconds, high: edge * unitSeconds, weight: total - before };
    if (bin.weight < 0) refuse(source, `${name} counts less up to ${edge} than before`);
    [low, before] = [Math.max(0, edge), total];
    return bin;
  });
  return { name, law: histogramOf(source, bins, { mean: (sum / count) * unitSeconds }), failed: {} };
}
