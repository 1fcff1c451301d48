import { describe, expect, it } from "vitest";
import { source } from "../../src/random/source.ts";
import { latencyAnswerOf } from "../../src/scenario/latencyAnswer.ts";
import { latencyOverTime } from "../../src/scenario/latencyOverTime.ts";
import { timeWindows, windowInterval } from "../../src/stats/timeWindows.ts";

/** Ten seconds of an M/M/1 queue at half its load, after as many of warm-up. */
function queued(): { readonly at: Float64Array; readonly latency: Float64Array } {
  const uniform = source(1, "queue");
  const [at, latency]: [number[], number[]] = [[], []];
  let free = 0;
  for (let now = 0; now < 20; now += -Math.log1p(-uniform()) / 100) {
    free = Math.max(free, now) - Math.log1p(-uniform()) * 0.005;
    if (now < 10) continue;
    at.push(now);
    latency.push(free - now);
  }
  return { at: Float64Array.from(at), latency: Float64Array.from(latency) };
}

describe("the law of a time over a stretch of time", () => {
  const report = {
    quantiles: [0.5, 0.9, 0.999],
    cdfAt: [0.01],
    buckets: [0.01, 0.1],
    objective: 0.02,
    tolerance: { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 },
  };
  const { at, latency } = queued();
  // Made in each test, so that a fault is alive in them.
  const made = () => latencyOverTime(latency, at, report);

  it("has the figures of the sample, and intervals no narrower than those of independent values", () => {
    const law = made();
    const alone = latencyAnswerOf(latency, report);
    for (const [i, { value }] of law.quantiles.entries()) {
      const independent = alone.quantiles[i]!.value;
      expect(value.value).toBe(independent.value);
      expect(value.low).toBeLessThanOrEqual(independent.low);
      expect(value.high).toBeGreaterThanOrEqual(independent.high);
    }
    expect(law.mean.value).toBeCloseTo(alone.mean.value, 12);
    expect(law.mean.high - law.mean.low).toBeGreaterThan(alone.mean.high - alone.mean.low);
    expect(law.curve).toEqual(alone.curve);
    expect(law.cdf[0]!.value.value).toBeCloseTo(alone.cdf[0]!.value.value, 12);
  });

  it("gives no upper end to a quantile that the sample is too small for", () => {
    const law = made();
    expect(law.quantiles.at(-1)!.value.high).toBe(Infinity);
    expect(law.quantiles[0]!.value.high).toBeLessThan(Infinity);
  });

  it("does not depend on the unit of time, nor on when it began", () => {
    const law = made();
    const later = at.map((instant) => 1000 + 3 * instant);
    expect(latencyOverTime(latency, later, report).mean.low).toBeCloseTo(law.mean.low, 9);
  });

  it("counts failures against the objective in the stretch they fell in", () => {
    const law = made();
    const failedAt = Float64Array.from({ length: 50 }, () => at[0]! + 1);
    const failing = latencyOverTime(latency, at, report, { failedAt });
    expect(failing.withinObjective!.value).toBeLessThan(law.withinObjective!.value);
    expect(failing.withinObjective!.low).toBeLessThan(law.withinObjective!.low);
  });

  it("of one value or none is what is known", () => {
    const none = latencyOverTime(new Float64Array(), new Float64Array(), report);
    expect(none.quantiles[0]!.value.value).toBeNaN();
    const one = latencyOverTime(Float64Array.of(0.5), Float64Array.of(1), report);
    expect(one.quantiles[0]!.value).toEqual({ value: 0.5, low: 0, high: Infinity });
  });

  it("reads a quantile where the distribution function is as uncertain as its scatter between the stretches", () => {
    // All values in a stretch are alike, so that 32 stretches are all there is to tell from.
    const instants = Float64Array.from({ length: 3200 }, (_, i) => i);
    const values = instants.map((i) => 1 + Math.floor(i / 100));
    const [half] = latencyOverTime(values, instants, { ...report, quantiles: [0.5] }).quantiles;
    expect(half!.value.value).toBe(16);
    const parts = Array.from({ length: 32 }, (_, i) => ({ sum: i < 16 ? 100 : 0, weight: 100 }));
    const below = windowInterval(parts);
    expect(half!.value.low).toBe(Math.ceil((0.5 - (below.high - below.value)) * 32));
    expect(half!.value.high).toBe(Math.ceil((0.5 + (below.high - below.value)) * 32 + 1e-9));
    const ends = latencyOverTime(values, instants, { ...report, quantiles: [0, 1] }).quantiles;
    expect(ends.map(({ value }) => value)).toEqual([
      { value: 1, low: 1, high: 1 },
      { value: 32, low: 32, high: 32 },
    ]);
  });

  it("cuts the time from the first request to the last, those that failed among them", () => {
    const [first, last] = [at[0]! - 10, at.at(-1)! + 10];
    const failedAt = Float64Array.from({ length: 129 }, (_, i) => first + (i / 128) * (last - first));
    const windowOf = timeWindows(first, last);
    const parts = Array.from({ length: 32 }, () => ({ sum: 0, weight: 0 }));
    const within = Array.from({ length: 32 }, () => ({ sum: 0, weight: 0 }));
    for (const [i, x] of latency.entries()) {
      const window = windowOf(at[i]!);
      parts[window]!.sum += x;
      parts[window]!.weight++;
      within[window]!.sum += x <= 0.02 ? 1 : 0;
      within[window]!.weight++;
    }
    for (const instant of failedAt) within[windowOf(instant)]!.weight++;
    const law = latencyOverTime(latency, at, report, { failedAt });
    const mean = windowInterval(parts);
    expect([law.mean.low, law.mean.high]).toEqual([expect.closeTo(mean.low, 12), expect.closeTo(mean.high, 12)]);
    const share = windowInterval(within);
    expect(law.withinObjective!.value).toBeCloseTo(share.value, 12);
    expect(law.withinObjective!.low).toBeCloseTo(share.low, 12);
    const shuffled = latencyOverTime(latency.toReversed(), at.toReversed(), report, {
      failedAt: failedAt.toReversed(),
    });
    expect(shuffled.mean.low).toBeCloseTo(law.mean.low, 12);
  });

  it("has shares and moments between the widest ends of 32, 16 and 8 stretches", () => {
    const windowOf = timeWindows(at[0]!, at.at(-1)!);
    const parts = Array.from({ length: 32 }, () => ({ sum: 0, weight: 0 }));
    for (const [i, x] of latency.entries()) {
      const part = parts[windowOf(at[i]!)]!;
      part.sum += x;
      part.weight++;
    }
    const law = made();
    const mean = windowInterval(parts);
    expect(law.mean.low).toBeCloseTo(mean.low, 12);
    expect(law.mean.high).toBeCloseTo(mean.high, 12);
    expect(law.cdf[0]!.at).toBe(0.01);
    expect(law.buckets.map(({ upTo }) => upTo)).toEqual([0.01, 0.1, Infinity]);
    expect(law.buckets[0]!.value).toEqual(law.cdf[0]!.value);
    expect(latencyOverTime(latency, at, { ...report, objective: null }).withinObjective).toBeNull();
  });
});
