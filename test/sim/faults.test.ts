import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../src/sim/simulate.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

const kafka = { kind: "keda", trigger: "kafka", partitions: 4, pollingInterval: "1s", max: 5 } as const;
const nodes = { count: 2, cores: 2 } as const;

/** Every kind of target that something can befall, small enough to be hurt. */
const targets = {
  kept: { kind: "server", servers: 3, coldStart: "300ms" },
  several: { kind: "server", servers: 3, coldStart: "300ms", keepAlive: "500ms", queueLimit: 5, timeout: "1s" },
  sharing: { kind: "server", discipline: "processorSharing", concurrency: 4, coldStart: "200ms", closeDown: "100ms" },
  lambda: { kind: "perRequest", coldStart: "200ms", keepAlive: "1s", minInstances: 1, maxInstances: 4 },
  apart: { kind: "perRequest", coldStart: "200ms", keepAlive: "1s", coldStartOccupiesInstance: false },
  edge: {
    kind: "edge",
    pops: [
      { name: "near", share: 0.7, roundTrip: "5ms" },
      { name: "far", share: 0.3, roundTrip: { kind: "exponential", mean: "40ms" } },
    ],
    instanceStart: "1ms",
    coldStart: "200ms",
    keepAlive: "500ms",
  },
  revision: { kind: "knative", podStart: "500ms", containerConcurrency: 2, nodes, timeout: "5s" },
  serve: { kind: "knative", podStart: "500ms", containerConcurrency: 1, targetBurstCapacity: 0, workIs: "cpu", nodes },
  spin: { kind: "spinkube", podStart: "500ms", replicas: 3, workIs: "cpu", nodes },
  keda: { kind: "spinkube", podStart: "500ms", autoscaler: { ...kafka, dispatch: { consumers: 2, inFlight: 3 } } },
  pods: { kind: "spinkube", podStart: "500ms", autoscaler: { ...kafka, dispatch: { consumers: "pods", inFlight: 3 } } },
  node: {
    kind: "node",
    nodes: 2,
    functions: 4,
    concurrency: 1,
    coldStart: "200ms",
    startWork: "50ms",
    keepAlive: "1s",
  },
  warm: {
    kind: "node",
    nodes: 2,
    cores: 2,
    functions: 5,
    neighbours: [{ arrivals: { kind: "poisson", rate: "5/s" }, work: "9ms" }],
  },
  gpu: {
    kind: "server",
    concurrency: 8,
    coldStart: "200ms",
    work: { on: "gpu", maxBatchSize: 4, maxQueueDelay: "5ms" },
  },
  pipeline: {
    kind: "pipeline",
    timeout: "20s",
    stages: [
      { kind: "produce", partitions: 3, linger: "2ms" },
      { kind: "aggregator", consumers: 2, work: "1ms", rebalance: { every: "4s", pause: "500ms" } },
      { kind: "produce", name: "enriched", partitions: 4, linger: 0 },
      { kind: "trigger", consumers: 2, inFlight: 4, fetch: "1ms" },
      { kind: "spinkube", podStart: "500ms", autoscaler: kafka },
      { kind: "produce" },
      { kind: "collector", work: "1ms", autoCommitInterval: 0 },
    ],
  },
} as const;

const clients = fc.constantFrom(
  {},
  { retries: { initialBackoff: "20ms", attemptTimeout: "400ms" } },
  { retries: { maxAttempts: 5, initialBackoff: "10ms", on: ["reset", "rejected"] } },
  { hedge: { delay: "50ms" } },
  { retries: { initialBackoff: "20ms" }, hedge: { maxAttempts: 3, delay: "30ms" }, timeout: "900ms" },
);

const seconds = (least: number, most: number) =>
  fc.double({ min: least, max: most, noNaN: true }).map((value) => `${value}s`);
const when = { at: seconds(0, 6), every: fc.option(seconds(0.3, 5), { nil: undefined }) };
const node = fc.integer({ min: 0, max: 2 });
const fault = fc.oneof(
  fc.record({ kind: fc.constant("podCrash" as const), ...when, pods: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("nodeLoss" as const), ...when, node, lasts: seconds(0.1, 4) }),
  fc.record({
    kind: fc.constant("slowNode" as const),
    ...when,
    node,
    lasts: seconds(0.1, 4),
    speed: fc.constantFrom(0.1, 0.5),
  }),
  fc.record({ kind: fc.constant("brokerPause" as const), ...when, lasts: seconds(0.1, 2) }),
  fc.record({ kind: fc.constant("autoscalerRestart" as const), ...when, lasts: seconds(0, 3) }),
);
const arrivals = fc.constantFrom(
  { kind: "poisson", rate: "20/s" } as const,
  { kind: "poisson", rate: "2/s", batch: { kind: "fixed", size: 8 } } as const,
  { kind: "closed", clients: 6, thinkTime: { kind: "exponential", mean: "200ms" } } as const,
);

/** A fault without the fields that are not there. */
const written = (fields: object): object => JSON.parse(JSON.stringify(fields)) as object;

