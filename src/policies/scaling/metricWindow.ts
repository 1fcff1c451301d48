import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { roundToDigits } from "./round.ts";

/** Values summed in buckets of whole seconds, and their average over a sliding window. */
export interface MetricWindow {
  record(atSeconds: Seconds, value: number): void;
  average(nowSeconds: Seconds): number;
  /** True when the last write is more than one window ago, or never was. */
  isEmpty(nowSeconds: Seconds): boolean;
  resize(windowSeconds: Seconds, nowSeconds: Seconds): void;
  /** Start of the bucket of each non-zero value still in the window, oldest first. */
  nonZero(nowSeconds: Seconds): readonly (readonly [Seconds, number])[];
  readonly bucketCount: number;
  readonly hasFirstWrite: boolean;
}

interface Ring {
  windowSeconds: Seconds;
  buckets: Float64Array;
  /** Bucket numbers (time divided by the granularity, rounded down); −∞ before the first write. */
  firstWrite: number;
  lastWrite: number;
  total: number;
}

/**
 * Knative's linear metric window: the sum over the buckets divided by the number of buckets *since the first write*
 * (at most the window), rounded to six digits.
 *
 * The divisor makes a young revision's average follow its load from the first second. A write one window or more after
 * the last one starts afresh; a write more than a window late is ignored; gaps count as zero.
 *
 * @param windowSeconds > 0
 * @param granularitySeconds the bucket's width, > 0
 * @see knative/serving pkg/autoscaler/aggregation/bucketing.go, TimedFloat64Buckets (v0.50)
 */
export function linearWindow(windowSeconds: Seconds, granularitySeconds: Seconds = 1): MetricWindow {
  const ring = open(windowSeconds, granularitySeconds);
  return view(ring, granularitySeconds, (now) => {
    const { buckets, firstWrite, lastWrite } = ring;
    const silent = (now - lastWrite) * granularitySeconds;
    const written = lastWrite - firstWrite + 1;
    if (silent <= 0) return roundToDigits(ring.total / Math.min(written, buckets.length), 6);
    if (silent >= ring.windowSeconds) return 0;
    let sum = ring.total;
    for (let i = lastWrite + 1; i <= now; i++) sum -= buckets[slot(ring, i)]!;
    return roundToDigits(sum / Math.min(written, buckets.length - (now - lastWrite)), 6);
  });
}

/**
 * Knative's weighted window: newer buckets weigh exponentially more, the empty seconds since the last write included.
 *
 * @see knative/serving pkg/autoscaler/aggregation/bucketing.go, WeightedFloat64Buckets (v0.50)
 */
export function weightedWindow(windowSeconds: Seconds, granularitySeconds: Seconds = 1): MetricWindow {
  const ring = open(windowSeconds, granularitySeconds);
  return view(ring, granularitySeconds, (now) => {
    if ((now - ring.lastWrite) * granularitySeconds > ring.windowSeconds) return 0;
    const coefficient = smoothingCoefficient(ring.buckets.length);
    const silent = Math.max(0, now - ring.lastWrite);
    let weight = coefficient * (1 - coefficient) ** silent;
    let sum = 0;
    for (let i = 0; i < ring.buckets.length - silent; i++) {
      sum += ring.buckets[slot(ring, ring.lastWrite - i)]! * weight;
      weight *= 1 - coefficient;
    }
    return sum;
  });
}

/**
 * The weight of the newest bucket: the whole window carries 99.99 % of the weight, but the newest at least 20 %.
 *
 * @param buckets how many, an integer ≥ 1
 * @example
 * smoothingCoefficient(100) // => 0.2
 */
export const smoothingCoefficient = (buckets: number): number => Math.max(1 - (1 - 0.9999) ** (1 / buckets), 0.2);

function open(windowSeconds: Seconds, granularitySeconds: Seconds): Ring {
  check(windowSeconds > 0 && windowSeconds < Infinity, "metric window", "windowSeconds must be > 0", windowSeconds);
  check(granularitySeconds > 0, "metric window", "granularitySeconds must be > 0", granularitySeconds);
  const buckets = new Float64Array(Math.ceil(windowSeconds / granularitySeconds));
  return { windowSeconds, buckets, firstWrite: -Infinity, lastWrite: -Infinity, total: 0 };
}

function view(ring: Ring, granularity: Seconds, average: (now: number) => number): MetricWindow {
  const bucketOf = (seconds: Seconds) => Math.floor(seconds / granularity);
  return {
    record: (at, value) => write(ring, granularity, bucketOf(at), value),
    average: (now) => average(bucketOf(now)),
    isEmpty: (now) => (bucketOf(now) - ring.lastWrite) * granularity > ring.windowSeconds,
    resize: (windowSeconds, now) => resize(ring, granularity, windowSeconds, bucketOf(now)),
    nonZero: (now) => {
      const found: [Seconds, number][] = [];
      const live = ring.buckets.length - Math.max(0, bucketOf(now) - ring.lastWrite);
      for (let i = live - 1; i >= 0; i--) {
        const value = ring.buckets[slot(ring, ring.lastWrite - i)]!;
        if (value !== 0) found.push([(ring.lastWrite - i) * granularity, value]);
      }
      return found;
    },
    get bucketCount() {
      return ring.buckets.length;
    },
    get hasFirstWrite() {
      return ring.firstWrite !== -Infinity;
    },
  };
}

function write(ring: Ring, granularity: Seconds, bucket: number, value: number): void {
  if (bucket !== ring.lastWrite) {
    if ((bucket - ring.lastWrite) * granularity <= -ring.windowSeconds) return; // A whole window late.
    if (ring.firstWrite === -Infinity || ring.firstWrite > bucket) ring.firstWrite = bucket;
    if (bucket > ring.lastWrite) {
      if ((bucket - ring.lastWrite) * granularity >= ring.windowSeconds) {
        ring.firstWrite = bucket;
        ring.buckets.fill(0);
        ring.total = 0;
      } else {
        for (let i = ring.lastWrite + 1; i <= bucket; i++) {
          ring.total -= ring.buckets[slot(ring, i)]!;
          ring.buckets[slot(ring, i)] = 0;
        }
      }
      ring.lastWrite = bucket;
    }
  }
  ring.buckets[slot(ring, bucket)]! += value;
  ring.total += value;
}

function resize(ring: Ring, granularity: Seconds, windowSeconds: Seconds, now: number): void {
  if (windowSeconds === ring.windowSeconds) return;
  const buckets = new Float64Array(Math.ceil(windowSeconds / granularity));
  let total = 0;
  if ((now - ring.lastWrite) * granularity <= ring.windowSeconds) {
    const kept = Math.min(buckets.length, ring.buckets.length);
    ring.firstWrite = Math.max(ring.firstWrite, ring.lastWrite - kept + 1);
    for (let i = 0; i < kept; i++) {
      const bucket = ring.lastWrite - i;
      const value = ring.buckets[slot(ring, bucket)]!;
      buckets[modulo(bucket, buckets.length)] = value;
      total += value;
    }
  } else {
    ring.firstWrite = -Infinity;
  }
  ring.windowSeconds = windowSeconds;
  ring.buckets = buckets;
  ring.total = total;
}

const slot = (ring: Ring, bucket: number): number => modulo(bucket, ring.buckets.length);
const modulo = (a: number, n: number): number => ((a % n) + n) % n;
