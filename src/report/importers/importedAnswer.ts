import { InputError } from "../../base/check.ts";
import { version } from "../../base/version.ts";
import type { Answer, AvailableAnswer, Estimate, LatencyAnswer } from "../../scenario/answer.ts";
import { latencyAnswer, latencyAnswerOf } from "../../scenario/latencyAnswer.ts";
import type { LatencySample } from "../../scenario/latencyRecorder.ts";
import { reportEdges } from "../../scenario/latencyRecorder.ts";
import type { ReportSpec, Scenario } from "../../scenario/scenario.ts";
import type { Histogram } from "../../stats/histogram.ts";
import { bucketOf, middleOf } from "../../stats/histogram.ts";
import { meanInterval } from "../../stats/intervals.ts";
import { RunningMoments } from "../../stats/moments.ts";
import { binnedLatency } from "./binned.ts";
import type { Imported, ImportedLaw, ImportedSeries, Stated } from "./importer.ts";

export interface ImportContext {
  readonly imported: Imported;
  readonly format: string;
  /** Names what the figures answer; without it the file stands for itself. */
  readonly scenario?: Scenario | undefined;
  readonly report: ReportSpec;
  /** Name of the answer where there is no scenario. */
  readonly name: string;
  /** The target that a file of one series measures. */
  readonly target?: string | undefined;
}

/** What a file of another tool says, as an answer: a target per series. */
export function importedAnswer(context: ImportContext): Answer {
  const { imported, scenario, name } = context;
  return {
    coldcast: 1,
    from: "import",
    scenario: scenario?.name ?? name,
    seed: scenario?.seed ?? 0,
    provenance: {
      version,
      scenarioSha256: scenario?.sha256 ?? "",
      scheduleSha256: null,
      calibration: null,
    },
    targets: imported.series.map((series) => seriesAnswer(series, context)),
  };
}

const unknown: Estimate = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

function seriesAnswer(
  series: ImportedSeries,
  { imported, format, report, scenario, target }: ImportContext,
): AvailableAnswer {
  const { law, failed, dropped = 0 } = series;
  const name = target !== undefined && imported.series.length === 1 ? target : series.name;
  const failures = Object.values(failed).reduce((sum, n) => sum + n, 0);
  const completed = completedOf(law);
  const { status, why } = imported.omission;
  return {
    name,
    kind: scenario?.targets.find((spec) => spec.name === name)?.kind ?? "import",
    method: `${format}: ${holdsText(law)}; unit: ${imported.unit}; coordinated omission: ${status} (${why})`,
    status: "measured",
    ...(imported.warnings.length === 0 ? {} : { reason: imported.warnings.join(" ") }),
    omission: status,
    stable: true,
    counts:
      completed === null
        ? null
        : {
            scheduled: completed + failures + dropped,
            sent: completed + failures,
            completed,
            failed,
            dropped,
            unsent: 0,
            measured: completed + failures,
          },
    latency: lawLatency(law, report, failures),
    breakdown: { network: meanOf(series.network), cold: unknown, start: unknown, queue: unknown, work: unknown },
    overhead: unknown,
    overheadAt: [],
    cold: {
      probability: unknown,
      triggered: null,
      inTriggerBatch: null,
      busyPeriod: null,
      startsPerSecond: null,
      duration: null,
    },
    instanceStart: null,
    instances: { total: unknown, starting: null, ready: null, busy: null, idle: null },
    states: null,
    resources: null,
    timeline: null,
    lateness: null,
    uncorrected: null,
  };
}

function meanOf(values: Float64Array | undefined): Estimate {
  if (values === undefined) return unknown;
  const moments = new RunningMoments();
  for (const value of values) moments.record(value);
  return meanInterval(moments);
}

/** What a file holds, in words. */
export function holdsText(law: ImportedLaw): string {
  const count = completedOf(law);
  const of = count === null ? "" : ` of ${count.toLocaleString("en-US")} requests`;
  if (law.holds === "sample") return `a sample${of}`;
  if (law.holds === "summary") return `a summary${of}`;
  return `a histogram${of}`;
}

export function completedOf(law: ImportedLaw): number | null {
  if ("seconds" in law) return law.seconds.length;
  return "fine" in law ? law.fine.count : law.count;
}

/** Values that stand for a law: its sample, or a thousand at equal shares of a histogram that says how long its slowest took. */
export function valuesOf(law: ImportedLaw, file: string): Float64Array {
  if ("seconds" in law) return law.seconds;
  const shares = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
  if ("fine" in law) return Float64Array.from(shares, (p) => law.fine.quantile(p));
  if (law.bins.at(-1)!.high === Infinity) {
    throw new InputError(file, [
      { path: "", message: "does not say how long its slowest took, so no law can be fitted" },
    ]);
  }
  const report = { quantiles: shares, cdfAt: [], buckets: [], objective: null, tolerance: noTolerance };
  return Float64Array.from(binnedLatency(law, report).quantiles, ({ value }) => value.value);
}

const noTolerance = { quantileRatio: 1, absolute: 0, ks: 0 };

function lawLatency(law: ImportedLaw, report: ReportSpec, failures: number): LatencyAnswer {
  if ("seconds" in law) return latencyAnswerOf(law.seconds, report, { failures });
  if ("bins" in law) return binnedLatency(law, report, { failures });
  const answer = latencyAnswer([sampleOf(law.fine, report, failures)], report);
  return withStated(answer, law.stated);
}

/** A histogram of three digits as if each value lay in the middle of its bucket. */
function sampleOf(histogram: Histogram, report: ReportSpec, failures: number): LatencySample {
  const counts = histogram.counts.slice(0, histogram.counts.findLastIndex((n) => n > 0) + 1);
  let [count, mean, squares] = [0, 0, 0];
  for (const [bucket, n] of counts.entries()) {
    if (n === 0) continue;
    count += n;
    const step = middleOf(bucket) - mean;
    mean += (step * n) / count;
    squares += step * (middleOf(bucket) - mean) * n;
  }
  const edges = reportEdges(report);
  const bins = new Float64Array(edges.length + 1);
  for (const [bucket, n] of counts.entries()) {
    if (n === 0) continue;
    const i = edges.findIndex((edge) => bucket <= bucketOf(edge));
    bins[i < 0 ? edges.length : i]! += n;
  }
  const first = counts.findIndex((n) => n > 0);
  return {
    moments: { count, mean, squares },
    counts,
    bins,
    minimum: middleOf(Math.max(0, first)),
    maximum: middleOf(Math.max(0, counts.length - 1)),
    failures,
  };
}

function withStated(answer: LatencyAnswer, stated: Stated = {}): LatencyAnswer {
  return stated.mean === undefined ? answer : { ...answer, mean: { ...answer.mean, value: stated.mean } };
}
