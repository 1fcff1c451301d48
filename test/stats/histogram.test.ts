import fc from "fast-check";
import { build, decodeFromCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/base/check.ts";
import { source } from "../../src/random/source.ts";
import { bucketOf, Histogram, middleOf } from "../../src/stats/histogram.ts";

const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
const of = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

describe("histogram", () => {
  it("knows every quantile to 0.1 % and a nanosecond", () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(p * sorted.length - 1e-9) - 1)]!;
        expect(Math.abs(of(values).quantile(p) - exact)).toBeLessThanOrEqual(1e-3 * exact + 1e-9);
      }),
      { seed: 1 },
    );
  });

  it("joins as if everything had been recorded in one", () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const joined = of(a);
        joined.merge(of(b));
        const both = of([...a, ...b]);
        expect(joined.count).toBe(both.count);
        for (const p of [0, 0.3, 0.5, 0.99, 1]) expect(joined.quantile(p)).toBe(both.quantile(p));
      }),
      { seed: 1 },
    );
  });

  it("survives the HdrHistogram text", () => {
    fc.assert(
      fc.property(times, (values) => {
        const histogram = of(values);
        const copy = Histogram.fromHdr(histogram.toHdr());
        expect(copy.count).toBe(histogram.count);
        for (const p of [0.1, 0.5, 0.9, 1]) expect(copy.quantile(p)).toBe(histogram.quantile(p));
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("loses no count where the text makes it grow", () => {
    const histogram = of([1e5, 1e5, 1e5]);
    const copy = Histogram.fromHdr(histogram.toHdr());
    expect(copy.counts.reduce((sum, n) => sum + n, 0)).toBe(3);
  });

  it("refuses what is not such a text", () => {
    const read = () => Histogram.fromHdr("AAAA");
    expect(read).toThrow(InputError);
    expect(read).toThrow(/histogram.*is not a compressed HdrHistogram \(V2, base64\)/s);
    expect(read).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });

  it("has room for a value in the first bucket beyond its columns, recorded or added", () => {
    const first = new Histogram().counts.length;
    const histogram = of([middleOf(first)]);
    expect(histogram.counts[first]).toBe(1);
    const other = new Histogram();
    other.merge(histogram);
    expect([other.counts[first], other.quantile(0.5)]).toEqual([1, middleOf(first)]);
  });

  it("draws a curve that never falls, however few values and however they round", () => {
    fc.assert(
      fc.property(times, (values) => {
        const { seconds, probability } = of(values).curve();
        for (const column of [seconds, probability]) expect(column).toEqual(column.toSorted((a, b) => a - b));
        expect(probability.at(-1)).toBe(1);
        expect(seconds.at(-1)).toBe(middleOf(bucketOf(Math.max(...values))));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("draws a rising curve of at least 200 points that ends at one, an atom as two points at one instant", () => {
    const uniform = source(3, "curve");
    const values = Array.from({ length: 20_000 }, () => (uniform() < 0.3 ? 0.002 : -Math.log1p(-uniform()) * 0.01));
    const { seconds, probability } = of(values).curve();
    expect(seconds.length).toBeGreaterThanOrEqual(200);
    expect(probability.at(-1)).toBe(1);
    expect(seconds.every((x, i) => i === 0 || x >= seconds[i - 1]!)).toBe(true);
    expect(probability.every((p, i) => i === 0 || p >= probability[i - 1]!)).toBe(true);
    const jumps = seconds.filter(
      (x, i) => i > 0 && x === seconds[i - 1] && probability[i]! - probability[i - 1]! > 0.25,
    );
    expect(jumps).toHaveLength(1);
  });

  it("draws the distribution function itself: every point lies on its step", () => {
    const uniform = source(4, "steps");
    const values = Array.from({ length: 20_000 }, () => (uniform() < 0.05 ? 0.005 : uniform() * 0.02));
    const histogram = of(values);
    const { seconds, probability } = histogram.curve();
    const sorted = Float64Array.from(values, bucketOf).sort();
    for (const [i, x] of seconds.entries()) {
      const bucket = bucketOf(x);
      const below = sorted.filter((other) => other < bucket).length / 20_000;
      const upTo = sorted.filter((other) => other <= bucket).length / 20_000;
      expect([below, upTo]).toContain(probability[i]);
    }
    expect(seconds[0]).toBe(middleOf(sorted[0]!));
    expect(probability[0]).toBe(0);
    expect(seconds.at(-1)).toBe(middleOf(sorted.at(-1)!));
    // Evenly in the body, and some points per decade of the tail.
    const between = (low: number, high: number) => probability.filter((p) => p > low && p <= high).length;
    expect(between(0.3, 0.6) / between(0.6, 0.9)).toBeCloseTo(1, 0);
    expect(between(0.99, 0.999)).toBeGreaterThan(5);
  });

  it("draws the first step at or above each target: three quarters evenly up to 0.98, the rest by decades, and all beyond 1 − 1e-5", () => {
    // Bucket by bucket an exponential law, finer than the targets lie.
    const share = (bucket: number) => Math.exp(-bucket / 700);
    const counts = Float64Array.from({ length: 16_000 }, (_, i) => Math.round(1e12 * (share(i) - share(i + 1))));
    const histogram = new Histogram();
    histogram.addCounts(counts);
    let seen = 0;
    const steps = [...counts.filter((n) => n > 0)].map((n) => {
      seen += n;
      return seen / histogram.count;
    });
    const body = Array.from({ length: 192 }, (_, i) => (0.98 * (i + 1)) / 192);
    const tail = Array.from({ length: 64 }, (_, i) => 1 - 0.02 * (1e-5 / 0.02) ** ((i + 1) / 64));
    const drawn = steps.filter(
      (p, i) => p >= tail.at(-1)! || [...body, ...tail].some((target) => target <= p && target > (steps[i - 1] ?? 0)),
    );
    expect(histogram.curve(256).probability).toEqual([0, ...drawn]);
  });

  it("draws as a jump what holds more than two points' share", () => {
    const counts = new Float64Array(8000);
    for (let i = 0; i < 100; i++) counts[40 * i] = 9;
    counts[5000] = 70;
    counts[6000] = 15;
    const histogram = new Histogram();
    histogram.addCounts(counts);
    const { seconds } = histogram.curve(100);
    const points = (bucket: number) => seconds.filter((x) => x === middleOf(bucket)).length;
    expect([points(400), points(5000), points(6000)]).toEqual([1, 2, 1]);
  });

  it("fills a curve of few values with points of its straight lines, and starts it at 0", () => {
    const { seconds, probability } = of([1, 3]).curve(100);
    // Two stretches of 49 pieces each, two jumps and the start; 99 pieces where nothing says how many points.
    expect(seconds).toHaveLength(101);
    expect(of([1, 3]).curve().seconds).toHaveLength(201);
    const [one, three] = [middleOf(bucketOf(1)), middleOf(bucketOf(3))];
    const flat = seconds.map((x, i) => [x, probability[i]!] as const);
    for (const [x, p] of flat) {
      if (x < one) expect(p).toBe(0);
      if (x > one && x < three) expect(p).toBe(0.5);
    }
    expect(flat.filter(([x]) => x === one).map(([, p]) => p)).toEqual([0, 0.5]);
    expect(flat.filter(([x]) => x === three).map(([, p]) => p)).toEqual([0.5, 1]);
    expect(seconds[0]).toBe(0);
    const gaps = seconds.slice(1).map((x, i) => x - seconds[i]!);
    expect(Math.max(...gaps)).toBeLessThan(0.05);
    // A law that is nothing but 0 has no stretch to split.
    const zeros = of([0, 0]).curve(10);
    expect(zeros.seconds).toHaveLength(10);
    expect(new Set(zeros.seconds)).toEqual(new Set([0]));
    expect(zeros.probability.at(-1)).toBe(1);
  });

  it("has the buckets of HdrHistogram: one each below 2048 ns, 1024 per doubling above, the last at 104 days", () => {
    for (const ns of [0, 1, 1023, 1024, 1025, 2047]) expect(bucketOf(ns / 1e9)).toBe(ns);
    expect([2048, 2049, 2050, 4095].map((ns) => bucketOf(ns / 1e9))).toEqual([2048, 2048, 2049, 3071]);
    expect(middleOf(2047) * 1e9).toBeCloseTo(2047, 9);
    expect(middleOf(2048) * 1e9).toBeCloseTo(2048.5, 9);
    expect(middleOf(3072) * 1e9).toBeCloseTo(4097.5, 9);
    expect(bucketOf(-1)).toBe(0);
    expect(bucketOf(Number.NaN)).toBe(0);
    expect(bucketOf(1e9)).toBe(bucketOf(2 ** 53 / 1e9));
  });

  it("writes the text that the HdrHistogram library reads, count by count", () => {
    const values = [0, 1e-9, 1.5e-6, 0.003, 0.003, 7.25];
    const theirs = build({ highestTrackableValue: 1e11, numberOfSignificantValueDigits: 3, bitBucketSize: 64 });
    for (const value of values) theirs.recordValue(Math.round(value * 1e9));
    const ours = decodeFromCompressedBase64(of(values).toHdr(), 64);
    expect(ours.totalCount).toBe(6);
    for (const p of [0, 20, 40, 60, 90, 100]) expect(ours.getValueAtPercentile(p)).toBe(theirs.getValueAtPercentile(p));
    expect(decodeFromCompressedBase64(new Histogram().toHdr(), 64).totalCount).toBe(0);
    // The text does not say its unit: 250 nanoseconds here are 250 milliseconds there.
    const milliseconds = Histogram.fromHdr(of([250e-9, 250e-9]).toHdr(), 1e-3);
    expect(milliseconds.count).toBe(2);
    expect(milliseconds.quantile(0.5)).toBeCloseTo(0.25, 3);
  });

  it("counts, forgets, and gives its counts to others", () => {
    const histogram = of([0.001, 0.002]);
    expect(histogram.record(1e5)).toBe(bucketOf(1e5));
    expect([histogram.count, histogram.cdf(0.0015), histogram.cdf(0.002), histogram.cdf(1e6)]).toEqual([
      3,
      1 / 3,
      2 / 3,
      1,
    ]);
    expect(histogram.cdf(-1)).toBe(0);
    expect([of([0, 0]).cdf(-1), of([0, 0]).cdf(0)]).toEqual([0, 1]);
    expect([histogram.bucketAt(0), histogram.bucketAt(1)]).toEqual([bucketOf(0.001), bucketOf(1e5)]);
    const other = new Histogram();
    other.addCounts(histogram.counts);
    expect([other.count, other.quantile(1)]).toEqual([3, histogram.quantile(1)]);
    histogram.clear();
    expect([histogram.count, histogram.bucketAt(0.5), histogram.cdf(1)]).toEqual([0, -1, 0]);
    expect(histogram.counts.every((n) => n === 0)).toBe(true);
    for (const p of [-0.1, 1.1])
      expect(() => other.quantile(p)).toThrow(`Histogram.quantile: p must be in [0, 1], got ${p}`);
  });

  it("says NaN when empty", () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
    expect(new Histogram().cdf(1)).toBe(0);
    expect(new Histogram().curve().seconds).toEqual([]);
  });
});
