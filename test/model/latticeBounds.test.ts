import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchSpec } from "../../src/arrivals/index.ts";
import { poisson } from "../../src/arrivals/poisson.ts";
import { type DistributionSpec, distribution } from "../../src/distributions/index.ts";
import { latticeBounds } from "../../src/model/latticeBounds.ts";
import { predict } from "../../src/model/predict.ts";
import { scenarioOf, serverTarget } from "./serverScenario.ts";

const laws = (mean: number): fc.Arbitrary<DistributionSpec> =>
  fc.oneof(
    fc.constant<DistributionSpec>({ kind: "exponential", mean }),
    fc.constant<DistributionSpec>({ kind: "deterministic", value: mean }),
    fc.constant<DistributionSpec>({ kind: "uniform", low: 0.3 * mean, high: 1.7 * mean }),
    fc.constant<DistributionSpec>({ kind: "shifted", by: mean / 2, of: { kind: "erlang", mean: mean / 2, stages: 3 } }),
    fc.constant<DistributionSpec>({ kind: "lomax", mean, shape: 2.4 }),
    fc.record({
      kind: fc.constant("lognormal" as const),
      mean: fc.constant(mean),
      scv: fc.double({ min: 0.2, max: 3, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant("gamma" as const),
      mean: fc.constant(mean),
      scv: fc.double({ min: 0.3, max: 3, noNaN: true }),
    }),
  );

const batches = fc.constantFrom<BatchSpec | undefined>(
  undefined,
  undefined,
  { kind: "fixed", size: 3 },
  { kind: "geometric", mean: 2 },
  { kind: "pmf", sizes: [1, 5], probabilities: [0.7, 0.3] },
);

describe("proven bounds of the latency", () => {
  it("hold every inverted distribution function, to its stated error", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        laws(0.05),
        laws(0.3),
        laws(0.1),
        batches,
        fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        fc.constantFrom(0, 0.2, 1),
        (work, coldStart, firstWork, batch, load, stay) => {
          const size = poisson({ rate: 1, batch }).poisson!.batch;
          const rate = load / 0.05 / size.mean;
          const keepAlive: DistributionSpec = { kind: "deterministic", value: stay };
          const server = {
            eventRate: rate,
            batch: size,
            service: distribution(work),
            firstService: distribution(firstWork),
            coldStart: distribution(coldStart),
            keepAlive: distribution(keepAlive),
            closeDown: null,
          };
          const points = 4096;
          const step = 2 / points;
          const { low, high } = latticeBounds(server, [], { step, points });
          const at = [40, 160, 400, 1000, 3000];
          const scenario = scenarioOf(
            { kind: "poisson", rate, batch },
            work,
            serverTarget({ coldStart, keepAlive, firstWork }),
            { cdfAt: at.map((k) => k * step) },
          );
          const target = predict(scenario).targets[0]!;
          if (target.status === "unavailable") throw new Error(target.reason);
          for (const [i, k] of at.entries()) {
            const { low: least, high: most } = target.latency.cdf[i]!.value;
            expect(most).toBeGreaterThanOrEqual(low[k]!);
            expect(least).toBeLessThanOrEqual(high[k]!);
            expect(high[k]! - low[k]!).toBeLessThan(0.25);
          }
        },
      ),
      { seed: 7, numRuns: 5 },
    );
  });

  it("answer for work of hundreds of measured values, and the interval is what they leave open", () => {
    const values = Array.from({ length: 300 }, (_, i) => 0.01 + 0.0713 * Math.abs(Math.sin(i * i + 1)) ** 3);
    const target = predict(
      scenarioOf({ kind: "poisson", rate: 15 }, { kind: "empirical", values }, serverTarget(), { cdfAt: [0.05, 0.2] }),
    ).targets[0]!;
    if (target.status === "unavailable") throw new Error(target.reason);
    expect(target.method).toContain("proven bounds");
    expect(target.status).toBe("numeric");
    for (const { value } of target.latency.cdf) {
      expect(value.high - value.low).toBeGreaterThan(0);
      expect(value.high - value.low).toBeLessThan(2e-3);
    }
  });
});
