import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { check, InputError } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";

/** The double 2^e·1.m has e in its upper word: one shift finds the bucket of any value. */
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const upperWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0; // Little-endian machines keep it second.

/** Above this many nanoseconds (104 days) whole numbers are no longer exact; longer times are recorded as this. */
const nanosecondsMax = 2 ** 53 - 1;

/**
 * A histogram of times in the HDR layout: nanoseconds, three significant digits, memory independent of the number of values.
 *
 * Buckets are those of HdrHistogram (2048 sub-buckets), so `toHdr` loses nothing; a value is known to within 0.1 %. Own columns
 * instead of the library's, which costs several times more per record.
 *
 * @example
 * const histogram = new Histogram();
 * histogram.record(0.01);
 * Math.abs(histogram.quantile(0.5) - 0.01) < 1e-5 // => true
 */
export class Histogram {
  #counts = new Float64Array(16 * 1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds one value ≥ 0; returns its bucket, so that a caller may keep sums of its own beside the counts. */
  record(seconds: Seconds): number {
    const bucket = bucketOf(seconds);
    if (bucket >= this.#counts.length) this.#grow(bucket);
    this.#counts[bucket]!++;
    this.#count++;
    return bucket;
  }

  /** Forgets every value, and keeps its columns for the next ones. */
  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  merge(other: Histogram): void {
    this.addCounts(other.counts);
  }

  /** The counts by bucket; a view, not a copy. */
  get counts(): Float64Array {
    return this.#counts;
  }

