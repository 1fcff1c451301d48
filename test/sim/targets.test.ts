import { describe, expect, it } from "vitest";
import { parseScheduleCsv } from "../../src/scenario/schedule.ts";
import { answerOf, failures, scenario } from "./fixture.ts";

const at = (...seconds: number[]) =>
  parseScheduleCsv(["at_seconds,work_seconds", ...seconds.map((second) => `${second},0.1`)].join("\n"), "schedule.csv");

describe("an edge that requests sit on", () => {
  it("counts them as within it, whatever the rounding of their instants", () => {
    const given = scenario(
      { a: { kind: "spinkube", replicas: 1, instanceStart: 0 } },
      { work: "10ms", report: { cdfAt: ["10ms"], objective: "10ms" } },
    );
    const { latency } = answerOf(given, { replications: 2 });
    expect(latency.cdf[0]!.value.value).toBe(1);
    expect(latency.withinObjective!.value).toBe(1);
  });
});

describe("server", () => {
  it("is an answer, not an error, when it cannot keep up", () => {
    const answer = answerOf(scenario({ a: { kind: "server", workFactor: 4 } }), { replications: 2 });
    expect(answer.stable).toBe(false);
    expect(failures(answer)).toBe(0);
    expect(answer.latency.mean.value).toBeGreaterThan(10); // The queue still grows after a minute.
  });

  it("turns away what its queue cannot hold, but never the request that a start waits for", () => {
    const answer = answerOf(scenario({ a: { kind: "server", coldStart: "1s", keepAlive: "0s", queueLimit: 0 } }), {
      schedule: at(0, 0.5, 0.9, 1.05, 5),
      replications: 1,
    });
    expect(answer.counts).toMatchObject({ completed: 2, failed: { rejected: 3 } });
  });

  it("lets a queued request go at its timeout and keeps the slot of a running one", () => {
    const answer = answerOf(scenario({ a: { kind: "server", timeout: "150ms" } }), {
      schedule: at(0, 0.01, 0.02, 0.03, 0.5),
      replications: 1,
    });
    // The second runs from 0.1 to 0.2 and is too late, the third and fourth leave the line.
    expect(answer.counts).toMatchObject({ completed: 2, failed: { timeout: 3 } });
    expect(answer.latency.mean.value).toBeCloseTo(0.1, 9);
  });

  it("counts the network in a timeout, but holds no slot for it", () => {
    const fields = { timeout: "150ms", network: "60ms" } as const;
    const answer = answerOf(scenario({ a: { kind: "server", ...fields } }), { schedule: at(0, 0.1), replications: 1 });
    expect(answer.counts!.failed).toEqual({ timeout: 2 });
  });

  it("calls off the newest start when a busy server takes the request", () => {
    const answer = answerOf(scenario({ a: { kind: "server", servers: 2, coldStart: "250ms", keepAlive: "10s" } }), {
      schedule: at(0, 0.26),
      replications: 1,
    });
    // The first server is ready at 0.25 and free at 0.35, before the second start would be.
    expect(answer.cold.triggered!.value).toBe(1);
    expect(answer.latency.mean.value).toBeCloseTo((0.35 + 0.19) / 2, 9);
    expect(answer.instances.ready!.value).toBeLessThan(1);
  });
});

describe("perRequest", () => {
  it("turns requests away above its instances", () => {
    const answer = answerOf(
      scenario({ a: { kind: "perRequest", coldStart: "0s", keepAlive: "1s", maxInstances: 2 } }),
      {
        schedule: at(0, 0.01, 0.02),
        replications: 1,
      },
    );
    expect(answer.counts!.failed).toEqual({ rejected: 1 });
  });

  it("starts no faster than it may", () => {
    const target = { kind: "perRequest", coldStart: "100ms", keepAlive: "1s", startsPerSecond: "10/s" } as const;
    const answer = answerOf(scenario({ a: target }), { schedule: at(0, 0, 0), replications: 1 });
    expect(answer.breakdown.cold.value).toBeCloseTo((0.1 + 0.2 + 0.3) / 3, 12);
  });

  it("replaces an instance that is too old, at once or when it is free", () => {
    const target = { kind: "perRequest", coldStart: "1s", keepAlive: "forever", maxLifetime: "3s" } as const;
    // Started at 0; at 2.95 it still takes a request and ends it at 3.05; at 3.1 there is none.
    const answer = answerOf(scenario({ a: target }), { schedule: at(0, 2, 2.95, 3.1), replications: 1 });
    expect(answer.cold.probability.value).toBe(0.5);
  });

  it("lets all idle instances go when nobody calls for long, whatever their keep-alive", () => {
    const target = { kind: "perRequest", coldStart: 0, keepAlive: "forever", scaleToZeroAfter: "2s" } as const;
    const answer = answerOf(scenario({ a: target }, { duration: "10s" }), {
      schedule: at(0, 0, 1, 2.9, 5.2),
      replications: 1,
    });
    // Two until 1.1 + 2 would be over, but 2.9 comes; both go at 3 + 2; the one of 5.2 goes at 7.3.
    expect(answer.cold.probability.value).toBeCloseTo(3 / 5, 12);
    expect(answer.instances.total.value).toBeCloseTo((2 * 5 + 2.1) / 10, 9);
  });

  it("keeps its minimum warm for ever", () => {
    const target = { kind: "perRequest", coldStart: "1s", keepAlive: "0s", minInstances: 1 } as const;
    const answer = answerOf(scenario({ a: target }), { schedule: at(0, 1, 2), replications: 1 });
    expect(answer.cold.probability.value).toBe(0);
  });
});

