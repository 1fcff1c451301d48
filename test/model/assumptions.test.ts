import { describe, expect, it } from "vitest";
import { assumptionsFor, claim } from "../../src/model/assumptions.ts";
import { predict } from "../../src/model/predict.ts";
import { toScenario } from "../../src/scenario/parse.ts";

const scenario = toScenario({
  name: "claimed",
  duration: "1h",
  arrivals: { kind: "poisson", rate: "50/s" },
  work: { kind: "exponential", mean: "8ms" },
  network: "1ms",
  targets: { one: { kind: "server" }, limited: { kind: "server", queueLimit: 3, discipline: "processorSharing" } },
});

describe("the assumptions under which claimed figures come out", () => {
  it("finds the only ones of M/M/1 behind a constant network", () => {
    // The sojourn is exponential with mean T, so p50 = n + T·ln 2 and p99 = n + T·ln 100; T = w/(1 − 50 w).
    const [network, mean] = [0.012, 0.03];
    const claims = [claim(`p50=${network + mean * Math.LN2}s`), claim(`p99=${network + mean * Math.log(100)}s`)];
    const found = assumptionsFor(scenario, "one", ["network", "work.mean"], claims);
    expect(found.worst).toBeLessThan(1.001);
    expect(found.values.map(({ path, unit }) => [path, unit])).toEqual([
      ["network", "s"],
      ["work.mean", "s"],
    ]);
    expect(found.values[0]!.value / network).toBeCloseTo(1, 2);
    expect(found.values[1]!.value / (mean / (1 + 50 * mean))).toBeCloseTo(1, 2);
    // What comes back is a scenario that shows it.
    const [answer] = predict(found.scenario, { targets: ["one"] }).targets;
    expect(answer).toMatchObject({ status: "numeric", stable: true });
  });

  it("says how far off the nearest is where claims contradict each other", () => {
    // An exponential sojourn alone has p99 = p50 · ln 100/ln 2; a factor of 2 in p99 is split evenly between the two.
    const bare = toScenario({ ...document, network: "0s" });
    const claims = [claim("p50=10ms"), claim(`p99=${(2 * 0.01 * Math.log(100)) / Math.LN2}s`)];
    expect(assumptionsFor(bare, "one", ["work.mean"], claims).worst).toBeCloseTo(Math.SQRT2, 2);
  });

  it("takes shares, and overheads among slow requests", () => {
    const claims = [claim("overhead=60%"), claim("mean=20ms")];
    const found = assumptionsFor(scenario, "one", ["network", "work.mean"], claims);
    expect(found.worst).toBeLessThan(1.001);
    expect(found.values[1]!.value / 0.008).toBeCloseTo(1, 2);
    expect(claim("overhead(p99)=22%").asks.quantiles).toEqual([0.99]);
  });

  it("refuses what cannot be varied, what has no model, and what is no claim", () => {
    const claims = [claim("p99=80ms")];
    expect(() => assumptionsFor(scenario, "one", ["servers"], claims)).toThrow("whole number");
    expect(() => assumptionsFor(scenario, "one", ["keepAlive"], claims)).toThrow("positive, finite");
    expect(() => assumptionsFor(scenario, "limited", ["work.mean"], claims)).toThrow("model: ");
    for (const text of ["p99<=80ms", "p99", "p99=0", "latency=1s", "p99==1s"]) expect(() => claim(text)).toThrow();
  });
});

const document = {
  name: "bare",
  duration: "1h",
  arrivals: { kind: "poisson", rate: "50/s" },
  work: { kind: "exponential", mean: "8ms" },
  targets: { one: { kind: "server" } },
} as const;
