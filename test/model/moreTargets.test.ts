import { describe, expect, it } from "vitest";
import { distribution } from "../../src/distributions/index.ts";
import { limitedQueue } from "../../src/model/limitedQueue.ts";
import { limitedServers } from "../../src/model/limitedServers.ts";
import { loadingHost } from "../../src/model/loadingHost.ts";
import { predict } from "../../src/model/predict.ts";
import { repairman } from "../../src/model/repairman.ts";
import { sharedByClients } from "../../src/model/sharedByClients.ts";
import { slotsQueue } from "../../src/model/slotsQueue.ts";
import { momentsOf } from "../../src/numerics/uniformised.ts";
import type { AvailableAnswer, Estimate } from "../../src/scenario/answer.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/sim/simulate.ts";

const exponential = (mean: number) => distribution({ kind: "exponential", mean });
const fixed = (value: number) => distribution({ kind: "deterministic", value });
const work = { kind: "exponential", mean: "10ms" };
const poisson = (rate: string) => ({ kind: "poisson", rate });

function scenarioOf(target: object, fields: object = {}): Scenario {
  return toScenario({
    name: "more",
    duration: "10min",
    arrivals: poisson("50/s"),
    work,
    targets: { one: target },
    report: { cdfAt: ["10ms", "30ms", "100ms", "300ms"], objective: "100ms" },
    ...fields,
  } as never);
}

function available(scenario: Scenario): AvailableAnswer {
  const target = predict(scenario).targets[0]!;
  if (target.status === "unavailable") throw new Error(target.reason);
  return target;
}

/** 99.9 % of Student's t with seven degrees of freedom, beside the 95 % of a stated interval. */
const widening = 5.41 / 2.36;

/** Model and simulator, at every stated instant. */
function agree(scenario: Scenario, requests = 10_000): void {
  const model = available(scenario);
  const sim = simulate({ ...scenario, warmup: 0 }, { requests, replications: 8, seed: 5 }).targets[0]!;
  if (sim.status === "unavailable") throw new Error(sim.reason);
  const near = (what: string, of: Estimate, by: Estimate) => {
    const reach = widening * (by.high - by.value) + (of.high - of.value) + 1e-9;
    expect(Math.abs(of.value - by.value), `${what}: ${of.value} for ${by.value}`).toBeLessThanOrEqual(reach);
  };
  for (const [i, { at, value }] of sim.latency.cdf.entries()) near(`F(${at})`, model.latency.cdf[i]!.value, value);
  near("within", model.latency.withinObjective!, sim.latency.withinObjective!);
  if (model.status !== "approximate") near("mean", model.latency.mean, sim.latency.mean);
  const parts = Object.values(model.breakdown).reduce((sum, { value }) => sum + value, 0);
  expect(parts).toBeCloseTo(model.latency.mean.value, 9);
}

describe("limited queues", () => {
  it("one server is M/M/1/K, both ways", () => {
    const server = { service: exponential(0.1), capacity: 5, coldStart: fixed(0), keepAlive: null };
    for (const rate of [3, 8, 15]) {
      const one = limitedQueue({ ...server, arrivalRate: rate });
      const many = limitedServers({ arrival: rate, service: 10, servers: 1, limit: 4 });
      expect(one.rejected / many.rejected).toBeCloseTo(1, 9);
      expect(one.meanWait + 0.1).toBeCloseTo(momentsOf(many.sojourn).mean, 10);
    }
  });

  it("a queue that hardly ever fills up is Welch's", () => {
    const common = { arrivalRate: 5, coldStart: fixed(0.5), keepAlive: exponential(0.3) };
    const limited = limitedQueue({ ...common, service: exponential(0.1), capacity: 200 });
    const open = slotsQueue({ ...common, serviceRate: 10, slots: 1 });
    expect(limited.meanWait).toBeCloseTo(open.meanWait, 8);
    expect(limited.direct).toBeCloseTo(open.direct, 8);
    expect(limited.waitSecondMoment).toBeCloseTo(open.waitSecondMoment, 8);
  });

  it.each<[string, object]>([
    [
      "behind a cold start, overloaded",
      { kind: "server", queueLimit: 3, coldStart: "40ms", keepAlive: "10ms", workFactor: 3 },
    ],
    ["servers, overloaded", { kind: "server", servers: 3, queueLimit: 3, workFactor: 8 }],
    ["pods at their cap", { kind: "spinkube", replicas: 2, maxInstanceCount: 2, workFactor: 4 }],
  ])("%s: agrees with the simulator", (_, target) => agree(scenarioOf(target)));

  it("counts who is rejected", () => {
    const { counts, reason } = available(scenarioOf({ kind: "server", queueLimit: 0, workFactor: 2 }));
    // Erlang's B for one server at load 1.
    expect(counts).toMatchObject({ scheduled: 30_000, completed: 15_000, failed: { rejected: 15_000 } });
    expect(reason).toContain("0.5 of the requests");
  });
});

describe("points of presence", () => {
  it("is M/M/∞ behind a cold start where work is exponential", () => {
    const host = { arrivalRate: 8, coldStart: fixed(0.5), keepAlive: fixed(0.2) };
    const found = loadingHost({ ...host, holding: exponential(0.2) });
    const slots = slotsQueue({ ...host, serviceRate: 5, slots: Infinity });
    expect(found.triggered).toBeCloseTo(slots.triggered, 10);
    expect(found.triggered + found.during).toBeCloseTo(slots.direct, 10);
    expect(found.states.busy).toBeCloseTo(slots.states.busy, 10);
  });

  it("mixes them, and agrees with the simulator", () => {
    const pops = [
      { name: "near", share: 0.7, roundTrip: { kind: "gamma", mean: "10ms", scv: 0.2 } },
      { name: "far", share: 0.3, roundTrip: "80ms" },
    ];
    const target = { kind: "edge", pops, instanceStart: "1ms", coldStart: "50ms", keepAlive: "40ms" };
    agree(scenarioOf(target, { work: { kind: "gamma", mean: "10ms", scv: 0.5 } }));
  });
});

