import { describe, expect, it } from "vitest";
import { source } from "../../src/random/source.ts";
import { ratioInterval } from "../../src/stats/intervals.ts";
import { joinedWindows, timeWindows, widest, windowInterval } from "../../src/stats/timeWindows.ts";

describe("the stretches of a measurement", () => {
  it("are 32 of equal length, the first and the last without end", () => {
    const at = [-5, 0, 0.99, 1, 31.9, 32, 99];
    expect(at.map(timeWindows(0, 32))).toEqual([0, 0, 0, 1, 31, 31, 31]);
    expect([10.5, 14, 138].map(timeWindows(10, 138))).toEqual([0, 1, 31]);
    expect([5, 9].map(timeWindows(5, 5))).toEqual([0, 0]);
  });

  it("are also joined by two and by four", () => {
    const parts = Array.from({ length: 32 }, (_, i) => i);
    const [alone, twos, fours] = joinedWindows(parts, (some) => some.reduce((sum, one) => sum + one, 0));
    expect(alone).toEqual(parts);
    expect(twos).toEqual(Array.from({ length: 16 }, (_, i) => 4 * i + 1));
    expect(fours).toEqual(Array.from({ length: 8 }, (_, i) => 16 * i + 6));
  });

  it("give the widest interval of the three", () => {
    const uniform = source(8, "parts");
    const parts = Array.from({ length: 32 }, (_, i) => ({ sum: (1 + (i >> 3)) * uniform(), weight: 1 + uniform() }));
    const pair = (each: number) =>
      Array.from({ length: 32 / each }, (_, i) => {
        const some = parts.slice(i * each, (i + 1) * each);
        return {
          sum: some.reduce((sum, part) => sum + part.sum, 0),
          weight: some.reduce((sum, part) => sum + part.weight, 0),
        };
      });
    const intervals = [1, 2, 4].map((each) => ratioInterval(pair(each)));
    const { value, low, high } = windowInterval(parts);
    expect(value).toBeCloseTo(intervals[0]!.value, 12);
    expect(low).toBeCloseTo(Math.min(...intervals.map((one) => one.low)), 12);
    expect(high).toBeCloseTo(Math.max(...intervals.map((one) => one.high)), 12);
  });
});

describe("the widest of intervals", () => {
  const unknown = { value: 9, low: Number.NaN, high: Number.NaN };

  it("has the first one's figure, which it holds", () => {
    const [a, b] = [
      { value: 1, low: 0.5, high: 1.5 },
      { value: 2, low: 0.8, high: 3 },
    ];
    expect(widest([a, b])).toEqual({ value: 1, low: 0.5, high: 3 });
    expect(widest([b, a])).toEqual({ value: 2, low: 0.5, high: 3 });
    expect(widest([{ ...unknown, value: 0.1 }, b])).toEqual({ value: 0.1, low: 0.1, high: 3 });
    expect(widest([{ ...unknown, value: 4 }, b])).toEqual({ value: 4, low: 0.8, high: 4 });
    expect(widest([{ value: 1, low: 1, high: 1 }, unknown])).toEqual({ value: 1, low: 1, high: 1 });
  });

  it("is unknown where all are", () => expect(widest([unknown, unknown])).toEqual(unknown));
});
