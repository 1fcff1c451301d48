import { describe, expect, it } from "vitest";
import { goal } from "../../src/model/goal.ts";
import { sensitivities } from "../../src/model/sensitivity.ts";
import { solveFor } from "../../src/model/solveFor.ts";
import { toScenario } from "../../src/scenario/parse.ts";

const scenario = toScenario({
  name: "what-if",
  duration: "1h",
  arrivals: { kind: "poisson", rate: "50/s" },
  work: { kind: "exponential", mean: "10ms" },
  targets: {
    one: { kind: "server" },
    cold: { kind: "server", coldStart: "300ms", keepAlive: "50ms" },
    pods: { kind: "spinkube", replicas: 2, workIs: "cpu", instanceStart: "0s" },
    limited: { kind: "server", queueLimit: 3, discipline: "processorSharing" },
  },
});
const p99 = [goal("p99<=100ms")];

describe("for which values a goal is met", () => {
  it("finds the rate at which p99 of M/M/1 is the limit", () => {
    const found = solveFor(scenario, "one", "arrivals.rate", p99);
    expect(found).toMatchObject({ verdict: "bounded", atLeast: null, unit: "/s" });
    expect(found.atMost).toBeCloseTo(100 - Math.log(100) / 0.1, 4);
  });

  it("finds the least number of pods, a whole one", () => {
    const found = solveFor(scenario, "pods", "replicas", [goal("mean<=15ms")]);
    // With r pods the mean is 10 ms/(1 − 0.5/r).
    expect(found).toMatchObject({ verdict: "bounded", atLeast: 2, atMost: null });
  });

  it("finds how long to keep an instance for a share of cold requests", () => {
    const found = solveFor(scenario, "cold", "keepAlive", [goal("cold<=1%")]);
    expect(found.verdict).toBe("bounded");
    // p₀q(1 + λC) with p₀ = 0.5/(1 + λqC): 0.5·q·16 = 0.01·(1 + 15·q).
    const q = 0.01 / (8 - 0.15);
    expect(found.atLeast).toBeCloseTo(-Math.log(q) / 50, 6);
  });

  it("says that no value will do, that any will, and that there is no model", () => {
    expect(solveFor(scenario, "one", "arrivals.rate", [goal("p99<=1ms")])).toMatchObject({ verdict: "never" });
    expect(solveFor(scenario, "one", "keepAlive", [goal("mean<=1s")])).toMatchObject({ verdict: "always" });
    expect(solveFor(scenario, "limited", "arrivals.rate", p99)).toMatchObject({ verdict: "unknown" });
  });

  it.each([
    ["arrivals.rat", 'did you mean "rate"'],
    ["work", "work.mean"],
    ["nothing.at.all", 'there is no "nothing"'],
  ])("refuses %s and says what there is", (path, advice) => {
    expect(() => solveFor(scenario, "one", path, p99)).toThrow(advice);
  });

  it.each(["p99<=100", "p99", "p0<=1s", "cold<=2", "latency<=1s", "within(5)>=1%"])("refuses the goal %s", (text) => {
    expect(() => goal(text)).toThrow("--for");
  });
});

describe("how the latency moves", () => {
  it("has the derivatives of M/M/1, inside their intervals", () => {
    const found = sensitivities(scenario, "one", ["arrivals.rate", "work.mean"]);
    if (typeof found === "string") throw new Error(found);
    // T is exponential with rate 100 − λ: dE[T]/dλ = 1/(100 − λ)²; elasticities 1 and 2.
    const [rate, work] = found;
    const slope = 1 / 50 ** 2;
    expect(rate!.mean.low).toBeLessThanOrEqual(slope);
    expect(rate!.mean.high).toBeGreaterThanOrEqual(slope);
    expect(rate!.mean.value / slope).toBeCloseTo(1, 6);
    for (const { q, value } of rate!.quantiles) expect(value.value / (-Math.log1p(-q) * slope)).toBeCloseTo(1, 5);
    expect(rate!.elasticity!.mean).toBeCloseTo(1, 6);
    expect(work!.elasticity!.mean).toBeCloseTo(2, 6);
  });

  it("gives the reason where there is no model", () => {
    expect(sensitivities(scenario, "limited")).toContain("model: ");
  });
});
