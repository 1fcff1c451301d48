import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxWindow, timeWindow } from "../../../src/policies/scaling/maxWindow.ts";
import { metricCollector } from "../../../src/policies/scaling/metricCollector.ts";
import {
  linearWindow,
  type MetricWindow,
  smoothingCoefficient,
  weightedWindow,
} from "../../../src/policies/scaling/metricWindow.ts";

interface Write {
  readonly at: number;
  readonly value: number;
}

/** What upstream's buckets hold, kept as a list. */
function play(window: MetricWindow, writes: readonly Write[], seconds: number, granularity: number) {
  let held: { bucket: number; value: number }[] = [];
  let [first, last] = [Number.NaN, -Infinity];
  for (const { at, value } of writes) {
    window.record(at, value);
    const bucket = Math.floor(at / granularity);
    if ((last - bucket) * granularity >= seconds) continue;
    if ((bucket - last) * granularity >= seconds) [held, first] = [[], bucket];
    first = Math.min(first, bucket);
    last = Math.max(last, bucket);
    held.push({ bucket, value });
  }
  const length = Math.ceil(seconds / granularity);
  const upTo = (now: number) => Math.max(Math.floor(now / granularity), last);
  return {
    silence: (now: number) => (upTo(now) - last) * granularity,
    /** How many buckets since the first write, and how many the window still has of those written. */
    divisor: (now: number) => Math.min(last - first + 1, length - (upTo(now) - last)),
    /** Age in buckets and value of what is in the window. */
    inWindow: (now: number) =>
      held.map(({ bucket, value }) => ({ age: upTo(now) - bucket, bucket, value })).filter(({ age }) => age < length),
  };
}