describe("pipelines", () => {
  const queue = [
    { kind: "produce", linger: "0s", send: "2ms" },
    { kind: "aggregator", work, autoCommitInterval: "0s" },
  ];

  it("is exact behind M/M/1, and agrees with the simulator", () => {
    const cold = { kind: "server", coldStart: "80ms", keepAlive: "20ms" };
    const scenario = scenarioOf({ kind: "pipeline", stages: [{ kind: "delay", time: "5ms" }, ...queue, cold] });
    expect(available(scenario).status).toBe("numeric");
    agree(scenario);
  });

  it("says when independence is an assumption, and refuses two cold stages", () => {
    const lingering = [
      { kind: "produce", linger: "5ms" },
      { kind: "aggregator", work },
      { kind: "spinkube", replicas: 1 },
    ];
    const answer = available(scenarioOf({ kind: "pipeline", stages: lingering }));
    expect([answer.status, answer.reason]).toEqual(["approximate", expect.stringContaining("sends records together")]);
    const cold = { kind: "server", coldStart: "1s", keepAlive: "1s" };
    const two = {
      kind: "pipeline",
      stages: [
        { ...cold, name: "a" },
        { ...cold, name: "b" },
      ],
    };
    expect(predict(scenarioOf(two)).targets[0]).toMatchObject({
      status: "unavailable",
      reason: expect.stringContaining("two cold stages in series"),
    });
  });
});

describe("closed clients", () => {
  it("is the machine repairman, for every think time", () => {
    // Erlang's loss formula is the repairman with a server for everybody but one place.
    const { throughput, sojourn } = repairman({ clients: 3, awaySeconds: 2, service: 1, servers: 1 });
    const weights = [1, 1.5, 1.5, 0.75];
    const busy = 1 - 1 / weights.reduce((sum, w) => sum + w, 0);
    expect(throughput).toBeCloseTo(busy, 12);
    expect(momentsOf(sojourn).mean).toBeCloseTo(3 / busy - 2, 10);
  });

  it("obeys Little's law on a shared processor, without a think time too", () => {
    const { sojourn, throughput } = sharedByClients({ clients: 5, awaySeconds: 0, service: 2, cores: 1 });
    expect(throughput).toBeCloseTo(2, 12);
    expect(momentsOf(sojourn).mean).toBeCloseTo(2.5, 10);
  });

  it("reproduces a published load test: 200 clients of hey, 17,507 requests/s, 10.4 ms on average, 2.86 s in all", () => {
    // From its own numbers: 200/17,507 s per round less 10.4 ms is the client's own 1.02 ms; the fastest answer was 5.2 ms, of which
    // 1 ms is service; 18 of those at a time are 17,507/s.
    const scenario = scenarioOf(
      { kind: "server", servers: 18, network: "4.2ms" },
      {
        arrivals: { kind: "closed", clients: 200, thinkTime: "1.02ms" },
        work: { kind: "exponential", mean: `${18 / 17_507}s` },
      },
    );
    const { latency, counts } = available(scenario);
    const perSecond = counts!.scheduled / 600;
    expect(latency.mean.value).toBeCloseTo(0.0104, 4);
    expect(Math.abs(perSecond / 17_507 - 1)).toBeLessThan(1e-3);
    expect(50_000 / perSecond).toBeCloseTo(2.8559, 2);
  });
});

describe("a burst", () => {
  it.each<[string, object, object]>([
    ["one by one", { kind: "server", coldStart: "100ms", keepAlive: "1s" }, { kind: "gamma", mean: "10ms", scv: 0.5 }],
    ["a shared processor", { kind: "server", discipline: "processorSharing", concurrency: "unlimited" }, work],
    ["an instance each", { kind: "perRequest", coldStart: "100ms", keepAlive: "1s" }, work],
  ])("%s: the mean is what adds up", (_, target, law) => {
    const { latency, breakdown, method, counts } = available(
      scenarioOf(target, { arrivals: { kind: "burst", size: 12 }, work: law }),
    );
    expect(method).toContain("a burst of 12");
    expect(counts).toMatchObject({ scheduled: 12 });
    const { cold, queue } = breakdown;
    const kind = (target as { kind: string; discipline?: string }).discipline ?? (target as { kind: string }).kind;
    const waits = { server: 0.055, processorSharing: 0.055, perRequest: 0 }[kind as "server"];
    expect(cold.value).toBeCloseTo(kind === "processorSharing" ? 0 : 0.1, 12);
    expect(queue.value).toBeCloseTo(waits, 10);
    expect(latency.curve.probability.at(-1)).toBeGreaterThan(1 - 1.1e-5);
  });
});

describe("knative", () => {
  it("keeps the distribution function within its interval of the simulator's", () => {
    const target = { kind: "knative", podStart: "2s", containerConcurrency: 2 };
    const scenario = scenarioOf(target, {
      duration: "30min",
      warmup: "5min",
      work: { kind: "lognormal", mean: "50ms", scv: 0.5 },
    });
    const model = available(scenario);
    expect(model.status).toBe("approximate");
    const sim = simulate(scenario, { replications: 2 }).targets[0]!;
    if (sim.status === "unavailable") throw new Error(sim.reason);
    for (const [i, { value }] of sim.latency.cdf.entries()) {
      const { low, high } = model.latency.cdf[i]!.value;
      expect(value.value).toBeGreaterThanOrEqual(low - 0.01);
      expect(value.value).toBeLessThanOrEqual(high + 0.01);
    }
  });
});