describe("spinkube", () => {
  it("without CPU work is an infinite-server queue: start, work and network, whatever the load", () => {
    const target = { kind: "spinkube", replicas: 1, instanceStart: "2ms", network: "1ms" } as const;
    const answer = answerOf(scenario({ a: target }, { arrivals: { kind: "poisson", rate: "900/s" }, duration: "30s" }));
    const { queue, start, network } = answer.breakdown;
    expect(queue.value).toBe(0);
    expect(network.value).toBeCloseTo(0.001, 12);
    expect(start.value).toBeCloseTo(0.002, 12);
    expect(answer.latency.mean.low).toBeLessThan(0.013);
    expect(answer.latency.mean.high).toBeGreaterThan(0.013);
    expect(answer.instanceStart!.mean.value).toBeCloseTo(0.002, 12);
  });

  it("with CPU work shares the cores: one core is the processor-sharing queue, E[T] = E[S]/(1 − ρ)", () => {
    const target = { kind: "spinkube", replicas: 1, instanceStart: "0s", workIs: "cpu" } as const;
    const answer = answerOf(scenario({ a: target }, { duration: "5min" }));
    expect(answer.latency.mean.low).toBeLessThan(0.02);
    expect(answer.latency.mean.high).toBeGreaterThan(0.02);
  });

  it("fails what exceeds its instances", () => {
    const target = { kind: "spinkube", replicas: 1, maxInstanceCount: 2 } as const;
    const answer = answerOf(scenario({ a: target }), { schedule: at(0, 0.01, 0.02, 0.5), replications: 1 });
    expect(answer.counts!.failed).toEqual({ http5xx: 1 });
  });
});

