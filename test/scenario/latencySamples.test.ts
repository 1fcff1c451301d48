import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../src/numerics/erf.ts";
import { source } from "../../src/random/source.ts";
import { latencyAnswer, orderStatistic, share } from "../../src/scenario/latencyAnswer.ts";
import { joinSamples, LatencyRecorder, type LatencySample, reportEdges } from "../../src/scenario/latencyRecorder.ts";
import { oneRun } from "../../src/scenario/oneRun.ts";
import type { ReportSpec } from "../../src/scenario/scenario.ts";
import { bucketOf, Histogram } from "../../src/stats/histogram.ts";
import { ratioError, ratioInterval, wilsonInterval } from "../../src/stats/intervals.ts";
import { studentQuantile } from "../../src/stats/studentQuantile.ts";

const report: ReportSpec = {
  quantiles: [0.1, 0.5, 0.9, 0.99],
  cdfAt: [0.02, 0.01],
  buckets: [0.005, 0.01, 0.05],
  objective: 0.03,
  tolerance: { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 },
};
const edges = [0.005, 0.01, 0.02, 0.03, 0.05];

const recorded = (values: readonly number[], failures = 0): LatencySample => {
  const recorder = new LatencyRecorder(report);
  for (const value of values) recorder.record(value);
  recorder.failures = failures;
  return recorder.sample();
};

const exponentials = (count: number, mean: number, name: string): number[] => {
  const uniform = source(2, name);
  return Array.from({ length: count }, () => -Math.log1p(-uniform()) * mean);
};

