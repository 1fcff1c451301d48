import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { source } from "../../src/random/source.ts";
import { meanInterval, quantileRanks, ratioInterval, wilsonInterval } from "../../src/stats/intervals.ts";
import { joinMoments, noMoments, RunningMoments, variance } from "../../src/stats/moments.ts";
import { studentQuantile } from "../../src/stats/studentQuantile.ts";

describe("moments", () => {
  it("join as if everything had been recorded in one", () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const of = (list: readonly number[]) => {
          const moments = new RunningMoments();
          for (const value of list) moments.record(value);
          return moments;
        };
        const joined = joinMoments(of(a), of(b));
        const both = of([...a, ...b]);
        expect(joined.count).toBe(both.count);
        expect(joined.mean).toBeCloseTo(both.mean, 8);
        expect(joined.squares).toBeCloseTo(both.squares, 4);
      }),
      { seed: 1 },
    );
    expect(joinMoments(noMoments, noMoments)).toEqual(noMoments);
    expect(variance({ count: 1, mean: 3, squares: 0 })).toBeNaN();
  });
});

describe("Student's quantile", () => {
  // scipy 1.14: scipy.stats.t.ppf
  for (const [p, freedom, wanted] of [
    [0.975, 1, 12.706204736432095],
    [0.975, 7, 2.3646242510102993],
    [0.995, 31, 2.744041917],
    [0.9, 3, 1.6377443536962102],
    [0.025, 15, -2.131449545559323],
    [0.99995, 1000, 3.9061],
  ] as const) {
    it(`t(${p}, ${freedom})`, () => expect(studentQuantile(p, freedom)).toBeCloseTo(wanted, freedom === 1000 ? 2 : 8));
  }
});

describe("intervals", () => {
  it("cover the truth about as often as they say", () => {
    const uniform = source(5, "coverage");
    let means = 0;
    let ratios = 0;
    let medians = 0;
    const runs = 1000;
    for (let run = 0; run < runs; run++) {
      const values = Array.from({ length: 60 }, () => -Math.log1p(-uniform()));
      const moments = new RunningMoments();
      for (const value of values) moments.record(value);
      const mean = meanInterval(moments);
      if (mean.low <= 1 && 1 <= mean.high) means++;
      const parts = Array.from({ length: 10 }, (_, i) => {
        const part = values.slice(6 * i, 6 * i + 6);
        return { sum: part.reduce((a, b) => a + b, 0), weight: part.length };
      });
      const ratio = ratioInterval(parts);
      if (ratio.low <= 1 && 1 <= ratio.high) ratios++;
      const sorted = values.toSorted((a, b) => a - b);
      const { low, high } = quantileRanks(60, 0.5);
      if (sorted[low - 1]! <= Math.LN2 && Math.LN2 <= sorted[high - 1]!) medians++;
    }
    for (const hits of [means, ratios]) expect(hits / runs).toBeGreaterThan(0.91);
    expect(medians / runs).toBeGreaterThan(0.94);
  });

  it("of a share stay inside [0, 1] and say something at its ends", () => {
    expect(wilsonInterval(0, 100)).toMatchObject({ value: 0, low: 0 });
    expect(wilsonInterval(100, 100).low).toBeCloseTo(0.963, 3);
    expect(wilsonInterval(0, 0).value).toBeNaN();
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
  });

  it("of quantiles agree between the exact and the approximate ranks", () => {
    const exact = quantileRanks(1000, 0.9);
    const close = quantileRanks(1001, 0.9);
    expect(Math.abs(exact.low - close.low)).toBeLessThanOrEqual(2);
    expect(Math.abs(exact.high - close.high)).toBeLessThanOrEqual(2);
    expect(quantileRanks(10, 0.999)).toMatchObject({ high: 11 });
  });

  it("say unknown where there is nothing to tell from", () => {
    expect(meanInterval(noMoments).value).toBeNaN();
    expect(ratioInterval([{ sum: 3, weight: 2 }])).toMatchObject({ value: 1.5, low: Number.NaN });
  });
});
