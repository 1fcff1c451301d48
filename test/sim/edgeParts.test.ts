import { describe, expect, it } from "vitest";
import { predict } from "../../src/model/predict.ts";
import { compare } from "../../src/report/compare.ts";
import type { Answer, AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";

const scenario = parseScenario(`
name: parts
seed: 2
duration: 10min
arrivals: { kind: poisson, rate: 30/s }
work: { kind: gamma, mean: 4ms, scv: 0.5 }
network: { kind: exponential, mean: 2ms }
targets:
  edge:
    kind: edge
    instanceStart: 0.5ms
    coldStart: { kind: exponential, mean: 20ms }
    keepAlive: 200ms
    pops:
      - { name: near, share: 0.7, roundTrip: { kind: gamma, mean: 10ms, scv: 0.3 } }
      - { name: far, share: 0.3, roundTrip: { kind: gamma, mean: 80ms, scv: 0.1 } }
report: { quantiles: [0.5, 0.9, 0.99] }
`);

const partsOf = (answer: Answer) => {
  const target = answer.targets[0] as AvailableAnswer;
  const [network, compute] = target.stages!;
  return { target, network: network!, compute: compute! };
};

describe("network and compute at points of presence", () => {
  const simulated = simulate(scenario, { replications: 6 });
  const modelled = predict(scenario);

  it.each([
    ["simulated", simulated],
    ["modelled", modelled],
  ])("add up to the latency, %s", (_, answer) => {
    const { target, network, compute } = partsOf(answer);
    expect(network.mean.value + compute.mean.value).toBeCloseTo(target.latency.mean.value, 9);
    expect(network.mean.value).toBeCloseTo(target.breakdown.network.value, 9);
  });

  it("are the same by model and simulation", () => {
    const [sim, model] = [partsOf(simulated), partsOf(modelled)];
    for (const part of ["network", "compute"] as const) {
      expect(model[part].mean.value / sim[part].mean.value).toBeCloseTo(1, 1.5);
      for (const [i, { value }] of model[part].quantiles!.entries()) {
        const { low, high } = sim[part].quantiles![i]!.value;
        const reach = high - low;
        expect(value.value).toBeGreaterThan(low - reach);
        expect(value.value).toBeLessThan(high + reach);
      }
    }
  });

  it("are judged each by itself", () => {
    const { target, compute } = partsOf(modelled);
    const slower = compute.quantiles!.map(({ q, value: { value } }) => ({
      q,
      value: { value: 2 * value, low: 2 * value, high: 2 * value },
    }));
    const stages = [target.stages![0]!, { ...compute, quantiles: slower }];
    const measured: Answer = { ...modelled, from: "live", targets: [{ ...target, status: "measured", stages }] };
    const { quantiles, tolerance } = scenario.report;
    const { targets } = compare([modelled], measured, { quantiles, tolerance });
    expect(targets[0]!.stages?.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["network", "agree"],
      ["compute", "disagree"],
    ]);
  });
});
