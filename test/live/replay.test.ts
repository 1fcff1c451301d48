import { describe, expect, it } from "vitest";
import { replay } from "../../src/live/replay.ts";
import { type FakeOptions, FakeTarget } from "../../src/live/targets/fake.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";

const scenario = parseScenario(`
name: fake
seed: 3
duration: 40s
warmup: 5s
arrivals: { kind: poisson, rate: 20/s }
work: { kind: exponential, mean: 20ms }
targets:
  one: { kind: server, coldStart: 200ms, keepAlive: 50ms }
  two: { kind: server, workFactor: 2 }
report: { objective: 100ms }
`);

async function run(fake: Omit<FakeOptions, "clock">, options: Parameters<typeof replay>[3] = {}) {
  const clock = virtualClock();
  const result = await replay(
    scenario,
    schedule(scenario),
    { target: () => new FakeTarget({ clock, ...fake }) },
    {
      clock,
      ...options,
    },
  );
  return { ...result, targets: result.answer.targets as readonly AvailableAnswer[] };
}

describe("replay", () => {
  it("measures every target on the same arrivals", async () => {
    const { answer, outcomes, targets, interrupted } = await run({ networkSeconds: 0.002 });
    expect(interrupted).toBe(false);
    expect(answer).toMatchObject({ from: "live", scenario: "fake", seed: 3 });
    expect(answer.provenance.scheduleSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(targets.map(({ name, status }) => [name, status])).toEqual([
      ["one", "measured"],
      ["two", "measured"],
    ]);
    expect(outcomes.get("one")!.at).toBe(outcomes.get("two")!.at);
    expect(outcomes.get("two")!.workDone[0]).toBe(2 * outcomes.get("two")!.work[0]!);
  });

  it("counts every request once, warm-up too, and measures those after it", async () => {
    const failing = await run({ instead: (i) => (i % 10 === 0 ? { outcome: "http5xx", status: 503 } : undefined) });
    const { counts, latency } = failing.targets[0]!;
    const { scheduled, completed, failed, dropped, unsent, measured } = counts!;
    expect(scheduled).toBe(completed + (failed.http5xx ?? 0) + dropped + unsent);
    expect(failed.http5xx).toBe(Math.ceil(scheduled / 10));
    const after = [...failing.outcomes.get("one")!.at].filter((at) => at >= 5).length;
    expect(measured).toBe(after);
    expect(latency.withinObjective!.value).toBeLessThan(0.95); // failures miss the objective
  });

  it("splits the mean latency into parts that sum to it", async () => {
    const { targets } = await run({ coldStartSeconds: 0.2, keepAliveSeconds: 0.05, networkSeconds: 0.002 });
    for (const { breakdown, latency } of targets) {
      const { network, cold, start, queue, work } = breakdown;
      const sum = network.value + cold.value + start.value + queue.value + work.value;
      expect(sum).toBeCloseTo(latency.mean.value, 12);
      expect(network.value).toBeCloseTo(0.002, 9);
      expect(cold.value).toBeGreaterThan(0.01);
    }
  });

  it("says how cold it was", async () => {
    const { targets, outcomes } = await run({ coldStartSeconds: 0.2, keepAliveSeconds: 0.05 });
    const log = outcomes.get("one")!;
    const measured = [...log.at.keys()].filter((i) => log.at[i]! >= 5);
    const { cold } = targets[0]!;
    expect(cold.probability.value).toBeCloseTo(measured.filter((i) => log.cold[i] === 1).length / measured.length, 12);
    const starts = new Set(measured.filter((i) => log.cold[i] === 1).map((i) => log.instance[i]));
    expect(cold.triggered!.value).toBeCloseTo(starts.size / measured.length, 2);
    expect(cold.busyPeriod!.value).toBeGreaterThan(cold.probability.value);
    expect(cold.duration!.mean.value).toBeCloseTo(0.2, 12);
  });

  it("has no NaN in any figure but the unknown: how many instances, intervals of a single request", async () => {
    const { targets } = await run({});
    const paths = targets.flatMap((target) => notNumbers(target, target.name));
    expect(paths.filter((path) => !/instances\.total|(variance|overheadAt.*)\.(low|high)/.test(path))).toEqual([]);
  });

  it("stops when interrupted: later targets are unsent", async () => {
    const controller = new AbortController();
    const { targets, interrupted } = await run(
      {},
      {
        signal: controller.signal,
        onProgress: ({ share }) => share > 0.2 && controller.abort(),
      },
    );
    expect(interrupted).toBe(true);
    const [one, two] = targets.map(({ counts }) => counts!);
    expect(one!.completed).toBeGreaterThan(50);
    expect(one!.unsent).toBeGreaterThan(50);
    expect(one!.completed + one!.unsent).toBe(one!.scheduled);
    expect(two).toMatchObject({ completed: 0, sent: 0, unsent: two!.scheduled });
  });

  it("refuses a target that the scenario does not have", async () => {
    await expect(run({}, { targets: ["three"] })).rejects.toThrow(
      "targets must be names of the scenario's targets, got three",
    );
  });
});

function notNumbers(value: unknown, path: string): string[] {
  if (typeof value === "number") return Number.isNaN(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => notNumbers(inner, `${path}.${key}`));
}
