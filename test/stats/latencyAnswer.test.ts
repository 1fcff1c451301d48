import { describe, expect, it } from "vitest";
import { source } from "../../src/random/source.ts";
import { latencyAnswer, latencyAnswerOf } from "../../src/scenario/latencyAnswer.ts";
import { LatencyRecorder } from "../../src/scenario/latencyRecorder.ts";
import type { ReportSpec } from "../../src/scenario/scenario.ts";

const report: ReportSpec = {
  quantiles: [0.5, 0.9, 0.99],
  cdfAt: [0.01, 0.02],
  buckets: [0.005, 0.01, 0.05],
  objective: 0.02,
  tolerance: { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 },
};

const exponentials = (count: number, name: string): Float64Array => {
  const uniform = source(1, name);
  return Float64Array.from({ length: count }, () => -Math.log1p(-uniform()) * 0.01);
};

describe("a recorder", () => {
  it("says after `clear` what a new one says", () => {
    const used = new LatencyRecorder(report);
    for (const seconds of exponentials(500, "before")) used.record(10 * seconds);
    used.failures = 3;
    used.clear();
    expect(used.sample()).toEqual(new LatencyRecorder(report).sample());
    const fresh = new LatencyRecorder(report);
    for (const seconds of exponentials(500, "after")) for (const one of [used, fresh]) one.record(seconds);
    expect(used.sample()).toEqual(fresh.sample());
  });
});

describe("the law of a sample", () => {
  const values = exponentials(5000, "sample");
  const answer = latencyAnswerOf(values, report, { failures: 100 });

  it("has exact quantiles, shares and moments", () => {
    const sorted = values.slice().sort();
    for (const { q, value } of answer.quantiles) expect(value.value).toBe(sorted[Math.ceil(q * 5000) - 1]);
    const upTo = (x: number) => sorted.filter((value) => value <= x).length;
    expect(answer.cdf.map(({ value }) => value.value)).toEqual([upTo(0.01) / 5000, upTo(0.02) / 5000]);
    const shares = [upTo(0.005), upTo(0.01) - upTo(0.005), upTo(0.05) - upTo(0.01), 5000 - upTo(0.05)];
    expect(answer.buckets.map(({ value }) => value.value)).toEqual(shares.map((count) => count / 5000));
    expect(answer.buckets.at(-1)!.upTo).toBe(Infinity);
    expect(answer.mean.value).toBeCloseTo(sorted.reduce((sum, value) => sum + value, 0) / 5000, 12);
  });

  it("counts failures against the objective only", () => {
    expect(answer.withinObjective!.value).toBeCloseTo((answer.cdf[1]!.value.value * 5000) / 5100, 12);
  });

  it("encloses what it drew from", () => {
    for (const { q, value } of answer.quantiles) {
      const truth = -Math.log1p(-q) * 0.01;
      expect(value.low).toBeLessThan(truth);
      expect(value.high).toBeGreaterThan(truth);
    }
  });

  it("of nothing is unknown everywhere", () => {
    const { mean, quantiles, cdf, curve, withinObjective } = latencyAnswerOf(new Float64Array(0), report);
    for (const { value } of [mean, quantiles[0]!.value, cdf[0]!.value, withinObjective!]) expect(value).toBeNaN();
    expect(curve.seconds).toEqual([]);
  });

  it("of a constant is that constant", () => {
    const constant = latencyAnswerOf(new Float64Array(100).fill(0.0123), report);
    for (const { value } of constant.quantiles) expect(value).toEqual({ value: 0.0123, low: 0.0123, high: 0.0123 });
    expect(constant.variance.value).toBe(0);
  });
});

describe("the law of several runs", () => {
  const run = (name: string, shift = 0) => {
    const recorder = new LatencyRecorder(report);
    for (const value of exponentials(2000, name)) recorder.record(value + shift);
    return recorder.sample();
  };

  it("pools them", () => {
    const answer = latencyAnswer([run("a"), run("b"), run("c"), run("d")], report);
    expect(answer.mean.value).toBeCloseTo(0.01, 3);
    expect(answer.mean.low).toBeLessThan(0.01);
    expect(answer.mean.high).toBeGreaterThan(0.01);
  });

  it("is as uncertain as they differ", () => {
    const alike = latencyAnswer([run("a"), run("b"), run("c"), run("d")], report);
    const unlike = latencyAnswer([run("a"), run("b", 0.01), run("c"), run("d", 0.01)], report);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(unlike.mean)).toBeGreaterThan(5 * width(alike.mean));
    expect(width(unlike.quantiles[0]!.value)).toBeGreaterThan(5 * width(alike.quantiles[0]!.value));
    expect(width(unlike.cdf[0]!.value)).toBeGreaterThan(5 * width(alike.cdf[0]!.value));
  });

  it("says more than never of what never happened, the less the more its values are alike", () => {
    const far = { ...report, cdfAt: [10] };
    const recorders = [0, 0.02, 0, 0.02].map((shift, i) => {
      const recorder = new LatencyRecorder(far);
      for (const value of exponentials(2000, `far ${i}`)) recorder.record(value + shift);
      return recorder.sample();
    });
    const { low, value, high } = latencyAnswer(recorders, far).cdf[0]!.value;
    expect([value, high]).toEqual([1, 1]);
    expect(low).toBeLessThan(0.95); // Four runs that differ are not eight thousand requests.
  });
});
