import { describe, expect, it } from "vitest";
import { distribution } from "../../src/distributions/index.ts";
import { fitStartWork } from "../../src/live/fitStarts.ts";
import { fitProbes, probe, probePlan } from "../../src/live/probe.ts";
import { FakeTarget } from "../../src/live/targets/fake.ts";
import { virtualClock } from "../../src/live/virtualClock.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import type { KnativeSpec, ServerSpec } from "../../src/scenario/scenario.ts";

const scenario = parseScenario(`
name: probed
arrivals: { kind: poisson, rate: 20/s }
work: { kind: exponential, mean: 10ms }
duration: 10s
targets:
  one: { kind: server, keepAlive: 1s }
  faas: { kind: knative, podStart: 2s, cores: 2 }
`);

describe("probes", () => {
  it("find what a target does, whatever the scenario stated", async () => {
    const clock = virtualClock();
    const target = () => new FakeTarget({ clock, coldStartSeconds: 0.3, keepAliveSeconds: 1, networkSeconds: 0.002 });
    const spec = scenario.targets[0]!;
    const probes = await probe(scenario, spec, {
      ratePerSecond: 20,
      seed: 9,
      plan: { ...probePlan, rampSeconds: 20 },
      deployment: () => ({ target }),
      options: { clock },
      onPart: () => {},
    });
    expect(probes.map(({ part }) => part)).toEqual(["idle", "ramp", "cold", "cold", "cold", "cold", "cold"]);
    const source = { answerSha256: "0".repeat(64), seed: 9 };
    const { scenario: fitted, fits } = fitProbes(scenario, new Map([["one", probes]]), source);
    const one = fitted.targets[0] as ServerSpec;
    expect(one.coldStart).toMatchObject({ kind: "deterministic", value: expect.closeTo(0.3, 9) });
    expect(one.workFactor).toBeCloseTo(1, 6);
    expect(distribution(one.requestOverhead).mean).toBeCloseTo(0.002, 9);
    expect(fits.map(({ part }) => part)).toEqual(["workFactor", "requestOverhead", "coldStart"]);
    expect(fitted.targets[1]).toEqual(scenario.targets[1]);
  });

  it("stop when interrupted", async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const probes = await probe(scenario, scenario.targets[0]!, {
      ratePerSecond: 20,
      seed: 9,
      plan: probePlan,
      deployment: () => ({ target: () => new FakeTarget({ clock }) }),
      options: { clock, signal: controller.signal },
      onPart: (part) => part.endsWith("cold") && controller.abort(),
    });
    expect(probes.length).toBeLessThan(5);
  });
});

describe("how starts slow each other", () => {
  const faas = scenario.targets[1] as KnativeSpec;
  /** n starts at once on two cores, 0.4 s of CPU each. */
  const group = (n: number) => ({
    seconds: Array.from({ length: n }, (_, k) => 1 + 0.4 * (Math.max(n / 2, 1) - 1) + 1e-3 * (k % 3)),
  });

  it("is the CPU time of a start", () => {
    const { fields, fits } = fitStartWork(faas, [1, 1, 1, 2, 4, 8].map(group));
    expect(fields).toMatchObject({ startWork: { kind: "deterministic", value: expect.closeTo(0.4, 2) } });
    expect(fits[0]!.parameters.r2).toBeGreaterThan(0.99);
  });

  it("is nothing where starts at once take no longer", () => {
    const flat = [1, 1, 1, 2, 4, 8].map((n) => ({ seconds: group(n).seconds.map((_, k) => 1 + 1e-3 * (k % 3)) }));
    expect(fitStartWork(faas, flat).fields).toEqual({});
    expect(fitStartWork(faas, []).fields).toEqual({});
  });
});
