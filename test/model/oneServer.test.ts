import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ArrivalsSpec } from "../../src/arrivals/index.ts";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import type { ServerSpec } from "../../src/scenario/scenario.ts";
import { scenarioOf, serverTarget } from "./serverScenario.ts";

type Points = readonly (readonly [t: number, value: number])[];
interface Inverted {
  readonly work: DistributionSpec;
  readonly rate: number;
  readonly target: Partial<ServerSpec>;
  readonly cdf: Points;
}
interface Chain {
  readonly d0: readonly (readonly number[])[];
  readonly d1: readonly (readonly number[])[];
  readonly mu: number;
  readonly alpha: number;
  readonly beta: number;
  readonly mean: number;
  readonly cdf: Points;
  readonly triggered: number;
  readonly direct: number;
  readonly off: number;
  readonly idle: number;
  readonly starting: number;
}
const fixture: { readonly inverted: readonly Inverted[]; readonly markovian: readonly Chain[] } = JSON.parse(
  readFileSync(new URL("fixtures/oneServer.json", import.meta.url), "utf8"),
);

function answer(arrivals: ArrivalsSpec, work: DistributionSpec, target: Partial<ServerSpec>, points: Points) {
  const at = { cdfAt: points.map(([t]) => t) };
  const found = predict(scenarioOf(arrivals, work, serverTarget(target), at)).targets[0]!;
  if (found.status === "unavailable") throw new Error(found.reason);
  return found;
}

function checkCdf({ latency }: AvailableAnswer, points: Points, tolerance: number): void {
  for (const [i, [t, wanted]] of points.entries()) {
    const { value, low, high } = latency.cdf[i]!.value;
    expect(Math.abs(value - wanted), `F(${t}): ${value} for ${wanted}`).toBeLessThan(tolerance);
    expect(wanted).toBeGreaterThanOrEqual(low - 1e-12);
    expect(wanted).toBeLessThanOrEqual(high + 1e-12);
    expect(high - low).toBeLessThan(2e-6);
  }
}

describe("one server by other routes", () => {
  it.each(fixture.inverted.map((one, i) => [`${one.work.kind} ${i}`, one] as const))("%s work", (_, one) => {
    const found = answer({ kind: "poisson", rate: one.rate }, one.work, one.target, one.cdf);
    expect(["exact", "numeric"]).toContain(found.status);
    checkCdf(found, one.cdf, 1e-9);
  });

  it.each(fixture.markovian.map((one, i) => [i, one] as const))(
    "a Markovian process that is not reversible: %s",
    (_, one) => {
      const { d0, d1, mu, alpha, beta } = one;
      const mean = (rate: number): DistributionSpec => ({ kind: "exponential", mean: 1 / rate });
      const target = { coldStart: mean(alpha), keepAlive: mean(beta) };
      const found = answer({ kind: "map", d0, d1 }, mean(mu), target, one.cdf);
      expect(found.status).toBe("numeric");
      checkCdf(found, one.cdf, 1e-9);
      const { latency, cold, states } = found;
      const pairs = [
        [latency.mean.value, one.mean],
        [cold.triggered!.value, one.triggered],
        [cold.probability.value, one.direct],
        [states!.off.value, one.off],
        [states!.idle.value, one.idle],
        [states!.starting.value, one.starting],
      ] as const;
      for (const [value, wanted] of pairs) expect(value / wanted).toBeCloseTo(1, 9);
    },
  );
});
