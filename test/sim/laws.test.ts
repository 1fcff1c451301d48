import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerFromJson, answerToJson } from "../../src/report/json.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

/** A time in a scenario document. */
const time = (seconds: number): string => `${seconds}s`;

/** Every kind of target with settings that matter, small enough to overload now and then. */
const targets = fc.oneof(
  fc.record({
    kind: fc.constant("server" as const),
    servers: fc.integer({ min: 1, max: 4 }),
    coldStart: fc.double({ min: 0, max: 0.2, noNaN: true }).map(time),
    keepAlive: fc.oneof(fc.constant("forever"), fc.double({ min: 0, max: 0.3, noNaN: true }).map(time)),
    queueLimit: fc.constantFrom(0, 3, 1000),
    timeout: fc.constantFrom("50ms", "1h"),
  }),
  fc.record({
    kind: fc.constant("server" as const),
    concurrency: fc.constantFrom(1, 3, "unlimited" as const),
    discipline: fc.constantFrom("fcfs" as const, "processorSharing" as const),
    coldStart: fc.constantFrom("0s", "100ms"),
    keepAlive: fc.constantFrom("forever", "0s", "40ms"),
  }),
  fc.record({
    kind: fc.constant("perRequest" as const),
    coldStart: fc.constantFrom("0s", "100ms"),
    keepAlive: fc.constantFrom("forever", "0s", "200ms"),
    selection: fc.constantFrom("newest" as const, "mru" as const, "lru" as const, "oldest" as const, "random" as const),
    maxInstances: fc.constantFrom(1, 3, 1000),
    minInstances: fc.constantFrom(0, 1),
    coldStartOccupiesInstance: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("spinkube" as const),
    replicas: fc.integer({ min: 1, max: 3 }),
    maxInstanceCount: fc.constantFrom(1, 100),
    workIs: fc.constantFrom("io" as const, "cpu" as const),
    network: fc.constant({ kind: "exponential" as const, mean: "1ms" }),
  }),
  fc.record({
    kind: fc.constant("knative" as const),
    podStart: fc.constantFrom("300ms", "2s"),
    containerConcurrency: fc.constantFrom(0, 1, 2, 10),
    workIs: fc.constantFrom("io" as const, "cpu" as const),
    maxScale: fc.constantFrom(1, 3, 20),
    minScale: fc.constantFrom(0, 1),
    stableWindow: fc.constantFrom("6s", "60s"),
    targetBurstCapacity: fc.constantFrom(0, 211, -1),
    activators: fc.constantFrom(1, 3),
    timeout: fc.constantFrom("500ms", "300s"),
  }),
);
const arrivals = fc.constantFrom(
  { kind: "poisson" as const, rate: "40/s" },
  { kind: "poisson" as const, rate: "120/s" },
  { kind: "poisson" as const, rate: "5/s", batch: { kind: "fixed" as const, size: 8 } },
  { kind: "deterministic" as const, interval: "20ms" },
);

