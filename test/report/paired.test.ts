import { describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { answerFromJson, answerToJson } from "../../src/report/json.ts";
import type { Answer, AvailableAnswer } from "../../src/scenario/answer.ts";
import { latencyOverTime } from "../../src/scenario/latencyOverTime.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { traceReplication } from "../../src/sim/traceReplication.ts";

const scenario = parseScenario(`
name: bursts
duration: 20s
arrivals: { kind: mmpp, rates: [20/s, 180/s], switching: [[0, 1/s], [1/s, 0]] }
work: { kind: exponential, mean: 2ms }
targets:
  single: { kind: server, requestOverhead: { kind: exponential, mean: 2ms } }
report: { quantiles: [0.5, 0.9, 0.99] }
`);
const options = { tolerance: scenario.report.tolerance, quantiles: scenario.report.quantiles };
const seeds = Array.from({ length: 30 }, (_, k) => k + 1);

/** A run of the platform under a seed's arrivals, as a measurement of it would have it; its own draws are another seed's. */
function measured(seed: number, simulated: Answer, slower = 1): Answer {
  const { requests } = traceReplication(scenario, "single", {
    seed: 5000 + seed,
    schedule: schedule(scenario, { seed }),
  });
  const times = requests.map(({ parts }) => slower * Object.values(parts!).reduce((sum, part) => sum + part, 0));
  const instants = Float64Array.from(requests, ({ arrivedAt }) => arrivedAt);
  const [target] = simulated.targets as [AvailableAnswer];
  const counts = { ...target.counts!, scheduled: times.length, measured: times.length };
  const latency = latencyOverTime(Float64Array.from(times), instants, scenario.report);
  return { ...simulated, from: "live", targets: [{ ...target, counts, latency, lateness: null }] };
}

const runs = seeds.map((seed) => {
  const simulated = simulate(scenario, { schedule: schedule(scenario, { seed }), seed: 1, replications: 8 });
  return { simulated, live: measured(seed, simulated), slow: measured(seed, simulated, 2) };
});

describe("a simulation of the very arrivals that were measured", () => {
  it("has intervals that hold 1 in 95 of 100 runs, though far narrower than those of a law under chance arrivals", () => {
    const rows = runs.flatMap(({ simulated, live }) => compare([simulated], live, options).targets[0]!.quantiles);
    const held = rows.filter(({ ratio }) => ratio.low <= 1 && 1 <= ratio.high).length;
    expect(held / rows.length).toBeGreaterThan(0.9);
    const other = { ...runs[0]!.live, provenance: { ...runs[0]!.live.provenance, scheduleSha256: "another" } };
    const [paired] = compare([runs[0]!.simulated], runs[0]!.live, options).targets;
    const [unpaired] = compare([runs[0]!.simulated], other, options).targets;
    expect([paired!.paired, unpaired!.paired]).toEqual([true, false]);
    expect(paired!.ksMargin).toBeLessThan(unpaired!.ksMargin! / 2);
    const width = ({ low, high }: { low: number; high: number }) => Math.log(high / low);
    expect(width(paired!.quantiles[1]!.ratio)).toBeLessThan(width(unpaired!.quantiles[1]!.ratio) / 2);
  });

  it("agrees where it is right and disagrees where the platform is twice as slow", () => {
    const verdicts = (which: "live" | "slow") =>
      runs.map((run) => compare([run.simulated], run[which], options).verdict);
    expect(verdicts("live")).not.toContain("disagree");
    expect(verdicts("live").filter((verdict) => verdict === "agree").length).toBeGreaterThan(seeds.length / 2);
    expect(verdicts("slow").filter((verdict) => verdict === "disagree").length).toBeGreaterThan(0.9 * seeds.length);
  });

  it("says that the arrivals were shared, and is not paired where some were never sent", () => {
    const { simulated, live } = runs[0]!;
    expect(compare([simulated], live, options).notes.join(" ")).toContain("very arrivals");
    const [target] = live.targets as [AvailableAnswer];
    const counts = { ...target.counts!, unsent: 10 };
    const broken = { ...live, targets: [{ ...target, counts }] };
    expect(compare([simulated], broken, options).targets[0]!.paired).toBe(false);
  });

  it("keeps what chance does to one run in its JSON", () => {
    const { simulated } = runs[0]!;
    expect(answerFromJson(answerToJson(simulated))).toEqual(simulated);
    const [target] = simulated.targets as [AvailableAnswer];
    expect(target.latency.oneRun).toMatchObject({ runs: 8 });
  });
});

/** A law for the long run against short bursts: what the demo's model is judged by. */
describe("a steady state judged by a short bursty measurement", () => {
  it("is seldom said to disagree where it is right, as it is where requests are taken as independent", () => {
    const steady = simulate(scenario, { replications: 64, seed: 99 });
    const other = (live: Answer): Answer => ({ ...live, provenance: { ...live.provenance, scheduleSha256: null } });
    const verdicts = runs.map(({ live }) => compare([steady], other(live), options).verdict);
    expect(verdicts.filter((verdict) => verdict === "disagree").length).toBeLessThanOrEqual(0.1 * seeds.length);
  });
});
