import { describe, expect, it } from "vitest";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { predict } from "../../src/model/predict.ts";
import type { TargetAnswer } from "../../src/scenario/answer.ts";
import type { SpinkubeSpec } from "../../src/scenario/scenario.ts";
import { nothing, scenarioOf } from "./serverScenario.ts";

const seconds = (value: number): DistributionSpec => ({ kind: "deterministic", value });

function answer(
  fields: Partial<SpinkubeSpec>,
  work: DistributionSpec,
  cdfAt: readonly number[] = [],
  rate = 50,
): TargetAnswer {
  const target: SpinkubeSpec = {
    kind: "spinkube",
    name: "waas",
    workFactor: 1,
    network: nothing,
    requestOverhead: nothing,
    firstWork: null,
    timeout: Infinity,
    live: null,
    instanceStart: seconds(0.001),
    podStart: null,
    replicas: 1,
    maxInstanceCount: 1000,
    cores: 1,
    workIs: "io",
    ...fields,
  };
  return predict(scenarioOf({ kind: "poisson", rate }, work, target, { cdfAt })).targets[0]!;
}

describe("a fresh instance per request", () => {
  it("adds up start, work and network, by a closed form", () => {
    const result = answer(
      { network: { kind: "uniform", low: 0.002, high: 0.004 } },
      { kind: "exponential", mean: 0.01 },
      [0.0029, 0.0035, 0.02],
    );
    if (result.status === "unavailable") throw new Error(result.reason);
    // P(U + X ≤ t) for U uniform on [a, b] and X exponential, t shifted by the start.
    const below = (t: number) => {
      const rest = (u: number) => Math.max(0, t - u);
      return (
        (rest(0.003) - rest(0.005) + 0.01 * (Math.exp(-rest(0.003) / 0.01) - Math.exp(-rest(0.005) / 0.01))) / 0.002
      );
    };
    for (const { at, value } of result.latency.cdf) expect(value.value).toBeCloseTo(below(at), 9);
    expect(result.status).toBe("numeric");
    expect(result.latency.mean.value).toBeCloseTo(0.014, 12);
    expect(result.instances.busy!.value).toBeCloseTo(1 - Math.exp(-0.55), 12);
    expect(result.overhead.value).toBeCloseTo(4 / 14, 12);
  });

  it("takes measured times of a hundred values each, whose sums are ten thousand", () => {
    const measured = (unit: number): DistributionSpec => ({
      kind: "empirical",
      values: Array.from({ length: 100 }, (_, i) => unit * (1 + i / 100)),
    });
    const result = answer(
      { instanceStart: measured(0.0001), requestOverhead: measured(0.001) },
      { kind: "lognormal", mean: 0.012, scv: 0.4 },
    );
    if (result.status === "unavailable") throw new Error(result.reason);
    const smooth = answer(
      { instanceStart: { kind: "uniform", low: 0.0001, high: 0.0002 }, requestOverhead: seconds(0.001495) },
      { kind: "lognormal", mean: 0.012, scv: 0.4 },
    );
    if (smooth.status === "unavailable") throw new Error(smooth.reason);
    expect(result.status).toBe("approximate");
    for (const [i, { value }] of result.latency.quantiles.entries()) {
      expect(value.value / smooth.latency.quantiles[i]!.value.value).toBeCloseTo(1, 2);
    }
  });

  it("work that takes one time is one atom", () => {
    const result = answer({}, seconds(0.02));
    if (result.status === "unavailable") throw new Error(result.reason);
    expect(result.latency.quantiles.map(({ value }) => value.value)).toEqual([0.021, 0.021, 0.021]);
    expect(result.overheadAt[0]!.value.value).toBeCloseTo(1 / 21, 9);
  });

  it("counts the requests that the cap turns away, by Erlang's formula in every pod", () => {
    const work: DistributionSpec = { kind: "exponential", mean: 0.02 };
    expect(answer({ maxInstanceCount: 30 }, work)).toMatchObject({ status: "numeric", counts: null });
    const few = answer({ maxInstanceCount: 2 }, work);
    if (few.status === "unavailable") throw new Error(few.reason);
    const { scheduled, failed } = few.counts!;
    expect(failed.http5xx! / scheduled).toBeGreaterThan(0.01);
    expect(few.reason).toContain("of the requests fails (http5xx)");
    expect(answer({ workIs: "cpu" }, work).status).toBe("unavailable");
  });
});
