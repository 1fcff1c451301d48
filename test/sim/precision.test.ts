import { describe, expect, it } from "vitest";
import { nextReplications, relativeError } from "../../src/sim/precision.ts";
import { simulate, simulateReplication } from "../../src/sim/simulate.ts";
import { joinTimelines } from "../../src/sim/timeline.ts";
import { columns, TimelineRecorder } from "../../src/sim/timelineRecorder.ts";
import { traceReplication } from "../../src/sim/traceReplication.ts";
import { middleOf } from "../../src/stats/histogram.ts";
import { answerOf, scenario } from "./fixture.ts";

describe("sequential stopping", () => {
  const precision = { of: "mean", relative: 0.01, most: 100 } as const;

  it("asks for as many replications as the error's square says, within bounds", () => {
    expect(nextReplications(8, 0.015, precision)).toBe(20);
    expect(nextReplications(8, 0.0101, precision)).toBe(9);
    expect(nextReplications(8, 0.5, precision)).toBe(32);
    expect(nextReplications(8, Infinity, precision)).toBe(32);
    expect(nextReplications(80, 0.02, precision)).toBe(100);
  });

  it("reads the error of what it is about", () => {
    const answer = answerOf(scenario({ a: { kind: "perRequest", coldStart: "1s", keepAlive: "1s" } }));
    const { mean, quantiles } = answer.latency;
    expect(relativeError(answer, "mean")).toBe((mean.high - mean.low) / 2 / mean.value);
    const p99 = quantiles.find(({ q }) => q === 0.99)!.value;
    expect(relativeError(answer, { quantile: 0.99 })).toBe((p99.high - p99.low) / 2 / p99.value);
    expect(relativeError(answer, "cold")).toBeGreaterThan(0);
    const warm = answerOf(scenario({ a: { kind: "server" } }), { replications: 2 });
    expect(relativeError(warm, "cold")).toBe(Infinity);
    expect(() => relativeError(answer, { quantile: 0.97 })).toThrow(RangeError);
  });
});

describe("common random numbers", () => {
  const given = scenario(
    {
      one: { kind: "server" },
      other: { kind: "server", workFactor: 1.1 },
      pods: { kind: "spinkube", replicas: 2, workIs: "cpu" },
    },
    { arrivals: { kind: "poisson", rate: "60/s" } },
  );

  it("give every target the same requests in each replication", () => {
    const [one, , pods] = given.targets.map(({ name }) => traceReplication(given, name).requests);
    expect(pods!.map(({ arrivedAt }) => arrivedAt)).toEqual(one!.map(({ arrivedAt }) => arrivedAt));
    for (const [i, { parts }] of one!.entries()) expect(pods![i]!.parts!.work).toBe(parts!.work);
  });

  it("make paired differences far sharper than the figures", () => {
    const answer = simulate(given, { replications: 8 });
    const [other, pods] = answer.differences!;
    expect([other!.target, other!.than, pods!.target]).toEqual(["other", "one", "pods"]);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const [a, b] = answer.targets.map(
      (target) => (target as never as { latency: { mean: { low: number; high: number } } }).latency.mean,
    );
    expect(width(other!.mean)).toBeLessThan(0.6 * Math.hypot(width(a!), width(b!)));
    // M/M/1 at loads 0.6 and 0.66.
    const exact = 0.011 / (1 - 0.66) - 0.01 / (1 - 0.6);
    expect(other!.mean.low).toBeLessThan(exact);
    expect(other!.mean.high).toBeGreaterThan(exact);
    expect(answer.differences!.map(({ quantiles }) => quantiles.map(({ q }) => q))[0]).toEqual(given.report.quantiles);
    expect(simulate(given, { replications: 1, requests: 100 }).differences).toBeUndefined();
  });
});

describe("the timeline of several replications", () => {
  it("has the percentiles of all their requests, step by step", () => {
    const given = scenario({ a: { kind: "server", coldStart: "100ms", keepAlive: "20ms" } }, { duration: "40s" });
    const replications = 5;
    const { timeline } = answerOf(given, { replications });
    const pooled = Array.from({ length: 40 }, () => new Float64Array(columns));
    for (let replication = 0; replication < replications; replication++) {
      const own = simulateReplication(given, "a", replication).timeline;
      expect(own.stepSeconds).toBe(timeline!.everySeconds);
      for (const [step, row] of pooled.entries()) {
        const counts = own.latencies.subarray(step * own.columnCount, (step + 1) * own.columnCount);
        for (const [k, count] of counts.entries()) row[own.firstColumn + k]! += count;
      }
    }
    for (const [step, row] of pooled.entries()) {
      const total = row.reduce((sum, count) => sum + count, 0);
      for (const [p, shown] of [
        [0.5, timeline!.p50],
        [0.99, timeline!.p99],
      ] as const) {
        let seen = 0;
        let column = -1;
        while (seen < p * total) seen += row[++column]!;
        expect(shown[step]).toBe(middleOf((column + 0.5) * 64));
      }
    }
  });

  it("weighs runs of different lengths and steps by their time", () => {
    const record = (seconds: number, ready: number) => {
      const recorder = new TimelineRecorder(Infinity);
      recorder.held(0, seconds, ready, 0);
      recorder.completed(seconds - 0.5, 2048);
      return recorder.data();
    };
    const joined = joinTimelines([record(100, 1), record(400, 4)])!;
    expect(joined.everySeconds).toBe(2);
    expect(joined.ready).toHaveLength(200);
    expect([joined.ready[0], joined.ready[49], joined.ready[60]]).toEqual([2.5, 2.5, 4]);
    expect([joined.p50[48], joined.p50[49], joined.p50[199]].map((value) => value !== null)).toEqual([
      false,
      true,
      true,
    ]);
  });
});