describe("whatever befalls a target", () => {
  it.each(Object.keys(targets) as (keyof typeof targets)[])("%s: every request has one outcome", (name) => {
    fc.assert(
      fc.property(
        fc.array(fault, { maxLength: 3 }),
        clients,
        arrivals,
        fc.nat(999),
        (faults, rules, arriving, seed) => {
          const isClosed = arriving.kind === "closed" && (name === "node" || name === "warm");
          const given = scenario(
            { one: { ...targets[name], ...rules } as never },
            {
              duration: "6s",
              arrivals: isClosed ? { kind: "poisson", rate: "20/s" } : arriving,
              work: { kind: "exponential", mean: "40ms" },
              faults: faults.map(written) as never,
              seed,
            },
          );
          const answer = answerOf(given, { replications: 1 });
          const { scheduled, completed, attempts = 0 } = answer.counts!;
          expect(completed + failures(answer)).toBe(scheduled);
          expect(attempts === 0 || attempts >= scheduled || attempts + failures(answer) >= scheduled).toBe(true);
          if (completed === 0) return;
          const parts = Object.values(answer.breakdown).map(({ value }) => value);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(answer.latency.mean.value, 9);
          expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
          const { total, starting, ready, busy } = answer.instances;
          expect(total.value).toBeGreaterThanOrEqual(starting!.value + ready!.value - 1e-9);
          expect(ready!.value).toBeGreaterThanOrEqual(busy!.value - 1e-9);
        },
      ),
      { seed: 5, numRuns: 5 },
    );
  });

  it("gives the same bytes for the same seed", () => {
    const faults = [
      { kind: "podCrash", at: "1s", every: "700ms" },
      { kind: "nodeLoss", at: "3s", lasts: "2s" },
      { kind: "brokerPause", at: "5s", lasts: "1s" },
    ] as const;
    const given = scenario(targets as never, { duration: "4s", faults: faults as never });
    const text = () => JSON.stringify(simulate(given, { replications: 1 }));
    expect(text()).toBe(text());
  });
});

describe("a fault", () => {
  const crash = { kind: "podCrash", at: "30.005s" } as const;

  it("loses what the instance was serving, and nothing else", () => {
    const given = scenario(
      { one: { kind: "server", coldStart: "100ms" } },
      { arrivals: { kind: "deterministic", interval: "1s" }, work: "10ms", faults: [crash] },
    );
    const { counts, cold } = answerOf(given, { replications: 1 });
    expect(counts).toMatchObject({ scheduled: 59, completed: 58, failed: { reset: 1 } });
    expect(cold.startsPerSecond!.value).toBeCloseTo(1 / 60, 12); // Kept for ever, it came back by itself.
  });

  it("befalls only the targets it names", () => {
    const both = { a: { kind: "server" }, b: { kind: "server" } } as const;
    const given = scenario(both, { faults: [{ ...crash, every: "1s", targets: ["a"] }] });
    const [a, b] = simulate(given, { replications: 1 }).targets;
    expect(JSON.stringify(a)).toContain("reset");
    expect(JSON.stringify(b)).not.toContain("reset");
  });

  it("is made good by clients that try again", () => {
    const faults = [{ kind: "podCrash", at: "1s", every: "2s" }] as const;
    const target = { kind: "spinkube", replicas: 4, podStart: "1s" } as const;
    const alone = answerOf(scenario({ one: target }, { faults: faults as never }), { replications: 1 });
    const retried = answerOf(
      scenario({ one: { ...target, retries: { initialBackoff: "10ms" } } }, { faults: faults as never }),
      { replications: 1 },
    );
    expect(failures(alone)).toBeGreaterThan(0);
    expect(failures(retried)).toBe(0);
    expect(retried.counts!.attempts!).toBeGreaterThan(retried.counts!.scheduled);
  });

  it("at the broker holds messages, and loses none", () => {
    const stages = [{ kind: "produce", linger: 0 }, { kind: "collector" }] as const;
    const pause = [{ kind: "brokerPause", at: "10s", lasts: "2s" }] as const;
    const given = scenario({ one: { kind: "pipeline", stages } } as never, { faults: pause as never });
    const { latency, counts } = answerOf(given, { replications: 1 });
    expect(counts!.completed).toBe(counts!.scheduled);
    expect(latency.quantiles.at(-1)!.value.value).toBeGreaterThan(1.8);
    expect(latency.quantiles[0]!.value.value).toBeLessThan(1e-6);
  });

  it("at the autoscaler delays what it would have ordered", () => {
    const burst = { arrivals: { kind: "burst", size: 40, at: "20s" }, work: "1s", duration: "1min" } as const;
    const target = { kind: "knative", podStart: "1s", containerConcurrency: 1 } as const;
    const away = [{ kind: "autoscalerRestart", at: "19s", lasts: "10s" }] as const;
    const there = answerOf(scenario({ one: target }, burst), { replications: 2 });
    const delayed = answerOf(scenario({ one: target }, { ...burst, faults: away as never }), { replications: 2 });
    expect(delayed.latency.mean.value).toBeGreaterThan(there.latency.mean.value + 5);
  });

  it("at a node slows what runs there, and what it lost starts elsewhere", () => {
    const target = {
      kind: "spinkube",
      replicas: 2,
      podStart: "2s",
      workIs: "cpu",
      nodes: { count: 2, cores: 1 },
    } as const;
    const withFault = (faults: object[]) =>
      answerOf(scenario({ one: target }, { faults: faults as never, duration: "40s" }), { replications: 4 });
    const well = withFault([]);
    const slow = withFault([{ kind: "slowNode", at: "0s", speed: 0.5 }]);
    const lost = withFault([{ kind: "nodeLoss", at: "10s" }]);
    expect(slow.latency.mean.value).toBeGreaterThan(1.3 * well.latency.mean.value);
    expect(lost.instances.ready!.value).toBeCloseTo(2 - 2 / 40, 1);
    expect(lost.counts!.completed + failures(lost)).toBe(lost.counts!.scheduled);
  });
});
