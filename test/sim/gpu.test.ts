import { describe, expect, it } from "vitest";
import { answerOf, scenario } from "./fixture.ts";

const one = { replications: 1 } as const;
const burst = { arrivals: { kind: "burst", size: 8 }, work: "10ms" } as const;
const spin = { kind: "spinkube", replicas: 3, instanceStart: "1ms" } as const;
const meanOf = (target: object, fields: object = burst) =>
  answerOf(scenario({ one: target } as never, fields), one).latency.mean.value;

describe("work on a GPU", () => {
  it("runs in batches that all pods share, each as long as its law says", () => {
    const work = { on: "gpu", maxBatchSize: 4, launch: "2ms", marginal: 0.5 } as const;
    // Two batches of four in turn: 2 + 10 × 2.5 = 27 ms each, after 1 ms of the instance's start.
    expect(meanOf({ ...spin, work: { ...work, maxQueueDelay: "5ms" } })).toBeCloseTo(0.001 + (0.027 + 0.054) / 2, 9);
    expect(meanOf({ ...spin, work: { ...work, maxQueueDelay: "5ms", devices: 2 } })).toBeCloseTo(0.028, 9);
  });

  it("waits for a batch to fill no longer than it may", () => {
    const work = { on: "gpu", maxBatchSize: 100, maxQueueDelay: "5ms", marginal: 0 } as const;
    expect(meanOf({ ...spin, work })).toBeCloseTo(0.001 + 0.005 + 0.01, 9);
    expect(meanOf({ kind: "server", concurrency: 3, work })).toBeCloseTo((0.015 * (3 * 1 + 3 * 2 + 2 * 3)) / 8, 9);
  });

  it("is the M/M/1 queue, one by one on one device, whatever the platform around it", () => {
    const load = { arrivals: { kind: "poisson", rate: "50/s" }, duration: "3min" } as const;
    for (const target of [
      { kind: "spinkube", replicas: 2, instanceStart: 0, work: { on: "gpu" } },
      { kind: "server", concurrency: "unlimited", work: { on: "gpu" } },
      { kind: "knative", minScale: 3, work: { on: "gpu" } },
    ]) {
      const { latency, breakdown } = answerOf(scenario({ one: target } as never, load), { replications: 6 });
      expect(Math.abs(latency.mean.value - 0.02)).toBeLessThan((latency.mean.high - latency.mean.low) * 1.2);
      expect(breakdown.work.value).toBeCloseTo(0.01, 3);
    }
  });

  it("takes all that wait in one batch of constant length: D + (1 − p) D/2, p = e⁻ᵃ / (a + e⁻ᵃ) the idle share at a = λD", () => {
    // Who comes while a batch runs waits for half of it on average, and runs in the next; nobody is left behind.
    const work = { on: "gpu", maxBatchSize: 1e6, marginal: 0 } as const;
    const load = { arrivals: { kind: "poisson", rate: "80/s" }, work: "20ms", duration: "5min" } as const;
    const target = { kind: "spinkube", replicas: 2, instanceStart: 0, work };
    const { mean } = answerOf(scenario({ one: target } as never, load), { replications: 10 }).latency;
    const idle = Math.exp(-1.6) / (1.6 + Math.exp(-1.6));
    const exact = 0.02 + (1 - idle) * 0.01;
    expect(Math.abs(mean.value - exact)).toBeLessThan(((mean.high - mean.low) / 2) * (4.8 / 2.26));
    expect((mean.high - mean.low) / exact).toBeLessThan(0.01);
  });

  it("serves more where batches cost less than their parts", () => {
    const load = { arrivals: { kind: "poisson", rate: "150/s" }, duration: "1min" } as const;
    const batched = { on: "gpu", maxBatchSize: 16, marginal: 0.1 } as const;
    expect(meanOf({ ...spin, work: batched }, load)).toBeLessThan(0.1);
    expect(meanOf({ ...spin, work: { on: "gpu" } }, load)).toBeGreaterThan(1);
  });
});
