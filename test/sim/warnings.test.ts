import { describe, expect, it } from "vitest";
import { comparisonTable } from "../../src/report/table.ts";
import { averageSeries, SeriesRecorder } from "../../src/sim/seriesRecorder.ts";
import { simulate, simulateReplication } from "../../src/sim/simulate.ts";
import { independentBatches } from "../../src/sim/warnings.ts";
import { answerOf, scenario } from "./fixture.ts";

const busy = (seed: number, warmup: string, rate = "47/s") =>
  scenario(
    { a: { kind: "server" } },
    {
      seed,
      warmup: warmup as never,
      duration: "200s",
      arrivals: { kind: "poisson", rate: rate as never },
      work: { kind: "exponential", mean: "20ms" },
    },
  );
const pool = (warmup: string) =>
  scenario(
    { a: { kind: "perRequest", coldStart: "2s", keepAlive: "100s" } },
    {
      warmup: warmup as never,
      duration: "1000s",
      arrivals: { kind: "poisson", rate: "20/s" },
      work: { kind: "exponential", mean: "100ms" },
    },
  );

describe("a warm-up that is too short", () => {
  it("is warned of, with what MSER-5 finds, in the answer and in the table", () => {
    const answer = simulate(pool("0s"), { replications: 4 });
    const [target] = answer.targets;
    const [warning] = (target as { warnings?: string[] }).warnings!;
    expect(warning).toMatch(
      /^without a warm-up the start from empty still shows: .* after the first \S+ s \(MSER-5\); set warmup/,
    );
    expect(comparisonTable([answer], null, { width: 100, color: false })).toContain("warning: without a warm-up");
    expect(answerOf(pool("300s"), { replications: 4 }).warnings).toBeUndefined();
  });

  it("is not warned of where there is no steady state, or chance alone", () => {
    const overloaded = scenario({ a: { kind: "server", workFactor: 3 } });
    expect(answerOf(overloaded, { replications: 2 }).warnings).toBeUndefined();
    const burst = scenario({ a: { kind: "server" } }, { arrivals: { kind: "burst", size: 500 } });
    expect(answerOf(burst, { replications: 2 }).warnings).toBeUndefined();
    const warned = [1, 2, 3].filter((seed) => answerOf(busy(seed, "20s", "40/s"), { replications: 4 }).warnings);
    expect(warned.length).toBeLessThanOrEqual(1);
  });
});

describe("batches of one long run", () => {
  it("are joined until they are independent, and cover the truth", () => {
    // M/M/1 at load 0.8: its mean is 20 ms / 0.2.
    const covered = [1, 2, 3, 4].filter((seed) => {
      const { mean } = answerOf(busy(seed, "20s", "40/s"), { replications: 1, requests: 50_000 }).latency;
      return mean.low < 0.1 && mean.high > 0.1;
    });
    expect(covered.length).toBeGreaterThanOrEqual(3);
  });

  it("are warned of where even eight are alike", () => {
    const { sections } = simulateReplication(busy(3, "0s"), "a", 0, { batches: true, requests: 3000 });
    const drift = sections.map((section, i) => ({
      ...section,
      latency: { ...section.latency, moments: { ...section.latency.moments, mean: i } },
    }));
    expect(independentBatches(drift).alike).toBe(true);
    expect(independentBatches(drift).sections.length).toBeGreaterThanOrEqual(8);
    const total = (all: typeof sections) => all.reduce((sum, { latency }) => sum + latency.moments.count, 0);
    expect(total(independentBatches(drift).sections)).toBe(total(drift));
  });
});

describe("the series of latencies", () => {
  it("keeps means of equal blocks, whatever the length, and averages replications block by block", () => {
    const record = (count: number, value: (i: number) => number) => {
      const recorder = new SeriesRecorder();
      for (let i = 0; i < count; i++) recorder.completed(i, value(i));
      return recorder.data();
    };
    const long = record(10_000, (i) => i);
    expect(long.size).toBe(20);
    expect(long.means[3]).toBe(69.5);
    expect(long.until[3]).toBe(79);
    const both = averageSeries([long, record(1000, () => 1)]);
    expect(both).toMatchObject({ size: 20 });
    expect(both.means).toHaveLength(50);
    expect(both.means[3]).toBe(70.5 / 2);
  });
});
