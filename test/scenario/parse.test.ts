import { globSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { arrivalProcesses } from "../../src/arrivals/index.ts";
import { ScenarioError } from "../../src/base/check.ts";
import { distribution, distributions } from "../../src/distributions/index.ts";
import { source } from "../../src/random/source.ts";
import { parseScenario, toScenario } from "../../src/scenario/parse.ts";
import { podStartSteps } from "../../src/scenario/podStart.ts";
import { arrivalsKinds } from "../../src/scenario/schema/arrivals.ts";
import { distributionKinds } from "../../src/scenario/schema/distribution.ts";
import { scenarioJsonSchema } from "../../src/scenario/schema/jsonSchema.ts";
import { nearest } from "../../src/scenario/schema/nearest.ts";
import { issuesOf } from "./issuesOf.ts";
import { documents } from "./scenarios.ts";

const small = (rest: object = {}) => ({
  name: "small",
  duration: "1min",
  arrivals: { kind: "poisson" as const, rate: "5/s" },
  work: "10ms",
  targets: { one: { kind: "server" as const } },
  ...rest,
});

describe("parseScenario", () => {
  it("fills in the documented defaults", () => {
    const { seed, warmup, network, report, targets, calibration } = toScenario(
      small({
        targets: {
          s: { kind: "server" },
          w: { kind: "spinkube", replicas: 2 },
          f: { kind: "knative" },
          l: { kind: "perRequest", coldStart: "1s", keepAlive: "5min" },
        },
      }),
    );
    expect({ seed, warmup, network, report, calibration }).toMatchObject({
      seed: 1,
      warmup: 0,
      network: { kind: "deterministic", value: 0 },
      calibration: null,
      report: { quantiles: [0.5, 0.9, 0.95, 0.99, 0.999], objective: null, cdfAt: [] },
    });
    expect(targets[0]).toMatchObject({
      name: "s",
      concurrency: 1,
      servers: 1,
      keepAlive: "forever",
      queueLimit: Infinity,
    });
    expect(targets[0]).toMatchObject({ timeout: Infinity, coldStart: { kind: "deterministic", value: 0 }, live: null });
    expect(targets[1]).toMatchObject({ instanceStart: { kind: "deterministic", value: 5e-5 }, maxInstanceCount: 1000 });
    expect(targets[2]).toMatchObject({
      timeout: 300,
      stableWindow: 60,
      maxScale: Infinity,
      target: null,
      workIs: "io",
    });
    expect(targets[3]).toMatchObject({ selection: "mru", maxInstances: Infinity, startsPerSecond: Infinity });
  });

  it("takes a pod's start from the published quantiles where none is stated", () => {
    const [target] = toScenario(small({ targets: { f: { kind: "knative" } } })).targets;
    const podStart = target?.kind === "knative" ? target.podStart : undefined;
    if (podStart?.kind !== "steps") throw new Error("the default must be told in steps");
    const steps = podStartSteps.map((step) => distribution(podStart[step]));
    expect(steps.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(3.149, 9);
    const n = 20_000;
    const samplers = steps.map((law, i) => law.sampler(source(1, "step", i)));
    const starts = Float64Array.from({ length: n }, () => samplers.reduce((sum, draw) => sum + draw(), 0)).sort();
    expect(Math.abs(starts[0.99 * n]! - 4.182)).toBeLessThan(0.03);
    const addresses = Float64Array.from({ length: n }, () => samplers[1]!() + samplers[2]!()).sort();
    expect(Math.abs(addresses[0.99 * n]! - 2.493)).toBeLessThan(0.015);
  });

  it("starts the pods of an autoscaler with its minimum, and takes a fixed one for replicas", () => {
    const pods = (target: object) => toScenario(small({ targets: { a: { kind: "spinkube", ...target } } })).targets[0];
    const fixed = pods({ autoscaler: { kind: "fixed", replicas: 3 } });
    expect(fixed).toEqual(pods({ replicas: 3 }));
    const scaled = pods({ autoscaler: { kind: "keda", trigger: "kafka", partitions: 4, min: 2 } });
    expect(scaled).toMatchObject({ replicas: 2, podStart: { kind: "steps" } });
    expect(scaled).toMatchObject({
      autoscaler: { lagThreshold: 10, activationLagThreshold: 0, pollingInterval: 30, cooldownPeriod: 300, max: 100 },
    });
    expect(pods({ replicas: 1, memory: "64MiB", nodes: { count: 1, cores: 4 } })).toMatchObject({
      nodes: { podsMax: 110, imageCached: true, memory: Infinity, podMemory: 64 * 2 ** 20, podCpu: 0 },
    });
  });

  it("gives a target the scenario's network unless it has its own", () => {
    const { targets } = toScenario(
      small({ network: "2ms", targets: { a: { kind: "server" }, b: { kind: "server", network: 0 } } }),
    );
    expect(targets.map(({ network }) => network)).toEqual([
      { kind: "deterministic", value: 0.002 },
      { kind: "deterministic", value: 0 },
    ]);
  });

  it("reads columns of files, in their unit and scale", () => {
    const files: Record<string, string> = {
      "a.csv": "at_ms,x\n0,1\n500,2\n\n1500,3\n",
      "b.csv": "12\r\n14\r\n",
    };
    const readText = (path: string) => files[path]!;
    const { arrivals, work } = toScenario(
      {
        name: "files",
        arrivals: { kind: "trace", file: "a.csv", column: "at_ms", unit: "ms", scale: 2 },
        work: { kind: "empirical", file: "b.csv", column: 1, unit: "ms" },
        targets: { one: { kind: "server" } },
      },
      { readText },
    );
    expect(arrivals).toEqual({ kind: "trace", times: [0, 1, 3] });
    expect(work).toEqual({ kind: "empirical", values: [0.012, 0.014] });
  });

  it("needs no duration where arrivals end, or requests are counted", () => {
    const { duration: _, ...endless } = small();
    expect(() => toScenario(endless)).toThrow(/duration: is missing/);
    expect(toScenario(endless, { requestsBounded: true }).duration).toBe(Infinity);
    expect(toScenario({ ...endless, arrivals: { kind: "burst", size: 3 } }).duration).toBe(Infinity);
    expect(() => toScenario({ ...endless, arrivals: { kind: "burst", size: 3, every: "1s" } })).toThrow(/duration/);
  });

  it("hashes what is said, not how", () => {
    const a = toScenario(small()).sha256;
    expect(
      toScenario(small({ duration: "60s", work: { kind: "deterministic", value: "1e-2s" }, seed: 1 })).sha256,
    ).toBe(a);
    expect(toScenario(small({ duration: "61s" })).sha256).not.toBe(a);
  });

  it("passes a parsed scenario as it is", () => {
    const scenario = toScenario(small());
    expect(toScenario(scenario)).toBe(scenario);
  });

  it("refuses hostile documents without falling over", () => {
    const nested = "[".repeat(20_000);
    const hostile = [
      nested,
      `a: ${"{b: ".repeat(500)}1${"}".repeat(500)}`,
      "\u0000",
      "&a [*a]",
      "__proto__: {x: 1}",
      "!!js/function 'x'",
    ];
    for (const text of hostile) expect(() => parseScenario(text)).toThrow(ScenarioError);
    const polluted = `{"name":"x","duration":"1s","arrivals":{"kind":"poisson","rate":"1/s"},"work":"1ms","targets":{"__proto__":{"kind":"server"}}}`;
    expect(() => parseScenario(polluted)).toThrow(ScenarioError);
  });

  it("says what is too long, too deep or too often, and of broken syntax ten faults at most", () => {
    const issuesOf = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        return (error as ScenarioError).issues;
      }
      throw new Error("was accepted");
    };
    const messageOf = (read: () => unknown) => issuesOf(read)[0]!.message;
    const long = messageOf(() => parseScenario("x".repeat(2 ** 21 + 1)));
    expect(long).toMatch(/2097152.*; put long lists of values into a CSV and name it by "file"$/);
    expect(messageOf(() => parseScenario(`#${"x".repeat(2 ** 21 - 1)}`))).not.toContain("characters long");
    const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) });
    expect(messageOf(() => toScenario(nested(64) as never))).toBe("nested over 64 levels deep");
    expect(messageOf(() => toScenario(nested(63) as never))).not.toContain("nested");
    const repeats = `a: &a [1]\nb: [${"*a, ".repeat(150)}]`;
    expect(messageOf(() => parseScenario(repeats))).toBe("repeats anchored parts too often (over 100 times)");
    expect(issuesOf(() => parseScenario("a: [1\n".repeat(40))).length).toBeLessThanOrEqual(10);
    expect(() => parseScenario("[", { file: "mine.yaml" })).toThrow(/^mine\.yaml:1:2: not valid YAML/);
    expect(() => parseScenario("a: 1")).toThrow(/^scenario:1:1: /);
  });

  it("tells each problem once, in the order of the text", () => {
    const text =
      "seed: -1\nwarmup: -2s\nname: 5\narrivals: { kind: poisson, rate: 5 }\ntargets: { one: { kind: server } }\n";
    try {
      parseScenario(text);
      expect.unreachable();
    } catch (error) {
      const places = (error as ScenarioError).issues.map(({ line = 0, path }) => [line, path]);
      expect(places).toEqual([
        [1, "work"],
        [1, "duration"],
        [1, "seed"],
        [2, "warmup"],
        [3, "name"],
        [4, "arrivals.rate"],
      ]);
    }
  });

  it("tells a hundred problems, and how many there are beyond them", () => {
    const issues = (count: number) => issuesOf({ work: { kind: "empirical", values: Array(count).fill(5) } });
    expect(issues(100)).toHaveLength(100);
    expect(issues(102)).toHaveLength(101);
    expect(issues(102).at(-1)).toBe(": and 2 problems more");
  });

  it("tells what is wrong with anything that is no document", () => {
    for (const value of [null, undefined, 5, "x", []]) {
      expect(() => toScenario(value as never)).toThrow(/^scenario: .*write a scenario: name, arrivals, work, targets/);
    }
    expect(() => toScenario(5 as never, { file: "mine.yaml" })).toThrow(/^mine\.yaml: /);
    // A parsed scenario has its targets in a list.
    expect(issuesOf({ sha256: "0" })).toEqual([expect.stringContaining('unknown key "sha256"')]);
  });

  it("never throws anything but ScenarioError at arbitrary values", () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom("name", "arrivals", "work", "targets", "kind", "of", "x") }),
        (value) => {
          expect(() => toScenario(value as never)).toThrow(ScenarioError);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe("the kinds that the schema knows", () => {
  it("are those the registries have", () => {
    expect([...distributionKinds].sort()).toEqual(Object.keys(distributions).sort());
    expect([...arrivalsKinds].sort()).toEqual(Object.keys(arrivalProcesses).sort());
  });
});

describe("scenario.schema.json", () => {
  it("is fresh (npm run schema rewrites it)", () => {
    const file = JSON.parse(readFileSync("scenarios/scenario.schema.json", "utf8"));
    expect(file).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });

  it("accepts every scenario that the parser accepts", () => {
    const validate = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());
    for (const file of globSync("scenarios/*.yaml")) {
      expect(validate(parse(readFileSync(file, "utf8"))), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
    fc.assert(
      fc.property(documents, (document) => {
        expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

describe("nearest", () => {
  it.each([
    ["duratoin", "duration"],
    ["coldstart", "coldStart"],
    ["wrok", "work"],
    ["xyz", undefined],
    ["", undefined],
  ])("%s → %s", (word, expected) => {
    expect(nearest(word, ["duration", "coldStart", "work", "kind"])).toBe(expected);
  });
});