describe("every simulated target", () => {
  it("accounts for every request, and for every second of its latency", () => {
    fc.assert(
      fc.property(targets, arrivals, fc.integer({ min: 1, max: 1000 }), (target, arriving, seed) => {
        const given = scenario({ one: target as never }, { duration: "10s", warmup: "2s", arrivals: arriving, seed });
        const answer = answerOf(given, { replications: 2 });
        const counts = answer.counts!;
        expect(counts.scheduled).toBeGreaterThan(0);
        expect(counts.completed + failures(answer) + counts.dropped + counts.unsent).toBe(counts.scheduled);
        if (counts.completed === 0) return;
        const parts = Object.values(answer.breakdown).map(({ value }) => value);
        const sum = parts.reduce((total, part) => total + part, 0);
        expect(sum).toBeCloseTo(answer.latency.mean.value, 10);
        for (const part of parts) expect(part).toBeGreaterThanOrEqual(0);
        const { probability } = answer.cold;
        expect(probability.value >= 0 && probability.value <= 1).toBe(true);
        const { total, starting, ready, busy, idle } = answer.instances;
        expect(total.value).toBeGreaterThanOrEqual(starting!.value + ready!.value - 1e-9);
        expect(busy!.value + idle!.value).toBeCloseTo(ready!.value, 9);
        expect(idle!.value).toBeGreaterThanOrEqual(-1e-9);
        const shares = answer.latency.buckets.reduce((total, { value }) => total + value.value, 0);
        expect(shares).toBeCloseTo(1, 12);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("gives the same bytes for the same seed, and others for another", () => {
    const given = scenario({
      a: { kind: "server", servers: 2, coldStart: "50ms", keepAlive: "100ms" },
      b: {
        kind: "perRequest",
        coldStart: { kind: "exponential", mean: "100ms" },
        keepAlive: "1s",
        selection: "random",
      },
      c: { kind: "spinkube", replicas: 2, workIs: "cpu" },
      d: { kind: "knative", podStart: "1s", containerConcurrency: 1 },
    });
    const text = (seed: number) => JSON.stringify(simulate(given, { seed, replications: 2 }));
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  it("does not change one target's figures when another is left out", () => {
    const given = scenario({ a: { kind: "server" }, b: { kind: "server", servers: 2, workFactor: 1.5 } });
    const both = simulate(given, { replications: 2 }).targets[1];
    const alone = simulate(given, { replications: 2, targets: ["b"] }).targets[0];
    expect(JSON.stringify(alone)).toBe(JSON.stringify(both));
  });

  it("replays a given schedule in every replication", () => {
    const given = scenario({ a: { kind: "server", network: { kind: "exponential", mean: "5ms" } } });
    const answer = simulate(given, { schedule: schedule(given, { seed: 11 }), replications: 3 });
    const target = answer.targets[0]!;
    if (target.status === "unavailable") throw new Error("simulated");
    expect(target.counts!.scheduled % 3).toBe(0);
    const { queue, network } = target.breakdown;
    expect(queue.high - queue.low).toBeLessThan(1e-12); // The queue sees the same arrivals and work each time,
    expect(network.high - network.low).toBeGreaterThan(1e-6); // the network draws its own.
    expect(answer.provenance.scheduleSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("tells its own error from one long run", () => {
    const given = scenario({ a: { kind: "server" } }, { duration: "20min", seed: 8 });
    const { mean, quantiles } = answerOf(given, { replications: 1 }).latency;
    expect(mean.low).toBeLessThan(0.02);
    expect(mean.high).toBeGreaterThan(0.02);
    expect((mean.high - mean.low) / mean.value).toBeLessThan(0.1);
    for (const { value } of quantiles) expect(value.low <= value.value && value.value <= value.high).toBe(true);
  });

  it("refuses a run that nothing bounds", () => {
    const given = { ...scenario({ a: { kind: "server" } }), duration: Infinity };
    expect(() => simulate(given)).toThrow(RangeError);
    expect(() => simulate(given, { replications: 0, requests: 10 })).toThrow(RangeError);
    expect(answerOf(given, { requests: 100, replications: 2 }).counts!.scheduled).toBe(200);
  });
});

describe("Little's law", () => {
  it("holds where the instances hold one request each", () => {
    // Busy instances are requests in service, so their mean number is rate × work.
    const given = scenario(
      { a: { kind: "perRequest", coldStart: "0s", keepAlive: "1s" } },
      { duration: "10min", arrivals: { kind: "poisson", rate: "100/s" } },
    );
    const answer = answerOf(given);
    const throughput = answer.counts!.completed / 8 / 600;
    expect(answer.instances.busy!.value).toBeCloseTo(throughput * answer.latency.mean.value, 3);
  });

  it("holds for the M/M/1 queue, whose mean it finds", () => {
    const answer = answerOf(scenario({ a: { kind: "server" } }, { duration: "20min" }));
    const { mean } = answer.latency;
    expect(mean.low).toBeLessThan(0.02);
    expect(mean.high).toBeGreaterThan(0.02);
    expect(answer.states!.busy.low).toBeLessThan(0.5);
    expect(answer.states!.busy.high).toBeGreaterThan(0.5);
  });
});

describe("a share", () => {
  it("has an interval within 0 and 1, and around its value", () => {
    const busy = answerOf(scenario({ a: { kind: "server" } }, { duration: "20s", work: "200ms" })).states!.busy;
    const hasty = answerOf(scenario({ a: { kind: "server", timeout: "1ms" } }, { duration: "20s" }));
    for (const { value, low, high } of [busy, hasty.overhead, ...hasty.overheadAt.map((row) => row.value)]) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(high).toBeLessThanOrEqual(1);
    }
  });
});

describe("an answer as a document", () => {
  it("is whole, valid and read back as it was, whatever happened", () => {
    const given = scenario(
      {
        fine: { kind: "server", coldStart: "50ms", keepAlive: "100ms" },
        late: { kind: "server", timeout: "1us" },
        full: { kind: "spinkube", replicas: 1, maxInstanceCount: 1 },
        pods: { kind: "knative", podStart: "1s", containerConcurrency: 1, maxScale: 1 },
        lambda: { kind: "perRequest", coldStart: "0s", keepAlive: "0s", maxInstances: 1 },
      },
      { duration: "5s", report: { objective: "20ms", cdfAt: ["10ms"] } },
    );
    for (const options of [{ replications: 2 }, { replications: 1 }, { replications: 2, requests: 3 }]) {
      const answer = simulate(given, options);
      const text = answerToJson(answer);
      expect(answerToJson(answerFromJson(text, "answer.json"))).toBe(text);
    }
  });

  it("refuses targets that the scenario does not have", () => {
    expect(() => simulate(scenario({ a: { kind: "server" } }), { targets: ["b"] })).toThrow(RangeError);
  });
});
