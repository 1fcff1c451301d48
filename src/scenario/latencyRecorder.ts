import type { Seconds } from "../base/units.ts";
import { Histogram } from "../stats/histogram.ts";
import { joinMoments, type Moments, noMoments, RunningMoments } from "../stats/moments.ts";
import type { ReportSpec } from "./scenario.ts";

/** Everything one run (replication, batch) says about a time, as plain data that survives a structured clone. */
export interface LatencySample {
  readonly moments: Moments;
  /** Counts by `Histogram` bucket. */
  readonly counts: Float64Array;
  /** Exact counts between the report's edges: bin i holds edges[i−1] < x ≤ edges[i], the last is open. */
  readonly bins: Float64Array;
  readonly minimum: Seconds;
  readonly maximum: Seconds;
  /** Measured requests that have no latency because they failed. */
  readonly failures: number;
}

/** The instants at which the report wants exact shares: `cdfAt`, bucket edges and objective, ascending. */
export function reportEdges(report: ReportSpec): Float64Array {
  const edges = new Set([...report.cdfAt, ...report.buckets]);
  if (report.objective !== null) edges.add(report.objective);
  return Float64Array.from([...edges].sort((a, b) => a - b));
}

/**
 * A latency is the difference of two instants, so one that sits on an edge may come out a few units in the last place
 * above it. Times are told apart by nanoseconds, so half a nanosecond above an edge still counts as on it.
 */
const onEdgeSeconds = 0.5e-9;

/** Records times in memory independent of their number: histogram, moments, and exact counters at the report's edges. */
export class LatencyRecorder {
  /** The report's edges, each with what still counts as on it. */
  readonly #edges: Float64Array;
  readonly #bins: Float64Array;
  readonly #histogram = new Histogram();
  readonly #moments = new RunningMoments();
  #minimum = Infinity;
  #maximum = 0;
  failures = 0;

  constructor(report: ReportSpec) {
    this.#edges = reportEdges(report).map((edge) => edge + onEdgeSeconds);
    this.#bins = new Float64Array(this.#edges.length + 1);
  }

  get count(): number {
    return this.#moments.count;
  }

  /** Adds one time ≥ 0; returns its histogram bucket. */
  record(seconds: Seconds): number {
    this.#moments.record(seconds);
    if (seconds < this.#minimum) this.#minimum = seconds;
    if (seconds > this.#maximum) this.#maximum = seconds;
    const edges = this.#edges;
    let bin = 0;
    while (bin < edges.length && seconds > edges[bin]!) bin++;
    this.#bins[bin]!++;
    return this.#histogram.record(seconds);
  }

  sample(): LatencySample {
    const { counts } = this.#histogram;
    return {
      moments: { count: this.#moments.count, mean: this.#moments.mean, squares: this.#moments.squares },
      counts: counts.slice(0, counts.findLastIndex((n) => n > 0) + 1),
      bins: this.#bins.slice(),
      minimum: this.#minimum,
      maximum: this.#maximum,
      failures: this.failures,
    };
  }
}

/** Several runs as one. */
export function joinSamples(samples: readonly LatencySample[]): LatencySample {
  const counts = new Float64Array(Math.max(0, ...samples.map((sample) => sample.counts.length)));
  const bins = new Float64Array(samples[0]?.bins.length ?? 1);
  for (const sample of samples) {
    for (let i = 0; i < sample.counts.length; i++) counts[i]! += sample.counts[i]!;
    for (let i = 0; i < bins.length; i++) bins[i]! += sample.bins[i]!;
  }
  return {
    moments: samples.reduce((sum, { moments }) => joinMoments(sum, moments), noMoments),
    counts,
    bins,
    minimum: Math.min(Infinity, ...samples.map((sample) => sample.minimum)),
    maximum: Math.max(0, ...samples.map((sample) => sample.maximum)),
    failures: samples.reduce((sum, { failures }) => sum + failures, 0),
  };
}
