import { describe, expect, it } from "vitest";
import { toDocument } from "../../src/scenario/document.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { scenario } from "./issuesOf.ts";

/** Parts of a document as `toDocument` writes them: nothing that is a default, every quantity in its shortest text. */
const targets: Readonly<Record<string, object>> = {
  server: { kind: "server", concurrency: "unlimited", closeDown: "1s", queueLimit: 0, firstWork: "30ms" },
  instances: {
    kind: "perRequest",
    coldStart: "250ms",
    keepAlive: { kind: "exponential", mean: "5min" },
    maxInstances: 9,
    startsPerSecond: "2.5/s",
    maxLifetime: "2h",
    scaleToZeroAfter: "10min",
    memory: "128MiB",
  },
  revision: { kind: "knative", target: 70, maxScale: 9, scaleDownDelay: "90s", stableWindow: "6s", timeout: "10s" },
  gpu: {
    kind: "knative",
    work: { on: "gpu", devices: 2, maxBatchSize: 8, maxQueueDelay: "5ms", launch: "3ms", marginal: 0.25 },
  },
  pods: {
    kind: "spinkube",
    autoscaler: {
      kind: "keda",
      trigger: "kafka",
      partitions: 4,
      pollingInterval: "5s",
      cooldownPeriod: "10s",
      initialCooldownPeriod: "1s",
      downscaleStabilization: "2s",
      syncPeriod: "3s",
      dispatch: { consumers: "pods", inFlight: 2, autoCommitInterval: "5s", rebalance: "100ms" },
    },
    podStart: { steps: { pull: "4s" } },
    nodes: { count: 2, cores: 4, podCpu: 0.5, podsMax: 20, imageCached: false, memory: "16GiB", podMemory: "64MiB" },
    checks: { readiness: { initialDelay: "1s", period: "2s" } },
    instanceMemory: "2MiB",
    connections: 16,
  },
  window: {
    kind: "knative",
    autoscaler: { kind: "keda", trigger: "http", metric: "requestRate", window: "30s", granularity: "2s" },
  },
  hpa: {
    kind: "knative",
    autoscaler: {
      kind: "hpa",
      metric: "cpu",
      target: 0.6,
      max: 9,
      cpuInitializationPeriod: "1min",
      initialReadinessDelay: "5s",
    },
  },
  edge: {
    kind: "edge",
    pops: [
      { name: "near", share: 0.75, roundTrip: "12ms" },
      { name: "far", share: 0.25, roundTrip: { kind: "exponential", mean: "20ms" } },
    ],
    instanceStart: "50us",
    coldStart: "100ms",
    keepAlive: "10min",
  },
  node: {
    kind: "node",
    cores: 4,
    nodeMemory: "16GiB",
    neighbours: [{ count: 20, arrivals: { kind: "poisson", rate: "1/s" }, work: "5ms" }],
    sharedBy: "request",
    coldStart: "1s",
    startWork: "20ms",
    instanceStart: "1ms",
    concurrency: 3,
    podCores: 2,
  },
  patient: {
    kind: "server",
    retries: {
      maxAttempts: 4,
      backoffMultiplier: 3,
      jitter: 0,
      on: ["timeout"],
      initialBackoff: "50ms",
      maxBackoff: "1min",
      attemptTimeout: "2s",
    },
  },
  hasty: { kind: "server", hedge: { maxAttempts: 3, delay: "20ms" } },
  priced: {
    kind: "server",
    memory: "1536MiB",
    prices: {
      perGigabyteSecond: 1,
      perRequest: 0,
      perInstanceHour: 0,
      perNodeHour: 2,
      billed: "busy",
      node: { cores: 4, memory: "16GiB" },
    },
  },
  sent: { kind: "server", live: { path: "/work", query: { ms: "{workMs}" } } },
  pipeline: {
    kind: "pipeline",
    stages: [
      { kind: "delay", time: "2ms", name: "gateway" },
      { kind: "produce", partitions: 4, by: "origin", linger: 0, batchSize: 100, send: "3ms", name: "produce" },
      {
        kind: "aggregator",
        consumers: 2,
        fetch: "1ms",
        maxPollRecords: 10,
        autoCommitInterval: "1s",
        rebalance: { every: { kind: "exponential", mean: "1h" }, pause: "3s" },
        work: "4ms",
        transaction: "20ms",
        name: "aggregator",
      },
      { kind: "produce", partitions: 1, by: "random", linger: "5ms", send: 0, name: "produce-2" },
      {
        kind: "trigger",
        consumers: 1,
        fetch: 0,
        maxPollRecords: 500,
        autoCommitInterval: "5s",
        inFlight: 3,
        retries: {
          maxAttempts: 3,
          backoffMultiplier: 2,
          jitter: 0.2,
          on: ["http5xx"],
          initialBackoff: 0,
          maxBackoff: "10s",
        },
        name: "trigger",
      },
      {
        name: "function",
        kind: "knative",
        work: { on: "gpu", of: "7ms", devices: 1, maxBatchSize: 4, maxQueueDelay: "1ms", launch: 0, marginal: 1 },
      },
      { name: "second", kind: "server", work: { kind: "exponential", mean: "2ms" } },
      { kind: "produce", partitions: 1, by: "roundRobin", linger: "5ms", send: 0, name: "produce-3" },
      {
        kind: "collector",
        consumers: 1,
        fetch: 0,
        maxPollRecords: 500,
        autoCommitInterval: 0,
        work: "6ms",
        name: "collector",
      },
    ],
  },
};

