import { describe, expect, it } from "vitest";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { answerOf, scenario } from "./fixture.ts";

const pops = [
  { name: "near", share: 0.6, roundTrip: "10ms" },
  { name: "far", share: 0.3, roundTrip: "50ms" },
  { name: "space", share: 0.1, roundTrip: { kind: "exponential", mean: "600ms" } },
] as const;

describe("points of presence", () => {
  it("mix their round trips by their shares", () => {
    const given = scenario(
      { one: { kind: "edge", pops: pops as never, instanceStart: "1ms", network: "4ms" } },
      { duration: "10min", report: { cdfAt: ["20ms", "60ms", "300ms", "1s"] }, work: "2ms" },
    );
    const { latency, breakdown } = answerOf(given, { replications: 2 });
    const far = (seconds: number) => 0.1 * Math.max(0, 1 - Math.exp(-(seconds - 0.007) / 0.6));
    const exact = [0.6 + far(0.02), 0.9 + far(0.06), 0.9 + far(0.3), 0.9 + far(1)];
    const n = 2 * 10 * 60 * 50;
    for (const [i, { value }] of latency.cdf.entries()) {
      expect(Math.abs(value.value - exact[i]!)).toBeLessThan(4.5 * Math.sqrt((exact[i]! * (1 - exact[i]!)) / n));
    }
    expect(breakdown.network.value).toBeCloseTo(0.6 * 0.01 + 0.3 * 0.05 + 0.1 * 0.6 + 0.004, 2);
    expect(breakdown.start.value).toBeCloseTo(0.001, 9);
    expect(breakdown.cold.value).toBe(0);
  });

  it("are, each of them, a server with room for all behind one cold start: the same requests, the same bits", () => {
    const cold = { coldStart: { kind: "exponential", mean: "80ms" }, keepAlive: "50ms" } as const;
    const arrivals = { kind: "poisson", rate: "20/s", batch: { kind: "geometric", mean: 2 } } as const;
    const here = [{ name: "here", share: 1, roundTrip: 0 }] as never;
    const edge = scenario({ one: { kind: "edge", pops: here, instanceStart: 0 as never, ...cold } }, { arrivals });
    const server = scenario({ one: { kind: "server", concurrency: "unlimited", ...cold } }, { arrivals });
    const sections = [edge, server].map((given) => simulateReplication(given, "one", 0).sections[0]!);
    const [a, b] = sections.map(({ latency, cold: n, triggered, inColdBusyPeriod, starts, integrals, parts }) => ({
      mean: latency.moments.mean.toFixed(12),
      count: latency.moments.count,
      n,
      triggered,
      inColdBusyPeriod,
      starts,
      integrals: [...integrals].map((value) => value.toFixed(9)),
      parts: [...parts].map((value) => value.toFixed(9)),
    }));
    expect(a).toEqual(b);
    expect(a!.triggered).toBeGreaterThan(50);
  });
});
