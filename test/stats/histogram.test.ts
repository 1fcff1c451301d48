import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/base/check.ts";
import { source } from "../../src/random/source.ts";
import { Histogram } from "../../src/stats/histogram.ts";

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

  it("refuses what is not such a text", () => expect(() => Histogram.fromHdr("AAAA")).toThrow(InputError));

  it("draws a curve that never falls, however few values and however they round", () => {
    fc.assert(
      fc.property(times, (values) => {
        const { seconds, probability } = of(values).curve();
        for (const column of [seconds, probability]) expect(column).toEqual(column.toSorted((a, b) => a - b));
        expect(probability.at(-1)).toBe(1);
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

  it("says NaN when empty", () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
    expect(new Histogram().cdf(1)).toBe(0);
    expect(new Histogram().curve().seconds).toEqual([]);
  });
});