const writes = fc
  .array(fc.record({ wait: fc.integer({ min: -5, max: 9 }), value: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((steps) => {
    let at = 100;
    return steps.map(({ wait, value }) => {
      at += wait;
      return { at, value };
    });
  });
const shapes = fc.constantFrom([6, 1], [7, 1], [6, 2], [5, 2], [1, 1]) as fc.Arbitrary<[number, number]>;
const waits = fc.integer({ min: 0, max: 9 });

describe("the linear window", () => {
  it("is the sum over the buckets since the first write, at most the window", () => {
    fc.assert(
      fc.property(shapes, writes, waits, ([seconds, granularity], list, wait) => {
        const window = linearWindow(seconds, granularity);
        const model = play(window, list, seconds, granularity);
        const now = list.at(-1)!.at + wait;
        const sum = model.inWindow(now).reduce((total, { value }) => total + value, 0);
        const wanted = model.silence(now) >= seconds ? 0 : sum / model.divisor(now);
        expect(Math.abs(window.average(now) - wanted)).toBeLessThanOrEqual(0.500001e-6);
        expect(window.isEmpty(now)).toBe(
          Math.floor(now / granularity) * granularity - lastOf(list, granularity) > seconds,
        );
      }),
      { seed: 41, numRuns: 400 },
    );
  });

  it("is rounded to six digits, and 0 before anything was written", () => {
    const window = linearWindow(60);
    expect([window.average(5), window.isEmpty(5), window.hasFirstWrite, window.bucketCount]).toEqual([
      0,
      true,
      false,
      60,
    ]);
    window.record(0, 1);
    window.record(1, 0);
    window.record(2, 1);
    expect([window.average(2), window.hasFirstWrite]).toEqual([0.666667, true]);
  });

  it("shows what is in it, oldest first", () => {
    fc.assert(
      fc.property(shapes, writes, waits, ([seconds, granularity], list, wait) => {
        const window = linearWindow(seconds, granularity);
        const model = play(window, list, seconds, granularity);
        const now = list.at(-1)!.at + wait;
        const sums = new Map<number, number>();
        for (const { bucket, value } of model.inWindow(now)) sums.set(bucket, (sums.get(bucket) ?? 0) + value);
        const wanted = [...sums].filter(([, value]) => value > 0).sort(([a], [b]) => a - b);
        expect(window.nonZero(now)).toEqual(wanted.map(([bucket, value]) => [bucket * granularity, value]));
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("keeps its newest buckets when it gets another length, unless it was silent for too long", () => {
    const filled = () => {
      const window = linearWindow(6);
      for (let at = 10; at < 16; at++) window.record(at, at);
      return window;
    };
    const resized = (seconds: number, now: number) => {
      const window = filled();
      window.resize(seconds, now);
      return window;
    };
    expect(resized(3, 15).nonZero(15)).toEqual([13, 14, 15].map((at) => [at, at]));
    expect(resized(3, 15).average(15)).toBe(14);
    expect(resized(9, 15).average(15)).toBe(12.5);
    expect(resized(9, 15).bucketCount).toBe(9);
    expect(resized(6, 99).hasFirstWrite).toBe(true);
    expect(resized(3, 21).hasFirstWrite).toBe(true);
    expect(resized(3, 22).hasFirstWrite).toBe(false);
    const later = resized(9, 15);
    later.record(16, 16);
    expect(later.average(16)).toBe(13);
    const wide = linearWindow(8, 2);
    wide.record(0, 4);
    wide.resize(4, 8);
    expect([wide.hasFirstWrite, wide.bucketCount]).toEqual([true, 2]);
    wide.resize(8, 10);
    expect(wide.hasFirstWrite).toBe(false);
  });

  it("needs a length and a granularity", () => {
    for (const seconds of [0, -1, Infinity, Number.NaN]) {
      expect(() => linearWindow(seconds)).toThrow(`metric window: windowSeconds must be > 0, got ${seconds}`);
    }
    expect(() => weightedWindow(6, 0)).toThrow("metric window: granularitySeconds must be > 0, got 0");
  });
});

describe("the weighted window", () => {
  it("weighs each bucket by its age, the silent ones at its end included", () => {
    fc.assert(
      fc.property(shapes, writes, waits, ([seconds, granularity], list, wait) => {
        const window = weightedWindow(seconds, granularity);
        const model = play(window, list, seconds, granularity);
        const now = list.at(-1)!.at + wait;
        const coefficient = smoothingCoefficient(Math.ceil(seconds / granularity));
        const wanted = model
          .inWindow(now)
          .reduce((sum, { age, value }) => sum + value * coefficient * (1 - coefficient) ** age, 0);
        expect(window.average(now)).toBeCloseTo(model.silence(now) > seconds ? 0 : wanted, 9);
      }),
      { seed: 43, numRuns: 300 },
    );
  });

  it("gives the newest a fifth at least, and all together 99.99 %", () => {
    expect([smoothingCoefficient(1), smoothingCoefficient(1000)]).toEqual([0.9999, 0.2]);
    const coefficient = smoothingCoefficient(6);
    const all = Array.from({ length: 6 }, (_, age) => coefficient * (1 - coefficient) ** age);
    expect(all.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0.9999, 12);
  });
});

describe("the windows of a revision", () => {
  it("tell both figures over both lengths; nothing, where pods were asked and nobody spoke for a window", () => {
    const made = (aggregation: "linear" | "weightedExponential", scrapes: boolean) => {
      const collector = metricCollector({ stableWindowSeconds: 60, panicWindowSeconds: 6, aggregation, scrapes });
      collector.record(0, { concurrency: 4, requestsPerSecond: 40 });
      collector.record(9, { concurrency: 2, requestsPerSecond: 20 });
      return collector;
    };
    const linear = made("linear", true);
    expect(linear.concurrency(9)).toEqual({ stable: 0.6, panic: 2 });
    expect(linear.requestsPerSecond(9)).toEqual({ stable: 6, panic: 20 });
    expect(linear.concurrency(69)).toEqual({ stable: 0, panic: 0 });
    expect(linear.concurrency(70)).toBeNull();
    expect(made("linear", false).concurrency(70)).toEqual({ stable: 0, panic: 0 });
    const newest = 2 * smoothingCoefficient(60);
    expect(made("weightedExponential", true).concurrency(9)!.stable).toBeGreaterThan(newest);
  });
});

describe("the largest of a window", () => {
  it("is that of the last indices", () => {
    const steps = fc.array(fc.record({ wait: fc.nat({ max: 3 }), value: fc.nat({ max: 9 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), steps, (size, list) => {
        const window = maxWindow(size);
        const seen: { index: number; value: number }[] = [];
        let index = 0;
        expect(window.current).toBe(-Infinity);
        for (const { wait, value } of list) {
          index += wait;
          window.record(index, value);
          seen.push({ index, value });
          const inWindow = seen.filter((other) => other.index > index - size);
          expect(window.current).toBe(Math.max(...inWindow.map((other) => other.value)));
        }
      }),
      { seed: 44, numRuns: 200 },
    );
  });

  it("counts time in whole granules, and without any holds the newest value only", () => {
    const window = timeWindow({ durationSeconds: 5, granularitySeconds: 2 });
    window.record(1.9, 7);
    window.record(5.9, 1);
    expect(window.current).toBe(7);
    window.record(6, 2);
    expect(window.current).toBe(2);
    const none = timeWindow({ durationSeconds: 0, granularitySeconds: 2 });
    for (const value of [5, 3, 4]) {
      none.record(8, value);
      expect(none.current).toBe(value);
    }
  });
});

/** When the last bucket that was written begins, seconds. */
const lastOf = (list: readonly Write[], granularity: number): number =>
  Math.max(...list.map(({ at }) => Math.floor(at / granularity))) * granularity;
