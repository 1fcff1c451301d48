import type { Seconds } from "../base/units.ts";
import { bucketOf, Histogram } from "../stats/histogram.ts";
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

/**
 * Records times in memory independent of their number: histogram, moments, and exact counts at the report's edges.
 *
 * The histogram's buckets say on which side of an edge a time lies, except in the few that an edge cuts: those are counted apart.
 */
export class LatencyRecorder {
  /** The report's edges, each with what still counts as on it, and the bucket that it cuts. */
  readonly #edges: Float64Array;
  readonly #cutBuckets: Int32Array;
  /** By bucket: whether an edge cuts it. */
  readonly #isCut: Uint8Array;
  /** How many of the edge's bucket lie beyond it. */
  readonly #beyond: Float64Array;
  readonly #histogram = new Histogram();
  #moments = new RunningMoments();
  #minimum = Infinity;
  #maximum = 0;
  failures = 0;

  constructor(report: ReportSpec) {
    this.#edges = reportEdges(report).map((edge) => edge + onEdgeSeconds);
    this.#cutBuckets = Int32Array.from(this.#edges, bucketOf);
    this.#beyond = new Float64Array(this.#edges.length);
    this.#isCut = new Uint8Array(1 + Math.max(0, ...this.#cutBuckets));
    for (const bucket of this.#cutBuckets) this.#isCut[bucket] = 1;
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** Adds one time ≥ 0; returns its histogram bucket. */
  record(seconds: Seconds): number {
    this.#moments.record(seconds);
    if (seconds < this.#minimum) this.#minimum = seconds;
    if (seconds > this.#maximum) this.#maximum = seconds;
    const bucket = this.#histogram.record(seconds);
    if (bucket < this.#isCut.length && this.#isCut[bucket] === 1) this.#cut(bucket, seconds);
    return bucket;
  }

  /** Forgets every time, and keeps its columns for the next ones. */
  clear(): void {
    if (this.count > 0) this.#histogram.clear();
    this.#moments = new RunningMoments();
    this.#beyond.fill(0);
    this.#minimum = Infinity;
    this.#maximum = 0;
    this.failures = 0;
  }

  #cut(bucket: number, seconds: Seconds): void {
    for (let i = 0; i < this.#edges.length; i++) {
      if (this.#cutBuckets[i] === bucket && seconds > this.#edges[i]!) this.#beyond[i]!++;
    }
  }

  sample(): LatencySample {
    const { counts } = this.#histogram;
    const { count, mean, squares } = this.#moments;
    return {
      moments: { count, mean, squares },
      counts: counts.slice(0, count === 0 ? 0 : this.#histogram.bucketAt(1) + 1),
      bins: this.#bins(),
      minimum: this.#minimum,
      maximum: this.#maximum,
      failures: this.failures,
    };
  }

  /** Exact counts between the edges. */
  #bins(): Float64Array {
    const { counts, count } = this.#histogram;
    const bins = new Float64Array(this.#edges.length + 1);
    if (count === 0) return bins;
    let bucket = 0;
    let seen = 0;
    let before = 0;
    for (let i = 0; i < this.#edges.length; i++) {
      for (; bucket <= this.#cutBuckets[i]!; bucket++) seen += counts[bucket] ?? 0;
      const upTo = seen - this.#beyond[i]!;
      bins[i] = upTo - before;
      before = upTo;
    }
    bins[this.#edges.length] = count - before;
    return bins;
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