describe("knative", () => {
  const pod = { kind: "knative", podStart: "1s", containerConcurrency: 1 } as const;

  it("starts from zero at once, holds the request, and goes back to zero a window later", () => {
    const target = { ...pod, stableWindow: "6s" } as const;
    const answer = answerOf(scenario({ a: target }, { duration: "40s" }), { schedule: at(3), replications: 8 });
    expect(answer.breakdown.cold.value).toBeCloseTo(1, 9);
    expect(answer.latency.mean.value).toBeCloseTo(1.1, 9);
    expect(answer.cold.duration!.mean.value).toBe(1);
    const { ready } = answer.timeline!;
    expect(ready[10]).toBeGreaterThanOrEqual(1); // A second pod now and then: one request in hand is more than 70 % of a slot.
    expect(ready[30]).toBe(0); // Window 6 s, tick 2 s, recheck 3 s, with the pod active for a window first.
  });

  it("keeps what minScale says, warm", () => {
    const answer = answerOf(scenario({ a: { ...pod, minScale: 3 } }), { schedule: at(1, 1.01), replications: 2 });
    expect(answer.cold.probability.value).toBe(0);
    expect(answer.latency.mean.value).toBeCloseTo(0.1, 9);
    expect(answer.instances.ready!.value).toBeCloseTo(3, 9);
  });

  it("never exceeds maxScale and then queues", () => {
    const given = scenario({ a: { ...pod, maxScale: 2, workFactor: 10 } }, { duration: "30s" });
    const answer = answerOf(given, { replications: 2 });
    expect(answer.instances.total.value).toBeLessThanOrEqual(2);
    expect(answer.counts!.completed + failures(answer)).toBe(answer.counts!.scheduled);
    expect(answer.stable).toBe(false);
    expect(answer.breakdown.queue.value).toBeGreaterThan(5);
  });

  it("scales up on concurrency: a steady load gets about load over target pods", () => {
    // 50 requests a second of 200 ms are 10 in hand; a limit of 2 at 70 % is 1.4 a pod.
    const given = scenario(
      { a: { ...pod, containerConcurrency: 2, stableWindow: "30s" } },
      { work: { kind: "deterministic", value: "200ms" }, duration: "4min", warmup: "2min" },
    );
    const answer = answerOf(given, { replications: 4 });
    expect(answer.instances.ready!.value).toBeGreaterThan(7);
    expect(answer.instances.ready!.value).toBeLessThan(14);
    expect(answer.latency.mean.value).toBeLessThan(0.25);
  });

  it("sends everything to one pod while concurrency is unlimited and the load small", () => {
    const answer = answerOf(scenario({ a: { ...pod, containerConcurrency: 0 } }, { warmup: "20s" }), {
      replications: 4,
    });
    expect(answer.instances.ready!.value).toBeCloseTo(1, 6);
    expect(answer.breakdown.queue.value).toBeCloseTo(0, 12);
  });

  it("shares a pod's cores among its requests where the work is CPU", () => {
    const target = { ...pod, containerConcurrency: 0, workIs: "cpu", maxScale: 1, minScale: 1 } as const;
    const answer = answerOf(scenario({ a: target }, { duration: "5min", warmup: "20s" }));
    expect(answer.latency.mean.low).toBeLessThan(0.02);
    expect(answer.latency.mean.high).toBeGreaterThan(0.02);
  });

  it("gives a request's place in the queue-proxy back when it leaves at its timeout", () => {
    const direct = { ...pod, minScale: 1, maxScale: 1, targetBurstCapacity: 0, timeout: "150ms" } as const;
    // One of a second and ten behind it are what fits; at 0.2 s those ten have left.
    const first = Array.from({ length: 11 }, () => 3);
    const second = Array.from({ length: 11 }, () => 3.2);
    const given = scenario({ a: { ...direct, workFactor: 10 } }, { duration: "10s" });
    const answer = answerOf(given, { schedule: at(...first, ...second), replications: 1 });
    expect(answer.counts!.failed).toEqual({ rejected: 1, timeout: 21 });
  });

  it("lets several activators each fill their own slice of the pods, and no pod beyond its limit", () => {
    // Four slots and four requests at once: by chance three land in an activator of two slots, and one waits although a pod is idle.
    const target = { ...pod, minScale: 4, maxScale: 4, targetBurstCapacity: -1 } as const;
    const together = at(3, 3, 3, 3);
    const waits = (activators: number) => {
      const given = scenario({ a: { ...target, activators } }, { duration: "10s" });
      return answerOf(given, { schedule: together, replications: 200 }).latency.mean.value - 0.1;
    };
    expect(waits(1)).toBeCloseTo(0, 9);
    // Of 16 ways to land, 8 are three to one: one of four requests waits 0.1 s; 2 are all in one: two of four wait.
    const expected = ((8 / 16) * (1 / 4) + (2 / 16) * (2 / 4)) * 0.1;
    expect(waits(2)).toBeGreaterThan(0.75 * expected);
    expect(waits(2)).toBeLessThan(1.25 * expected);
  });

  it("takes no more activators into the path than there are, nor than Knative wants", () => {
    const target = { ...pod, minScale: 4, maxScale: 4, targetBurstCapacity: -1 } as const;
    const mean = (fields: object) =>
      answerOf(scenario({ a: { ...target, ...fields } }), { replications: 2 }).latency.mean.value;
    // Four pods of one slot ask for one activator; the minimum makes it two, however many there are.
    expect(mean({ activators: 20 })).toBe(mean({ activators: 20, minActivators: 2 }));
    expect(mean({ activators: 20, minActivators: 1 })).toBe(mean({ activators: 1 }));
    expect(mean({ activators: 20, minActivators: 4 })).not.toBe(mean({ activators: 20 }));
  });

  it("serves directly past the activator where the burst capacity allows, and turns away beyond the queue-proxy's depth", () => {
    const target = { ...pod, targetBurstCapacity: 0, minScale: 1, maxScale: 1 } as const;
    const many = at(5, ...Array.from({ length: 20 }, () => 6));
    const answer = answerOf(scenario({ a: target }), { schedule: many, replications: 1 });
    expect(answer.counts!.failed).toEqual({ rejected: 9 }); // One runs, ten wait.
  });

  it("counts requests that wait too long", () => {
    const target = { ...pod, podStart: "5s", timeout: "2s" } as const;
    const answer = answerOf(scenario({ a: target }), { schedule: at(0, 0.5, 10), replications: 1 });
    expect(answer.counts).toMatchObject({ completed: 1, failed: { timeout: 2 } });
  });
});
