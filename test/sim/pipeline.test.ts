import { describe, expect, it } from "vitest";
import { answerFromJson, answerToJson } from "../../src/report/json.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { answerOf, scenario } from "./fixture.ts";

type Fields = Parameters<typeof scenario>[1];

const through = (stages: readonly object[], fields: Fields = {}, target: object = {}) =>
  scenario({ one: { kind: "pipeline", stages, ...target } } as never, fields);
const exponential = (mean: string) => ({ kind: "exponential", mean }) as const;
/** Half the width of a 95 % interval from ten replications, made one of 99.9 %. */
const reach = ({ low, high }: { readonly low: number; readonly high: number }) => ((high - low) / 2) * (4.8 / 2.26);

describe("stages in series", () => {
  it("are M/M/1 queues in tandem, exactly: the sum of independent exponential sojourns", () => {
    const services = [0.05, 0.08, 0.11];
    const stages = services.map((mean) => ({ kind: "server", work: exponential(`${mean * 1e3}ms`) }));
    const given = through(stages, {
      arrivals: { kind: "poisson", rate: "8/s" },
      work: 0 as never,
      duration: "9min",
      warmup: "1min",
      report: { cdfAt: ["250ms", "1s", "3s"] },
    });
    const { latency, stages: told } = answerOf(given, { replications: 10 });
    const rates = services.map((mean) => 1 / mean - 8);
    const exact = (seconds: number) =>
      rates.reduce((sum, rate, i) => {
        const others = rates
          .filter((_, j) => j !== i)
          .reduce((product, other) => product * (other / (other - rate)), 1);
        return sum + others * (1 - Math.exp(-rate * seconds));
      }, 0);
    for (const { at, value } of latency.cdf) expect(Math.abs(value.value - exact(at))).toBeLessThan(reach(value));
    for (const [i, { mean }] of told!.entries()) expect(Math.abs(mean.value - 1 / rates[i]!)).toBeLessThan(reach(mean));
    expect(told!.map(({ name }) => name)).toEqual(["server", "server-2", "server-3"]);
  });

  it("linger as the law of a batch's wait says: (L + λL²/2) / (1 + λL) on average", () => {
    const given = through([{ kind: "produce", linger: "40ms" }, { kind: "collector" }], { duration: "5min" });
    const { latency, breakdown } = answerOf(given, { replications: 10 });
    const exact = (0.04 + (50 * 0.04 ** 2) / 2) / (1 + 50 * 0.04);
    expect(Math.abs(latency.mean.value - exact)).toBeLessThan(reach(latency.mean));
    expect(breakdown.queue.value).toBeCloseTo(latency.mean.value, 9);
  });

  it("aggregate one record at a time: M/D/1 with one consumer", () => {
    const stages = [
      { kind: "produce", linger: 0 },
      { kind: "aggregator", work: "16ms" },
      { kind: "produce", name: "p", linger: 0 },
      { kind: "collector" },
    ];
    const given = through(stages, { duration: "5min", warmup: "10s" });
    const { latency } = answerOf(given, { replications: 10 });
    const rho = 50 * 0.016;
    expect(Math.abs(latency.mean.value - 0.016 * (1 + rho / (2 * (1 - rho))))).toBeLessThan(reach(latency.mean));
  });

  it("write what a fetch brought in a transaction, and the next fetch waits for its end", () => {
    const stages = [
      { kind: "produce", linger: 0 },
      { kind: "aggregator", transaction: "10ms" },
      { kind: "produce", name: "p", linger: 0 },
      { kind: "collector" },
    ];
    const given = through(stages, { arrivals: { kind: "deterministic", interval: "3ms" }, duration: "31ms" });
    const { latency, stages: told, breakdown } = answerOf(given, { replications: 1 });
    // The first goes through, three wait for the end of its transaction, and so on: 0; 7, 4, 1; 8, 5, 2; 9, 6, 3.
    expect(latency.mean.value).toBeCloseTo(0.0045, 9);
    expect(breakdown.queue.value).toBeCloseTo(0.0045, 9);
    expect(told![1]!.mean.value).toBeCloseTo(0.0045, 9);
    expect(told![1]!.quantiles!.find(({ q }) => q === 0.5)!.value.value).toBeCloseTo(0.004, 4);
  });

  it("keep the records of a partition in order, and send full batches early", () => {
    const stages = [
      { kind: "produce", linger: "1s", batchSize: 2, send: "3ms" },
      { kind: "collector", fetch: "2ms" },
    ];
    const given = through(stages, { arrivals: { kind: "deterministic", interval: "100ms" }, duration: "10.15s" });
    const { latency, breakdown } = answerOf(given, { replications: 1 });
    // Of each pair one waits 100 ms for the other; the last of 101 lingers for a second.
    expect(latency.mean.value).toBeCloseTo((50 * 0.1 + 1) / 101 + 0.005, 9);
    expect(breakdown.network.value).toBeCloseTo(0.005, 9);
  });

  it("call no more at once than the trigger may, and try again what failed", () => {
    const stages = (inFlight: number, retries: object) => [
      { kind: "produce", linger: 0 },
      { kind: "trigger", inFlight, ...retries },
      { kind: "perRequest", coldStart: 0, keepAlive: "forever", maxInstances: 3 },
    ];
    const burst = { arrivals: { kind: "burst", size: 12 }, work: "100ms" } as const;
    const held = answerOf(through(stages(3, {}), burst), { replications: 1 });
    expect(held.counts).toMatchObject({ completed: 12 });
    expect(held.latency.mean.value).toBeCloseTo(0.25, 9); // Four waves of three.
    const lost = answerOf(through(stages(6, {}), burst), { replications: 1 });
    expect(lost.counts!.failed.rejected).toBeGreaterThan(0);
    const again = { retries: { initialBackoff: "100ms", maxAttempts: 20 } };
    expect(answerOf(through(stages(6, again), burst), { replications: 1 }).counts).toMatchObject({ completed: 12 });
  });

  it("pause together while the group rebalances", () => {
    const stages = [
      { kind: "produce", linger: 0 },
      { kind: "collector", rebalance: { every: "10s", pause: "2s" } },
    ];
    const { latency } = answerOf(through(stages), { replications: 2 });
    expect(latency.mean.value).toBeCloseTo(0.2, 1); // A fifth of the requests wait a second on average.
  });

  it("let KEDA see the lag of the trigger's group, and scale the function by it", () => {
    const autoscaler = {
      kind: "keda",
      trigger: "kafka",
      partitions: 6,
      pollingInterval: "1s",
      max: 6,
      lagThreshold: 10,
    };
    const stages = [
      { kind: "produce", partitions: 6, linger: 0 },
      { kind: "trigger", consumers: 3, inFlight: 4, autoCommitInterval: 0 },
      { kind: "spinkube", podStart: "500ms", workIs: "cpu", autoscaler },
    ];
    const busy = { arrivals: { kind: "poisson", rate: "60/s" }, work: "30ms", duration: "2min" } as const;
    const { instances, cold, timeline, counts } = answerOf(through(stages, busy), { replications: 2 });
    expect(Math.max(...timeline!.ready.map((value) => value ?? 0))).toBeGreaterThan(2);
    expect(instances.total.value).toBeGreaterThan(1);
    expect(cold.probability.value).toBeGreaterThan(0);
    expect(counts!.completed).toBe(counts!.scheduled);
    const idle = answerOf(through(stages, { ...busy, arrivals: { kind: "burst", size: 1 } }), { replications: 2 });
    expect(idle.instances.ready!.value).toBeLessThan(1.01);
  });

  it("sum to the latency, whatever they are, and give the same bytes again", () => {
    const stages = [
      { kind: "produce", partitions: 3 },
      { kind: "aggregator", consumers: 2, work: exponential("2ms"), fetch: "1ms" },
      { kind: "produce", name: "enriched", partitions: 3, by: "roundRobin", send: exponential("1ms") },
      { kind: "trigger", consumers: 2, inFlight: 8 },
      { kind: "knative", podStart: "1s", containerConcurrency: 2, network: "2ms" },
      { kind: "delay", time: exponential("3ms") },
      { kind: "produce", name: "metrics", by: "origin" },
      { kind: "collector", work: "0.2ms" },
    ];
    const given = through(stages, { duration: "30s" }, { network: "4ms", requestOverhead: "1ms" });
    const text = () => JSON.stringify(simulate(given, { replications: 2 }));
    expect(text()).toBe(text());
    const whole = simulate(given, { replications: 2 });
    expect(answerFromJson(answerToJson(whole), "pipeline.json")).toEqual(whole);
    const { latency, stages: told, breakdown } = answerOf(given, { replications: 2 });
    const sum = told!.reduce((total, { mean }) => total + mean.value, 0);
    expect(sum + 0.005).toBeCloseTo(latency.mean.value, 9);
    expect(breakdown.work.value).toBeCloseTo(0.01, 2);
  });

  it("are stable by what their trigger has in hand, whatever the function's own dispatch says by default", () => {
    const stagesWith = (inFlight: number) => [
      { kind: "produce", partitions: 4 },
      { kind: "trigger", inFlight },
      {
        kind: "spinkube",
        autoscaler: { kind: "keda", trigger: "kafka", partitions: 4, min: 1, max: 4 },
        work: "100ms",
      },
    ];
    // 50/s of 100 ms each are five at a time.
    const stable = (inFlight: number) => answerOf(through(stagesWith(inFlight), { duration: "5s" })).stable;
    expect([stable(4), stable(6)]).toEqual([false, true]);
  });
});
