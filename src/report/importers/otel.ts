import { histogramOf } from "./binned.ts";
import type { Bin, ImportedSeries, Importer, ImportSource } from "./importer.ts";
import { nanosecondsOf, OtelSeries } from "./otelSeries.ts";
import { at, parseJson, refuse, toNumber } from "./reading.ts";

/** Histograms of OpenTelemetry's protocol as JSON, exponential or with edges; a value or a line per export. */
export const otel: Importer = {
  format: "otel",
  describes: "OpenTelemetry metrics (OTLP JSON): exponential and explicit histograms",
  detects: (head) => /"(resourceMetrics|scopeMetrics|exponentialHistogram|exponential_histogram)"/.test(head),
  read(source, { metric, unitSeconds }) {
    const metrics = new Map<string, { readonly unit: string; readonly points: OtelSeries<Point> }>();
    for (const [request, line] of requestsOf(source)) {
      for (const each of metricsOf(request)) collect(source, each, { into: metrics, line });
    }
    const wanted = [...metrics].filter(([name]) => metric === undefined || name === metric);
    if (wanted.length === 0) {
      const has = [...metrics.keys()].join(", ") || "none";
      refuse(source, metric === undefined ? "has no histogram" : `has no histogram "${metric}"; it has ${has}`);
    }
    return {
      unit: unitSeconds === undefined ? "as each metric says" : `${unitSeconds} s`,
      omission: { status: "unknown", why: "a histogram does not say from which instant its values count" },
      series: wanted.map(([name, { unit, points }]) =>
        seriesOf(source, name, points.points(), unitSeconds ?? secondsPer(source, name, unit)),
      ),
      warnings: [],
    };
  },
};

interface Point {
  /** Of an exponential point: bucket i of scale s holds (b^i, b^(i+1)] with b = 2^(2^−s). */
  readonly scale?: number;
  readonly bins: readonly (Bin & { readonly index?: number })[];
  readonly sum: number | null;
  readonly count: number;
}