describe("a target as a document", () => {
  it.each(Object.entries(targets))("%s is what it was read from", (name, target) => {
    const parsed = scenario({ targets: { [name]: target } });
    const again = toDocument(parsed);
    expect(again.targets).toEqual({ [name]: target });
    expect(toScenario(again)).toEqual(parsed);
  });
});

describe("the rest of a document", () => {
  it("is what it was read from", () => {
    const rest = {
      seed: 7,
      warmup: "10s",
      network: "3ms",
      arrivals: { kind: "closed", clients: 3, thinkTime: { kind: "exponential", mean: "2s" } },
      prices: { perGigabyteSecond: 0, perRequest: 2, perInstanceHour: 0, perNodeHour: 0, billed: "held" },
      faults: [
        { kind: "podCrash", pods: 2, at: "1s", every: "1min", targets: ["one"] },
        { kind: "nodeLoss", node: 0, at: "2s", lasts: "30s" },
        { kind: "slowNode", node: 1, speed: 0.5, at: "2s" },
        { kind: "brokerPause", at: "3s", lasts: "1s" },
        { kind: "autoscalerRestart", at: 0, lasts: 0 },
      ],
      report: {
        quantiles: [0.5, 0.99],
        cdfAt: ["5ms"],
        buckets: ["10ms", "1s"],
        objective: "100ms",
        tolerance: { quantileRatio: 2, absolute: "2ms", ks: 0.5 },
      },
      calibration: { answerSha256: "0123456789abcdef".repeat(4), seed: 3 },
    };
    const parsed = scenario(rest);
    expect(toDocument(parsed)).toEqual({
      ...rest,
      name: "small",
      duration: "1min",
      work: "10ms",
      targets: { one: { kind: "server" } },
    });
    expect(toScenario(toDocument(parsed))).toEqual(parsed);
  });

  it.each<object>([
    { kind: "burst", size: 3, at: 0 },
    { kind: "burst", size: 3, at: "5s", every: "1min" },
    {
      kind: "profile",
      points: [
        { at: 0, rate: 0 },
        { at: "1min", rate: "5/s" },
      ],
      step: true,
      spacing: "even",
    },
    { kind: "hawkes", rate: "5/s", branching: 0.5, decayTime: "2s" },
  ])("has arrivals as they were read: %j", (arrivals) => {
    expect(toDocument(scenario({ arrivals })).arrivals).toEqual(arrivals);
  });

  it("has no network on a target where it is the scenario's, nor prices", () => {
    const prices = { perRequest: 2 };
    const parsed = scenario({
      network: "3ms",
      prices,
      targets: { a: { kind: "server" }, b: { kind: "server", network: 0, prices: { perRequest: 3 } } },
    });
    expect(toDocument(parsed)).toMatchObject({
      network: "3ms",
      targets: { a: { kind: "server" }, b: { kind: "server", network: 0, prices: { perRequest: 3 } } },
    });
    expect(Object.keys(toDocument(parsed).targets.a!)).toEqual(["kind"]);
  });
});
