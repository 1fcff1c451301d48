import { describe, expect, it } from "vitest";
import { endsByItself, isTransient } from "../../src/scenario/schema/normalise.ts";
import { issuesOf, scenario } from "./issuesOf.ts";

const poisson = { kind: "poisson", rate: "5/s" };
const burst = { kind: "burst", size: 3 };
const profile = (...rates: unknown[]) => ({ kind: "profile", points: rates.map((rate, i) => ({ at: i, rate })) });

describe("arrivals", () => {
  it.each<[unknown, boolean, boolean]>([
    [poisson, false, false],
    [burst, true, true],
    [{ ...burst, every: "1s" }, false, false],
    [{ kind: "trace", times: [0] }, true, true],
    [profile("5/s", 0), true, true],
    [profile("5/s", "0/min"), true, true],
    [profile(5, 0), true, true],
    [profile(0, "5/s"), false, true],
    [profile(0, 5), false, true],
    [profile(), false, true],
    [{ kind: "profile", points: "many" }, false, true],
    [{ kind: "devices", each: burst }, true, true],
    [{ kind: "devices", each: profile("5/s") }, false, true],
    [{ kind: "devices", each: poisson }, false, false],
    [{ kind: "devices" }, false, false],
    [{ kind: "superposition", of: [burst, profile(0)] }, true, true],
    [{ kind: "superposition", of: [burst, poisson] }, false, true],
    [{ kind: "superposition", of: [poisson, poisson] }, false, false],
    [{ kind: "superposition", of: burst }, false, false],
    [{ kind: "superposition" }, false, false],
    [undefined, false, false],
    [null, false, false],
  ])("%j end by themselves: %s; have no steady state: %s", (arrivals, ends, transient) => {
    expect([endsByItself(arrivals), isTransient(arrivals)]).toEqual([ends, transient]);
  });

  const noMean = "must have a mean of more than 0";
  const discrete = (probabilities: number[]) => ({ kind: "discrete", values: [0, "1s"], probabilities });
  it.each<[object, string[]]>([
    [{ kind: "renewal", interval: 0 }, [`arrivals.interval: ${noMean}`]],
    [{ kind: "renewal", interval: "1ns" }, []],
    [{ kind: "renewal", interval: { kind: "empirical", values: [0, 0] } }, [`arrivals.interval: ${noMean}`]],
    [{ kind: "renewal", interval: { kind: "empirical", values: [0, "1s"] } }, []],
    [{ kind: "renewal", interval: discrete([1, 0]) }, [`arrivals.interval: ${noMean}`]],
    [{ kind: "renewal", interval: discrete([0.9, 0.1]) }, []],
    [{ kind: "renewal", interval: { kind: "shifted", by: 0, of: 0 } }, [`arrivals.interval: ${noMean}`]],
    [{ kind: "renewal", interval: { kind: "shifted", by: "1s", of: 0 } }, []],
    [{ kind: "onOff", on: 0, off: 0, rate: "5/s" }, [`arrivals.on: ${noMean}`, `arrivals.off: ${noMean}`]],
    [{ kind: "onOff", on: "1s", off: "1s", rate: "5/s" }, []],
    [{ kind: "devices", count: 2, each: { kind: "renewal", interval: 0 } }, [`arrivals.each.interval: ${noMean}`]],
    [
      {
        kind: "superposition",
        of: [poisson, { kind: "devices", count: 2, each: { kind: "closed", clients: 1, thinkTime: "1s" } }],
      },
      ["arrivals.of[1].each: closed arrivals stand alone: their clients wait for answers"],
    ],
    [{ kind: "closed", clients: 1, thinkTime: 0 }, []],
  ])("never put infinitely many requests into one instant, nor clients among others: %j", (arrivals, issues) => {
    expect(issuesOf({ arrivals })).toEqual(issues);
  });

  it("may have instants in the document itself, scaled", () => {
    const times = [0, "1s", "3s"];
    expect(scenario({ arrivals: { kind: "trace", times } }).arrivals).toEqual({ kind: "trace", times: [0, 1, 3] });
    expect(scenario({ arrivals: { kind: "trace", times, scale: 2 } }).arrivals).toEqual({
      kind: "trace",
      times: [0, 2, 6],
    });
  });
});