  /** Adds counts that another histogram's `counts` gave (they survive a structured clone, a class does not). */
  addCounts(counts: Float64Array): void {
    for (let i = 0; i < counts.length; i++) {
      const n = counts[i]!;
      if (n === 0) continue;
      if (i >= this.#counts.length) this.#grow(i);
      this.#counts[i]! += n;
      this.#count += n;
    }
  }

  /**
   * The smallest value with P(X ≤ value) ≥ p, read at the middle of its bucket.
   *
   * @param p in [0, 1]
   * @returns NaN when empty
   */
  quantile(p: number): Seconds {
    check(p >= 0 && p <= 1, "Histogram.quantile", "p must be in [0, 1]", p);
    const bucket = this.bucketAt(p);
    return bucket < 0 ? Number.NaN : middleOf(bucket);
  }

  /** The bucket that holds the p-quantile; −1 when empty. */
  bucketAt(p: number): number {
    if (this.#count === 0) return -1;
    const rank = Math.max(1, Math.ceil(p * this.#count - 1e-9));
    let bucket = 0;
    for (let seen = this.#counts[0]!; seen < rank; seen += this.#counts[bucket]!) bucket++;
    return bucket;
  }

  /** The share of values in the bucket of x or below. */
  cdf(x: Seconds): number {
    if (x < 0 || this.#count === 0) return 0;
    return this.#upTo(bucketOf(x)) / this.#count;
  }

  /** Points of the distribution function for drawing: an atom is two points at one instant, the tail reaches 1 − 1e-5. */
  curve(points = 256): { readonly seconds: readonly number[]; readonly probability: readonly number[] } {
    const seconds: number[] = [];
    const probability: number[] = [];
    const add = (x: number, p: number) => {
      seconds.push(x);
      probability.push(p);
    };
    if (this.#count === 0) return { seconds, probability };
    const targets = curveTargets(points);
    let next = 0;
    let seen = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      const n = this.#counts[i]!;
      if (n === 0) continue;
      const before = seen / this.#count;
      seen += n;
      const after = seen / this.#count;
      if (seconds.length === 0 || after - before > 2 / points) add(middleOf(i), before);
      if (after >= targets[next]!) add(middleOf(i), after);
      while (next < targets.length - 1 && targets[next]! <= after) next++;
    }
    return padded(seconds, probability, Math.min(points, 200));
  }

  /** HdrHistogram V2, compressed, base64: nanoseconds. */
  toHdr(): string {
    const last = this.#counts.findLastIndex((n) => n > 0);
    const hdr = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: Math.max(2, 2 * highestOf(last)),
      numberOfSignificantValueDigits: 3,
      bitBucketSize: 64,
    });
    for (let i = 0; i <= last; i++) {
      const n = this.#counts[i]!;
      if (n > 0) hdr.recordValueWithCount(lowestOf(i), n);
    }
    return encodeIntoCompressedBase64(hdr);
  }

  /**
   * @param unitSeconds of one step of the values, which the encoding does not say; here they are nanoseconds
   * @throws {InputError} when the text is not a compressed HdrHistogram
   */
  static fromHdr(text: string, unitSeconds: Seconds = 1e-9): Histogram {
    const histogram = new Histogram();
    try {
      const hdr = decodeFromCompressedBase64(text, 64) as ReturnType<typeof decodeFromCompressedBase64> & HdrColumns;
      for (let i = 0; i < hdr.countsArrayLength; i++) {
        const n = hdr.getCountAtIndex(i);
        if (n > 0) histogram.#add(hdr.medianEquivalentValue(hdr.valueFromIndex(i)) * unitSeconds, n);
      }
    } catch (cause) {
      const error = new InputError("histogram", [
        { path: "", message: "is not a compressed HdrHistogram (V2, base64)" },
      ]);
      error.cause = cause;
      throw error;
    }
    return histogram;
  }

  #add(seconds: Seconds, n: number): void {
    // Recording may replace the column, so its bucket is known first.
    const bucket = this.record(seconds);
    this.#counts[bucket]! += n - 1;
    this.#count += n - 1;
  }

  #upTo(bucket: number): number {
    let seen = 0;
    const end = Math.min(bucket, this.#counts.length - 1);
    for (let i = 0; i <= end; i++) seen += this.#counts[i]!;
    return seen;
  }

  #grow(bucket: number): void {
    const larger = new Float64Array(Math.max(2 * this.#counts.length, bucket + 1));
    larger.set(this.#counts);
    this.#counts = larger;
  }
}

/** What the library's class has beyond its published interface. */
interface HdrColumns {
  readonly countsArrayLength: number;
  getCountAtIndex(index: number): number;
  valueFromIndex(index: number): number;
  medianEquivalentValue(value: number): number;
}

/** The HDR bucket of a time; times below 1024 ns have a bucket each, above it 1024 per doubling. */
export function bucketOf(seconds: Seconds): number {
  const ns = Math.min(nanosecondsMax, Math.round(seconds * 1e9));
  if (!(ns >= 1024)) return ns > 0 ? ns : 0;
  double[0] = ns;
  const upper = words[upperWord]!;
  return ((upper >>> 20) - 1023 - 9) * 1024 + ((upper >>> 10) & 1023);
}

/** How often the width of a nanosecond was doubled up to a bucket. */
const doublingsOf = (bucket: number): number => Math.max(0, Math.floor(bucket / 1024) - 1);
const widthOf = (bucket: number): number => 2 ** doublingsOf(bucket);
const lowestOf = (bucket: number): number => (bucket - 1024 * doublingsOf(bucket)) * widthOf(bucket);
const highestOf = (bucket: number): number => lowestOf(bucket) + widthOf(bucket) - 1;
/** The middle of a bucket, in seconds. */
export const middleOf = (bucket: number): Seconds => (lowestOf(bucket) + (widthOf(bucket) - 1) / 2) / 1e9;

/** Evenly spaced in the body, a fixed number per decade in the tail. */
function curveTargets(points: number): number[] {
  const body = Math.ceil(points * 0.75);
  const tail = points - body;
  const targets: number[] = [];
  for (let i = 1; i <= body; i++) targets.push((0.98 * i) / body);
  for (let i = 1; i <= tail; i++) targets.push(1 - 0.02 * (1e-5 / 0.02) ** (i / tail));
  return targets;
}

/**
 * Splits the stretches between instants until there are enough points; the curve is a straight line there anyway. A jump stays one jump, and a law
 * that is one atom gets its flat part from 0.
 */
function padded(seconds: number[], probability: number[], least: number): ReturnType<Histogram["curve"]> {
  if (seconds.length >= least) return { seconds, probability };
  if (seconds[0] !== 0) {
    seconds.unshift(0);
    probability.unshift(0);
  }
  const stretches = seconds.filter((x, i) => x > seconds[i - 1]!).length;
  const pieces = Math.ceil((least - seconds.length) / Math.max(1, stretches)) + 1;
  const finerSeconds = [seconds[0]!];
  const finerProbability = [probability[0]!];
  for (let i = 1; i < seconds.length; i++) {
    const parts = seconds[i]! > seconds[i - 1]! || stretches === 0 ? pieces : 1;
    for (let k = 1; k <= parts; k++) {
      const share = k / parts;
      finerSeconds.push(between(seconds[i - 1]!, seconds[i]!, share));
      finerProbability.push(between(probability[i - 1]!, probability[i]!, share));
    }
  }
  return { seconds: finerSeconds, probability: finerProbability };
}

/** Rounding must not carry a point past the end of its stretch, where the curve would fall back. */
const between = (from: number, to: number, share: number): number =>
  share === 1 ? to : Math.min(to, from + (to - from) * share);