/** One value over several lines, or one per line. */
function* requestsOf(source: ImportSource): Generator<readonly [unknown, number | undefined]> {
  const text = source.text().trim();
  const firstLine = text.split("\n", 1)[0]!;
  if (!isWhole(firstLine)) {
    yield [parseJson(source, text), undefined];
    return;
  }
  for (const [i, row] of text.split("\n").entries())
    if (row.trim() !== "") yield [parseJson(source, row, i + 1), i + 1];
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const listOf = (value: unknown, ...keys: readonly string[]): readonly unknown[] => {
  for (const key of keys) {
    const found = at(value, key);
    if (Array.isArray(found)) return found;
  }
  return [];
};

interface Metric {
  readonly metric: unknown;
  /** Who measured it: processes count for themselves. */
  readonly by: readonly unknown[];
}

const metricsOf = (request: unknown): readonly Metric[] =>
  listOf(request, "resourceMetrics", "resource_metrics").flatMap((resource) =>
    listOf(resource, "scopeMetrics", "scope_metrics").flatMap((scope) =>
      listOf(scope, "metrics").map((metric) => ({ metric, by: [at(resource, "resource"), at(scope, "scope")] })),
    ),
  );

function collect(
  source: ImportSource,
  { metric, by }: Metric,
  {
    into,
    line,
  }: {
    readonly into: Map<string, { readonly unit: string; readonly points: OtelSeries<Point> }>;
    readonly line: number | undefined;
  },
): void {
  const exponential = at(metric, "exponentialHistogram") ?? at(metric, "exponential_histogram");
  const histogram = exponential ?? at(metric, "histogram");
  if (histogram === undefined) return;
  const name = String(at(metric, "name"));
  const kept = into.get(name) ?? { unit: String(at(metric, "unit") ?? ""), points: new OtelSeries<Point>(source) };
  into.set(name, kept);
  const temporality = String(at(histogram, "aggregationTemporality") ?? at(histogram, "aggregation_temporality") ?? "");
  const cumulative = /^(2|.*CUMULATIVE)$/.test(temporality);
  for (const point of listOf(histogram, "dataPoints", "data_points")) {
    const [start, end] = [
      at(point, "startTimeUnixNano") ?? at(point, "start_time_unix_nano"),
      at(point, "timeUnixNano") ?? at(point, "time_unix_nano"),
    ].map((time) => nanosecondsOf(source, time, line)) as [bigint | null, bigint | null];
    const series = JSON.stringify([...by, at(point, "attributes") ?? []]);
    const read = exponential === undefined ? explicitPoint : exponentialPoint;
    kept.points.add({ series, start, end, point: read(source, point, line), line }, cumulative);
  }
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : toNumber(String(value ?? "")));

function pointOf(source: ImportSource, point: unknown, bins: readonly Bin[], line: number | undefined): Point {
  const count = numberOf(at(point, "count"));
  const counted = bins.reduce((total, { weight }) => total + weight, 0);
  if (count !== counted) refuse(source, `a point counts ${count} in all and ${counted} in its buckets`, line);
  const sum = at(point, "sum");
  return { bins, count, sum: sum === undefined ? null : numberOf(sum) };
}

function exponentialPoint(source: ImportSource, point: unknown, line: number | undefined): Point {
  const scale = numberOf(at(point, "scale") ?? 0);
  const offset = numberOf(at(point, "positive", "offset") ?? 0);
  const zeros = numberOf(at(point, "zeroCount") ?? at(point, "zero_count") ?? 0);
  const counts = listOf(at(point, "positive"), "bucketCounts", "bucket_counts").map(numberOf);
  const negative = listOf(at(point, "negative"), "bucketCounts", "bucket_counts").map(numberOf);
  if (!(Number.isInteger(scale) && Math.abs(scale) <= 20 && Number.isInteger(offset))) {
    refuse(source, "a point must have a whole scale and offset", line);
  }
  if (negative.some((n) => n !== 0)) refuse(source, "holds negative values, which are no times", line);
  const bins = counts.map((weight, i) => ({ ...rangeOf(offset + i, scale), weight, index: offset + i }));
  const all = zeros > 0 ? [{ low: 0, high: 0, weight: zeros }, ...bins] : bins;
  return { ...pointOf(source, point, all, line), scale };
}

const rangeOf = (index: number, scale: number) => ({
  low: 2 ** (index * 2 ** -scale),
  high: 2 ** ((index + 1) * 2 ** -scale),
});

function explicitPoint(source: ImportSource, point: unknown, line: number | undefined): Point {
  const bounds = listOf(point, "explicitBounds", "explicit_bounds").map(numberOf);
  const counts = listOf(point, "bucketCounts", "bucket_counts").map(numberOf);
  if (counts.length !== bounds.length + 1) refuse(source, "a point must have one bucket more than bounds", line);
  const edges = [0, ...bounds.map((bound) => Math.max(0, bound)), Infinity];
  return pointOf(
    source,
    point,
    counts.map((weight, i) => ({ low: edges[i]!, high: edges[i + 1]!, weight })),
    line,
  );
}

function seriesOf(source: ImportSource, name: string, points: readonly Point[], unitSeconds: number): ImportedSeries {
  const merged = new Map<string, Bin>();
  // Each bucket of a finer scale lies within one of a coarser scale, so points of any scales add up exactly.
  const coarsest = Math.min(...points.map(({ scale }) => scale ?? Infinity));
  for (const { scale, bins } of points) {
    for (const { low, high, weight, index } of bins) {
      const range =
        scale === undefined || index === undefined
          ? { low, high }
          : rangeOf(Math.floor(index / 2 ** (scale - coarsest)), coarsest);
      const key = `${range.low} ${range.high}`;
      merged.set(key, { ...range, weight: weight + (merged.get(key)?.weight ?? 0) });
    }
  }
  const bins = [...merged.values()]
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.low - b.low || a.high - b.high)
    .map(({ low, high, weight }) => ({ low: low * unitSeconds, high: high * unitSeconds, weight }));
  const sums = points.map(({ sum }) => sum);
  const count = points.reduce((total, point) => total + point.count, 0);
  const mean = sums.includes(null) ? undefined : (sums as number[]).reduce((a, b) => a + b, 0) / count;
  return {
    name,
    law: histogramOf(source, bins, mean === undefined ? {} : { mean: mean * unitSeconds }),
    failed: {},
  };
}

function secondsPer(source: ImportSource, name: string, unit: string): number {
  const known: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9, min: 60, h: 3600 };
  return (
    (Object.hasOwn(known, unit) ? known[unit] : undefined) ??
    refuse(source, `${name} has the unit "${unit}", which is no time; say it with --unit`)
  );
}