describe("a parsed target", () => {
  const parsed = (target: object, rest: object = {}) => scenario({ ...rest, targets: { one: target } }).targets[0]!;
  const none = { kind: "deterministic", value: 0 };

  it("has null or infinity for what is not said", () => {
    expect(parsed({ kind: "server" })).toMatchObject({ closeDown: null, queueLimit: Infinity, timeout: Infinity });
    expect(parsed({ kind: "server" })).toMatchObject({ firstWork: null, live: null, network: none, concurrency: 1 });
    expect(parsed({ kind: "server" })).not.toHaveProperty("prices");
    expect(parsed({ kind: "server", concurrency: "unlimited" })).toMatchObject({ concurrency: Infinity });
    const perRequest = { kind: "perRequest", coldStart: 0, keepAlive: 0 };
    expect(parsed(perRequest)).toMatchObject({ maxInstances: Infinity, startsPerSecond: Infinity });
    expect(parsed({ kind: "knative" })).toMatchObject({ target: null, maxScale: Infinity, timeout: 300 });
    expect(parsed({ kind: "knative", target: 3, maxScale: 4 })).toMatchObject({ target: 3, maxScale: 4 });
    const pops = [{ name: "here", share: 1, roundTrip: 0 }];
    expect(parsed({ kind: "edge", pops, instanceStart: 0 })).toMatchObject({ coldStart: null, keepAlive: "forever" });
    expect(parsed({ kind: "node", cores: 4 })).toMatchObject({
      nodeMemory: Infinity,
      concurrency: Infinity,
      podCores: 4,
    });
    expect(parsed({ kind: "node", concurrency: 2, podCores: 0.5 })).toMatchObject({ concurrency: 2, podCores: 0.5 });
  });

  it("takes the scenario's network and prices where it has none", () => {
    const given = { network: "3ms", prices: { perRequest: 1 } };
    expect(parsed({ kind: "server" }, given)).toMatchObject({ network: { value: 0.003 }, prices: { perRequest: 1 } });
    const own = { network: "1ms", prices: { perRequest: 2 } };
    expect(parsed({ kind: "server", ...own }, given)).toMatchObject({
      network: { value: 0.001 },
      prices: { perRequest: 2 },
    });
  });

  it("has pods that request the memory that they hold, unless they say otherwise", () => {
    const pods = (rest: object, nodes: object = {}) =>
      parsed({ kind: "spinkube", replicas: 1, nodes: { count: 1, cores: 1, ...nodes }, ...rest });
    expect(pods({})).toMatchObject({ nodes: { memory: Infinity, podMemory: 0 } });
    expect(pods({ memory: "3B" })).toMatchObject({ nodes: { podMemory: 3 } });
    expect(pods({ memory: "3B" }, { podMemory: "5B", memory: "1GB" })).toMatchObject({
      nodes: { podMemory: 5, memory: 1e9 },
    });
    expect(parsed({ kind: "knative" })).not.toHaveProperty("nodes");
    expect(parsed({ kind: "knative", nodes: { count: 1, cores: 1 } })).toMatchObject({ nodes: { podMemory: 0 } });
  });

  it("starts its pods as said, at once where their number is fixed, else as was published", () => {
    const start = (rest: object) => parsed({ kind: "spinkube", ...rest });
    const autoscaler = { kind: "hpa", metric: "cpu", target: 0.5, min: 2, max: 3 };
    expect(start({ replicas: 2 })).toMatchObject({ replicas: 2, podStart: null });
    expect(start({ replicas: 2, podStart: 0 })).toMatchObject({ podStart: none });
    expect(start({ autoscaler: { kind: "fixed", replicas: 2 } })).toMatchObject({ replicas: 2, podStart: null });
    expect(start({ autoscaler: { kind: "fixed", replicas: 2 } })).not.toHaveProperty("autoscaler");
    expect(start({ autoscaler: { kind: "fixed", replicas: 2 }, podStart: 0 })).toMatchObject({ podStart: none });
    expect(start({ autoscaler })).toMatchObject({ replicas: 2, podStart: { kind: "steps" }, autoscaler: { max: 3 } });
    expect(start({ autoscaler, podStart: 0 })).toMatchObject({ replicas: 2, podStart: none });
  });

  it("is sent with the words it is given, whatever they are called", () => {
    const live = { query: { kind: "trace" }, headers: { kind: "superposition" } };
    expect(parsed({ kind: "server", live })).toMatchObject({ live });
  });

  it("holds nothing for a key without a value", () => {
    expect(parsed({ kind: "server", memory: undefined, retries: undefined })).toStrictEqual(parsed({ kind: "server" }));
  });
});
