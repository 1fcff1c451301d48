import { describe, expect, it } from "vitest";
import { manifests } from "../../src/live/cluster/manifests.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { cases, targetNames } from "./cluster/cases.ts";
import { scenarioOf, unfitted } from "./cluster/runs.ts";

const runs = cases.flatMap((one) =>
  one.seeds.map((seed) => ({ one, seed, scenario: scenarioOf(one, seed, unfitted(one)) })),
);

describe("the cluster's validation", () => {
  it("judges ten runs of at least 10,000 requests, each of a seed of its own", () => {
    const counted = runs.filter(({ one }) => one.counts);
    expect(new Set(runs.map(({ seed }) => seed)).size).toBe(runs.length);
    expect(counted).toHaveLength(10);
    for (const { one, seed, scenario } of counted) {
      const cursor = schedule(scenario, { seed }).open();
      let requests = 0;
      while (cursor.next()) requests++;
      expect(requests, `${one.name}-${seed}`).toBeGreaterThanOrEqual(10_000);
    }
  });

  it("deploys both functions for every load", () => {
    for (const { scenario } of runs) {
      expect(scenario.targets.map(({ name }) => name).sort()).toEqual([...targetNames]);
      expect(manifests(scenario).targets.map(({ as }) => as)).toEqual(["deployment", "deployment"]);
    }
  });
});