describe("what one run says about a time", () => {
  it("counts exactly between the report's edges, also beside an edge, which what lies half a nanosecond above it is on", () => {
    expect([...reportEdges(report)]).toEqual(edges);
    expect([...reportEdges({ ...report, objective: null })]).toEqual([0.005, 0.01, 0.02, 0.05]);
    const beside = fc.tuple(fc.constantFrom(...edges), fc.constantFrom(-1e-6, -1e-9, 0, 0.4e-9, 0.6e-9, 2e-9, 1e-6));
    const values = fc.array(
      fc.oneof(
        beside.map(([edge, off]) => edge + off),
        fc.double({ min: 0, max: 0.06, noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(values, (list) => {
        const upTo = (edge: number) => list.filter((value) => value <= edge + 0.5e-9).length;
        const wanted = [...edges.map((edge, i) => upTo(edge) - (i === 0 ? 0 : upTo(edges[i - 1]!))), 0];
        wanted[5] = list.length - upTo(0.05);
        expect([...recorded(list).bins]).toEqual(wanted);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it("knows the least, the largest, how many and how many failed, and keeps no column beyond the largest", () => {
    const recorder = new LatencyRecorder(report);
    expect(recorder.record(0.02)).toBe(bucketOf(0.02));
    recorder.record(0.001);
    recorder.record(0.004);
    recorder.failures = 2;
    expect(recorder.count).toBe(3);
    const sample = recorder.sample();
    expect(sample).toMatchObject({ minimum: 0.001, maximum: 0.02, failures: 2 });
    expect(sample.counts).toHaveLength(bucketOf(0.02) + 1);
    expect(sample.counts.reduce((sum, n) => sum + n, 0)).toBe(3);
    expect(sample.moments.mean).toBeCloseTo(0.025 / 3, 15);
    expect(recorded([])).toMatchObject({
      minimum: Infinity,
      maximum: 0,
      counts: new Float64Array(),
      bins: new Float64Array(6),
    });
  });

  it("joins with others as if all had been one", () => {
    const [a, b] = [exponentials(300, 0.01, "a"), exponentials(200, 0.03, "b")];
    const joined = joinSamples([recorded(a, 1), recorded(b, 2)]);
    const both = recorded([...a, ...b], 3);
    expect({ ...joined, moments: null }).toEqual({ ...both, moments: null });
    expect(joined.moments.mean).toBeCloseTo(both.moments.mean, 14);
    expect(joinSamples([])).toMatchObject({ minimum: Infinity, maximum: 0, failures: 0, bins: new Float64Array(1) });
  });
});

describe("a share of several parts", () => {
  const parts = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([sum, weight]) => ({ sum, weight }));

  it("is Student's where there are events enough on both sides", () => {
    const many = parts([40, 100], [60, 100], [50, 100]);
    expect(share(many)).toEqual(ratioInterval(many));
    const wild = parts([1, 100], [99, 100]);
    expect(share(wild)).toEqual({ value: 0.5, low: 0, high: 1 });
  });

  it("is no narrower than Wilson's of as many independent requests where there are few on one side", () => {
    const few = parts([1, 500], [2, 500]);
    const [student, wilson] = [ratioInterval(few), wilsonInterval(3, 1000)];
    expect(share(few)).toEqual({
      value: 0.003,
      low: Math.max(0, Math.min(student.low, wilson.low)),
      high: Math.max(student.high, wilson.high),
    });
    expect(share(parts([500, 500], [500, 500])).low).toBeCloseTo(wilsonInterval(1000, 1000).low, 12);
    // A hundred requests that are alike say as much as one: 40 events of 1000 are not yet half of one.
    const alike = parts([20, 500], [20, 500]);
    expect(share(alike).high).toBeCloseTo(0.04, 12);
    expect(share(alike, 100).high).toBeCloseTo(wilsonInterval(0.4, 10).high, 12);
    expect(share(parts([5, 50], [5, 50]), 2).high).toBeCloseTo(0.1, 12);
  });

  it("is Wilson's where there is one part, and unknown where there is none", () => {
    expect(share(parts([8, 10]))).toEqual(wilsonInterval(8, 10));
    expect(share(parts([8, 10]), 1000).value).toBe(0.8);
    expect(share(parts([0, 0])).value).toBeNaN();
    expect(share([]).value).toBeNaN();
  });
});

describe("an order statistic", () => {
  const sorted = Float64Array.from({ length: 100 }, (_, i) => i + 1);

  it("is the smallest value that so many are not above, between its ranks", () => {
    expect(orderStatistic(sorted, 0.5)).toEqual({ value: 50, low: 40, high: 61 });
    expect(orderStatistic(sorted, 0)).toEqual({ value: 1, low: 1, high: 1 });
    expect(orderStatistic(sorted, 1)).toEqual({ value: 100, low: 100, high: 100 });
    expect(orderStatistic(sorted, 0.999)).toMatchObject({ value: 100, high: 100 });
    expect(orderStatistic(sorted, 0.001)).toMatchObject({ value: 1, low: 1 });
    expect(orderStatistic(new Float64Array(), 0.5).value).toBeNaN();
  });
});

describe("the law of several runs", () => {
  const values = [0.8, 1, 1.2, 0.9].map((factor, i) => exponentials(1500, 0.01 * factor, `run ${i}`));
  // Made in each test, so that a fault is alive in them.
  const made = () => values.map((list, i) => recorded(list, 10 * i));
  const all = values.flat();
  const t = studentQuantile(0.975, 3);
  const partsUpTo = (edge: number) =>
    values.map((list) => ({ sum: list.filter((x) => x <= edge).length, weight: 1500 }));

  it("has the mean and the variance of all, as uncertain as they scatter from run to run", () => {
    const answer = latencyAnswer(made(), report);
    const mean = all.reduce((sum, x) => sum + x, 0) / 6000;
    const sums = values.map((list) => ({ sum: list.reduce((sum, x) => sum + x, 0), weight: 1500 }));
    expect(answer.mean.value).toBeCloseTo(mean, 14);
    expect(answer.mean.low).toBeCloseTo(ratioInterval(sums).low, 14);
    expect(answer.mean.high).toBeCloseTo(ratioInterval(sums).high, 14);
    const squares = values.map((list) => ({ sum: list.reduce((sum, x) => sum + (x - mean) ** 2, 0), weight: 1500 }));
    const variance = squares.reduce((sum, part) => sum + part.sum, 0) / 5999;
    expect(answer.variance.value).toBeCloseTo(variance, 14);
    expect(answer.variance.low).toBeCloseTo(Math.max(0, variance - t * ratioError(squares)), 12);
    expect(answer.variance.high).toBeCloseTo(variance + t * ratioError(squares), 12);
  });

  it("has exact shares, those of the objective among the failed as well", () => {
    const samples = made();
    const answer = latencyAnswer(samples, report);
    for (const { at, value } of answer.cdf) {
      const wanted = ratioInterval(partsUpTo(at));
      expect(value.value).toBe(wanted.value);
      expect(value.low).toBeCloseTo(wanted.low, 12);
      expect(value.high).toBeCloseTo(wanted.high, 12);
    }
    expect(answer.cdf.map(({ at }) => at)).toEqual([0.02, 0.01]);
    expect(answer.buckets.map(({ upTo }) => upTo)).toEqual([0.005, 0.01, 0.05, Infinity]);
    expect(answer.buckets.reduce((sum, { value }) => sum + value.value, 0)).toBeCloseTo(1, 12);
    const second = all.filter((x) => x > 0.005 && x <= 0.01).length / 6000;
    expect(answer.buckets[1]!.value.value).toBe(second);
    const within = all.filter((x) => x <= 0.03).length;
    expect(answer.withinObjective!.value).toBe(within / 6060);
    expect(latencyAnswer(samples, { ...report, objective: null }).withinObjective).toBeNull();
  });

  it("reads a quantile's interval where the distribution function is as far off as it is uncertain", () => {
    const answer = latencyAnswer(made(), report);
    const histogram = new Histogram();
    for (const x of all) histogram.record(x);
    for (const { q, value } of answer.quantiles.slice(0, 3)) {
      const bucket = histogram.bucketAt(q);
      const errorAt = (b: number) =>
        ratioError(values.map((list) => ({ sum: list.filter((x) => bucketOf(x) <= b).length, weight: 1500 })));
      const reach = t * Math.max(errorAt(bucket), errorAt(bucket - 1));
      expect(value.value).toBe(histogram.quantile(q));
      expect(value.low).toBe(histogram.quantile(q - reach));
      expect(value.high).toBe(histogram.quantile(q + reach));
    }
  });

  it("falls back on independent requests where few lie beyond a quantile", () => {
    const samples = made();
    const high = { ...report, quantiles: [0.9999] };
    const { value } = latencyAnswer(samples, high).quantiles[0]!;
    const histogram = new Histogram();
    for (const x of all) histogram.record(x);
    const alone = normalQuantile(0.975) * Math.sqrt((0.9999 * 0.0001) / 6000);
    expect(value.low).toBeLessThanOrEqual(histogram.quantile(0.9999 - alone));
    expect(value.high).toBe(Math.max(...all));
  });

  it("leaves out runs that measured nothing", () => {
    const samples = made();
    const answer = latencyAnswer(samples, report);
    expect(latencyAnswer([...samples, recorded([])], report)).toEqual(answer);
    const failed = latencyAnswer([recorded([], 5), recorded([], 5)], report);
    expect(failed.withinObjective).toMatchObject({ value: 0 });
    expect(failed.mean.value).toBeNaN();
    expect(latencyAnswer([recorded([])], report).quantiles[0]!.value.value).toBeNaN();
  });

  it("of one run takes its values as independent", () => {
    const samples = made();
    const [one] = samples as [LatencySample];
    const alone = latencyAnswer([one], report);
    const histogram = new Histogram();
    for (const x of values[0]!) histogram.record(x);
    const reach = normalQuantile(0.975) * Math.sqrt(0.25 / 1500);
    expect(alone.quantiles[1]!.value.low).toBe(histogram.quantile(0.5 - reach));
    expect(alone.quantiles[1]!.value.high).toBe(histogram.quantile(0.5 + reach));
    const { count, squares } = one.moments;
    const meanReach = studentQuantile(0.975, count - 1) * Math.sqrt(squares / (count - 1) / count);
    expect(alone.mean.high - alone.mean.value).toBeCloseTo(meanReach, 14);
    expect(alone.variance.low).toBeNaN();
  });

  it("stays within what was seen", () => {
    const narrow = latencyAnswer([recorded([0.0123001, 0.0123002]), recorded([0.0123002, 0.0123001])], report);
    for (const { value } of narrow.quantiles) expect(value.value).toBeCloseTo(0.01230015, 12);
    const two = latencyAnswer([recorded([0.001, 0.5]), recorded([0.001, 0.5])], { ...report, quantiles: [0.5, 1] });
    expect(two.quantiles[0]!.value.low).toBeGreaterThanOrEqual(0.001);
    expect(two.quantiles[0]!.value.value).toBeCloseTo(0.001, 6);
    expect(two.quantiles[1]!.value.value).toBeLessThanOrEqual(0.5);
    expect(two.quantiles[1]!.value.high).toBe(0.5);
  });
});

describe("what chance does to one run", () => {
  const values = [1, 1.1, 0.95, 1.05].map((factor, i) => exponentials(120, 0.01 * factor, `one ${i}`));
  const made = () => values.map((list) => recorded(list));
  const histograms = values.map((list) => {
    const histogram = new Histogram();
    for (const x of list) histogram.record(x);
    return histogram;
  });

  it("is Student's range of one more run, on logarithms", () => {
    const law = oneRun([...made(), recorded([])], report);
    expect(law.runs).toBe(4);
    for (const { q, value } of law.quantiles) {
      const logs = histograms.map((histogram) => Math.log(histogram.quantile(q)));
      const mean = logs.reduce((sum, log) => sum + log, 0) / 4;
      const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 3;
      const reach = studentQuantile(0.975, 3) * Math.sqrt(variance * 1.25);
      expect(value.low).toBeCloseTo(Math.exp(mean - reach), 10);
      expect(value.high).toBeCloseTo(Math.exp(mean + reach), 10);
    }
    const all = new Histogram();
    for (const histogram of histograms) all.merge(histogram);
    expect(law.quantiles[1]!.value.value).toBe(all.quantile(0.5));
  });

  it("is a distance that one run in twenty exceeds", () => {
    const law = oneRun(made(), report);
    const all = values.flat();
    const distances = values.map((list) => {
      const gaps = [...list, ...all].map((x) => {
        const bucket = bucketOf(x);
        const own = list.filter((y) => bucketOf(y) <= bucket).length / 120;
        return Math.abs(own - all.filter((y) => bucketOf(y) <= bucket).length / 480);
      });
      return (Math.max(...gaps) * 4) / 3;
    });
    const mean = distances.reduce((sum, d) => sum + d, 0) / 4;
    const variance = distances.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 3;
    expect(law.ks).toBeCloseTo(mean + studentQuantile(0.95, 3) * Math.sqrt(variance * 1.25), 10);
  });

  it("is unknown from one run, and from times of 0", () => {
    const alone = oneRun(made().slice(0, 1), report);
    expect(alone).toMatchObject({ runs: 1, ks: 1 });
    expect(alone.quantiles[0]!.value).toMatchObject({ low: 0, high: Infinity });
    const zeros = oneRun([recorded([0, 0]), recorded([0, 0])], report);
    expect(zeros.quantiles[0]!.value).toEqual({ value: 0, low: 0, high: Infinity });
    expect(oneRun([recorded([0, 0]), recorded([1, 1])], report).ks).toBe(1);
    const two = oneRun([recorded([1, 1, 1, 2]), recorded([1, 1, 1, 2])], report);
    expect([two.ks, two.quantiles[0]!.value.low]).toEqual([0, expect.closeTo(1, 3)]);
  });
});
