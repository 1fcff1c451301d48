import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../src/numerics/erf.ts";
import { source } from "../../src/random/source.ts";
import { meanInterval, quantileRanks, ratioError, ratioInterval, wilsonInterval } from "../../src/stats/intervals.ts";
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

describe("a running mean and variance", () => {
  it("do not cancel, over more values than a block holds, wherever the values lie", () => {
    const uniform = source(6, "moments");
    for (const offset of [0, 1e9]) {
      const values = Array.from({ length: 10_000 }, () => offset + uniform());
      const moments = new RunningMoments();
      for (const value of values) moments.record(value);
      const mean = offset + values.reduce((sum, value) => sum + (value - offset), 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(moments.count).toBe(10_000);
      expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-15 * (1 + offset) * 10);
      expect(moments.squares / squares).toBeCloseTo(1, 6);
      expect(variance(moments)).toBe(moments.squares / 9999);
    }
  });

  it("know a value from its repeats: no spread, not even by rounding", () => {
    const moments = new RunningMoments();
    for (let i = 0; i < 5000; i++) moments.record(0.1);
    expect([moments.mean, moments.squares]).toEqual([0.1, 0]);
    expect(variance({ count: 2, mean: 0, squares: 8 })).toBe(8);
  });
});

describe("Student's quantile", () => {
  const levels = [1e-6, 0.01, 0.2, 0.4999, 0.6, 0.975, 0.9995, 1 - 1e-9];

  it("is that of the closed forms for one, two and four degrees of freedom", () => {
    for (const p of levels) {
      const a = 4 * p * (1 - p);
      const t = Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a);
      const wanted = [
        [1, Math.tan(Math.PI * (p - 0.5))],
        [2, (2 * p - 1) * Math.sqrt(2 / a)],
        [4, Math.sign(p - 0.5) * 2 * Math.sqrt(t - 1)],
      ] as const;
      for (const [freedom, value] of wanted) expect(studentQuantile(p, freedom) / value).toBeCloseTo(1, 6);
    }
  });

  it("is odd about the median, and tends to the normal law's", () => {
    expect(studentQuantile(0.5, 3)).toBe(0);
    for (const freedom of [1, 3, 30]) {
      expect(studentQuantile(0.25, freedom)).toBe(-studentQuantile(0.75, freedom));
    }
    for (const p of [0.6, 0.975, 0.9999]) expect(studentQuantile(p, 1e7)).toBeCloseTo(normalQuantile(p), 5);
  });

  it("refuses levels and degrees of freedom that are none", () => {
    for (const p of [0, 1, -0.1, Number.NaN])
      expect(() => studentQuantile(p, 3)).toThrow(`studentQuantile: p must be in (0, 1), got ${p}`);
    expect(() => studentQuantile(0.9, 0.5)).toThrow("studentQuantile: freedom must be ≥ 1, got 0.5");
    expect(studentQuantile(0.9, 1)).toBeGreaterThan(3);
  });

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

  it("are Student's about a mean, and Cochran's about a ratio", () => {
    // 1 to 5: variance 2.5; t(0.975, 4) = 2.776445105 and t(0.995, 4) = 4.604094871.
    const moments = { count: 5, mean: 3, squares: 10 };
    const reach = 2.7764451051978 * Math.sqrt(2.5 / 5);
    expect(meanInterval(moments).low).toBeCloseTo(3 - reach, 9);
    expect(meanInterval(moments).high).toBeCloseTo(3 + reach, 9);
    expect(meanInterval(moments, 0.99).high).toBeCloseTo(3 + 4.60409487135 * Math.sqrt(0.5), 8);
    // Parts of sizes 1, 2 and 3 about their ratio of 2: the residuals are 0, −1 and 1.
    const parts = [
      { sum: 2, weight: 1 },
      { sum: 3, weight: 2 },
      { sum: 7, weight: 3 },
    ];
    const error = Math.sqrt((2 * 3) / 2) / 6;
    expect(ratioError(parts)).toBeCloseTo(error, 14);
    expect(ratioInterval(parts).value).toBe(2);
    expect(ratioInterval(parts).low).toBeCloseTo(2 - 4.302652729911 * error, 9);
    expect(ratioInterval(parts).high).toBeCloseTo(2 + 4.302652729911 * error, 9);
    expect(ratioInterval(parts, 0.9).high).toBeCloseTo(2 + 2.919985580353726 * error, 9);
  });

  it("of a share are Wilson's", () => {
    // R 4.4: prop.test(8, 10, correct = FALSE)
    expect(wilsonInterval(8, 10).low).toBeCloseTo(0.4901625, 6);
    expect(wilsonInterval(8, 10).high).toBeCloseTo(0.9433178, 6);
    expect(wilsonInterval(8, 10, 0.99).high).toBeGreaterThan(0.95);
    expect(wilsonInterval(10, 10).high).toBe(1);
    expect(wilsonInterval(0, 10).high).toBeCloseTo(1 - wilsonInterval(10, 10).low, 12);
    expect(wilsonInterval(0, 0)).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
    expect(() => wilsonInterval(-1, 2)).toThrow("wilsonInterval: successes must be in [0, trials], got -1");
  });

  it("of a share stay inside [0, 1] and say something at its ends", () => {
    expect(wilsonInterval(0, 100)).toMatchObject({ value: 0, low: 0 });
    expect(wilsonInterval(100, 100).low).toBeCloseTo(0.963, 3);
    expect(wilsonInterval(0, 0).value).toBeNaN();
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
  });

  it("of a share end exactly at 0 and 1 and never beyond, however the bound itself rounds", () => {
    for (let trials = 1; trials <= 300; trials++) {
      expect([wilsonInterval(0, trials).low, wilsonInterval(trials, trials).high]).toEqual([0, 1]);
      expect(wilsonInterval(1e-20, trials).low).toBeGreaterThanOrEqual(0);
      expect(wilsonInterval(trials * (1 - Number.EPSILON / 2), trials).high).toBeLessThanOrEqual(1);
    }
  });

  it("of quantiles agree between the exact and the approximate ranks", () => {
    const exact = quantileRanks(1000, 0.9);
    const close = quantileRanks(1001, 0.9);
    expect(Math.abs(exact.low - close.low)).toBeLessThanOrEqual(2);
    expect(Math.abs(exact.high - close.high)).toBeLessThanOrEqual(2);
    expect(quantileRanks(10, 0.999)).toMatchObject({ high: 11 });
  });

  it("of quantiles enclose with the binomial probability they promise, and with one rank less they would not", () => {
    for (const count of [1, 2, 7, 30, 59, 100, 1000]) {
      for (const p of count < 1000 ? [0.01, 0.3, 0.5, 0.95, 0.999] : [0.01, 0.3, 0.5]) {
        for (const level of [0.8, 0.95]) {
          const upTo = cumulativeBinomial(count, p);
          const tail = (1 - level) / 2;
          // P(at most k values below the quantile) for k = rank − 1 is what the lower bound leaves out.
          const lows = upTo.filter((below) => below <= tail).length;
          const high = upTo.findIndex((below) => below >= 1 - tail) + 1;
          expect(quantileRanks(count, p, level), `${count} ${p} ${level}`).toEqual({
            low: Math.min(lows, count),
            high,
          });
        }
      }
    }
  });

  it("of quantiles are those of the normal approximation for many values, within the sample", () => {
    // 1.959963984540054 · √(2000 · 0.25) = 43.83 and · √(1500 · 0.001 · 0.999) = 2.4
    expect(quantileRanks(2000, 0.5)).toEqual({ low: 956, high: 1045 });
    expect(quantileRanks(1500, 0.001)).toEqual({ low: 0, high: 5 });
    // 1.96 · √(2000 · 0.002 · 0.998) = 3.916; the exact lower rank would be 1.
    expect(quantileRanks(2000, 0.002)).toEqual({ low: 0, high: 9 });
    expect(quantileRanks(1500, 0.999)).toEqual({ low: 1496, high: 1501 });
    for (const p of [0, 1]) expect(() => quantileRanks(5, p)).toThrow(`quantileRanks: p must be in (0, 1), got ${p}`);
    expect(() => quantileRanks(0, 0.5)).toThrow("quantileRanks: count must be ≥ 1, got 0");
  });

  it("say unknown where there is nothing to tell from", () => {
    expect(meanInterval(noMoments).value).toBeNaN();
    expect(meanInterval({ count: 1, mean: 4, squares: 0 })).toEqual({ value: 4, low: Number.NaN, high: Number.NaN });
    expect(ratioInterval([{ sum: 3, weight: 2 }])).toEqual({ value: 1.5, low: Number.NaN, high: Number.NaN });
    expect(
      ratioError([
        { sum: 1, weight: 1 },
        { sum: 3, weight: 1 },
      ]),
    ).toBe(1);
    // 49 forty-ninths are a little less than 1, so that a spread of rounding is left.
    expect(ratioError([{ sum: 1, weight: 49 }])).toBeNaN();
    expect(ratioInterval([{ sum: 1, weight: 0 }]).value).toBeNaN();
    const nothing = { sum: 0, weight: 0 };
    expect(ratioInterval([nothing, nothing]).value).toBeNaN();
    expect(ratioError([nothing, nothing])).toBeNaN();
  });
});

/** P(at most k successes), k = 0 … n. */
function cumulativeBinomial(n: number, p: number): number[] {
  let term = (1 - p) ** n;
  let sum = term;
  const sums = [sum];
  for (let k = 1; k <= n; k++) {
    term *= ((n - k + 1) / k) * (p / (1 - p));
    sum += term;
    sums.push(sum);
  }
  return sums;
}
