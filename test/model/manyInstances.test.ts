import { describe, expect, it } from "vitest";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { distribution } from "../../src/distributions/index.ts";
import { constantServers } from "../../src/model/constantServers.ts";
import { expiryChain } from "../../src/model/expiryChain.ts";
import { kimura } from "../../src/model/kimura.ts";
import { markovServers } from "../../src/model/markovServers.ts";
import { predict } from "../../src/model/predict.ts";
import { setupQueue } from "../../src/model/setupQueue.ts";
import { setupSojourn } from "../../src/model/setupSojourn.ts";
import { slotsQueue } from "../../src/model/slotsQueue.ts";
import { twoPhaseServers } from "../../src/model/twoPhaseServers.ts";
import { windowMaximum } from "../../src/model/windowMaximum.ts";
import { momentsOf, poissonMixture, tailOf } from "../../src/numerics/uniformised.ts";
import type { AvailableAnswer, Estimate } from "../../src/scenario/answer.ts";
import type { PerRequestSpec, Scenario, ServerSpec, SpinkubeSpec, TargetSpec } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { nothing, scenarioOf, serverTarget } from "./serverScenario.ts";

const exponential = (mean: number): DistributionSpec => ({ kind: "exponential", mean });
const fixed = (value: number): DistributionSpec => ({ kind: "deterministic", value });

const perRequest = (fields: Partial<PerRequestSpec> = {}): PerRequestSpec => ({
  kind: "perRequest",
  name: "lambda",
  workFactor: 1,
  network: nothing,
  requestOverhead: nothing,
  firstWork: null,
  timeout: Infinity,
  live: null,
  coldStart: nothing,
  keepAlive: fixed(1),
  selection: "mru",
  maxInstances: Infinity,
  minInstances: 0,
  startsPerSecond: Infinity,
  coldStartOccupiesInstance: true,
  ...fields,
});

const pods = (fields: Partial<SpinkubeSpec> = {}): SpinkubeSpec => ({
  kind: "spinkube",
  name: "waas",
  workFactor: 1,
  network: nothing,
  requestOverhead: nothing,
  firstWork: null,
  timeout: Infinity,
  live: null,
  instanceStart: fixed(0.0005),
  podStart: null,
  replicas: 2,
  maxInstanceCount: 1000,
  cores: 1,
  workIs: "cpu",
  ...fields,
});

const scenario = (work: DistributionSpec, target: TargetSpec, rate: number): Scenario => ({
  ...scenarioOf({ kind: "poisson", rate }, work, target, { cdfAt: [0.05, 0.1, 0.5], objective: 0.2 }),
  duration: Infinity,
});

function available(of: Scenario): AvailableAnswer {
  const target = predict(of).targets[0]!;
  if (target.status === "unavailable") throw new Error(target.reason);
  return target;
}

/** No NaN, a breakdown that sums to the mean, buckets that sum to 1, a rising curve of at least 200 points. */
function expectComplete(answer: AvailableAnswer): void {
  expect(JSON.stringify(answer, (_, value) => (Number.isNaN(value) ? "NaN" : value))).not.toContain("NaN");
  const { latency, breakdown } = answer;
  const parts = Object.values(breakdown).reduce((sum, { value }) => sum + value, 0);
  expect(parts).toBeCloseTo(latency.mean.value, 9);
  expect(latency.buckets.reduce((sum, { value }) => sum + value.value, 0)).toBeCloseTo(1, 9);
  expect(latency.curve.seconds.length).toBeGreaterThanOrEqual(200);
  expect(latency.curve.probability.every((p, i, all) => p >= (all[i - 1] ?? 0) && p <= 1)).toBe(true);
  if (answer.stable) expect(latency.curve.probability.at(-1)).toBeGreaterThan(1 - 1.1e-5);
}

/** Simulated intervals are 95 %; 99.9 % of Student's t with seven degrees of freedom is 5.41/2.36 times that. */
const widening = 5.41 / 2.36;

function expectAgreement(what: string, model: Estimate | null, sim: Estimate | null): void {
  if (model === null || sim === null) return;
  const reach = Math.max(widening * Math.max(sim.high - sim.value, sim.value - sim.low), 1e-9);
  expect(Math.abs(model.value - sim.value), `${what}: ${model.value} for ${sim.value}`).toBeLessThanOrEqual(
    reach + (model.high - model.value),
  );
}

const servers: readonly [string, DistributionSpec, Partial<ServerSpec>, number][] = [
  ["M/M/4", exponential(0.1), { servers: 4, network: { kind: "lognormal", mean: 0.01, scv: 0.5 } }, 28],
  ["M/D/3", fixed(0.1), { servers: 3, network: fixed(0.002) }, 24],
  ["M/H2/3", { kind: "hyperexponential", mean: 0.1, scv: 4 }, { servers: 3, workFactor: 1.2 }, 20],
  ["M/E2/3", { kind: "erlang", mean: 0.1, stages: 2 }, { servers: 3 }, 25],
  ["M/M/4/setup", exponential(0.1), { servers: 4, coldStart: exponential(0.5), keepAlive: fixed(0) }, 12],
  [
    "M/M/3/setup, delayed off",
    exponential(0.1),
    { servers: 3, coldStart: exponential(0.5), keepAlive: exponential(1) },
    12,
  ],
  ["4 slots", exponential(0.2), { concurrency: 4, coldStart: fixed(0.5), keepAlive: fixed(0.2) }, 8],
  [
    "slots without limit",
    exponential(0.2),
    { concurrency: Infinity, coldStart: exponential(0.5), keepAlive: fixed(0.3) },
    8,
  ],
  ["processor sharing", exponential(0.05), { concurrency: Infinity, discipline: "processorSharing" }, 12],
  [
    "3 share a processor",
    exponential(0.05),
    { concurrency: 3, discipline: "processorSharing", network: fixed(0.001) },
    12,
  ],
];

describe("several instances against the simulator", () => {
  it.each(servers)("%s", (_, work, fields, rate) => {
    agree(scenario(work, serverTarget(fields), rate));
  });

  it.each<[string, Partial<PerRequestSpec>]>([
    ["scale per request", {}],
    ["exponential expiry", { coldStart: exponential(0.2), keepAlive: exponential(2) }],
    ["a start elsewhere", { coldStart: fixed(0.5), coldStartOccupiesInstance: false }],
    ["no keep-alive", { coldStart: fixed(0.5), keepAlive: fixed(0) }],
    ["a start that holds the instance", { coldStart: fixed(0.3) }],
  ])("%s", (_, fields) => {
    agree(scenario(exponential(0.05), perRequest(fields), 10));
  });
});

describe("pods that share their cores against the simulator", () => {
  it.each<[string, DistributionSpec, Partial<SpinkubeSpec>, number]>([
    ["exponential work on 2 cores", exponential(0.02), { instanceStart: nothing, cores: 2 }, 130],
    ["a start and exponential work", exponential(0.02), {}, 60],
    ["lognormal work", { kind: "lognormal", mean: 0.02, scv: 0.4 }, { network: fixed(0.002) }, 60],
    ["fixed work", fixed(0.02), {}, 60],
  ])("%s", (_, work, fields, rate) => {
    agree(scenario(work, pods(fields), rate));
  });
});

function agree(of: Scenario): void {
  const model = available(of);
  expectComplete(model);
  const sim = simulate(of, { requests: 40_000, replications: 8, seed: 11 }).targets[0]!;
  if (sim.status === "unavailable") throw new Error(sim.reason);
  for (const [i, { at, value }] of sim.latency.cdf.entries()) {
    if (value.value > 1e-3) expectAgreement(`F(${at})`, model.latency.cdf[i]!.value, value);
  }
  // An approximate mean has no interval of its own.
  if (model.status !== "approximate") expectAgreement("mean", model.latency.mean, sim.latency.mean);
  expectAgreement("cold", model.cold.probability, sim.cold.probability);
  expectAgreement("triggered", model.cold.triggered, sim.cold.triggered);
  expectAgreement("starts", model.cold.startsPerSecond, sim.cold.startsPerSecond);
  if (model.status === "approximate") return;
  for (const part of ["cold", "queue", "work"] as const) {
    expectAgreement(part, model.breakdown[part], sim.breakdown[part]);
  }
  for (const count of ["starting", "busy", "idle"] as const) {
    expectAgreement(count, model.instances[count], sim.instances[count]);
  }
}

describe("limits and identities", () => {
  it("M/PH/k with two equal phases is M/M/k, its own work too", () => {
    const markov = markovServers({ arrival: 3.2, service: 1, servers: 4 }).sojourn;
    const phases = twoPhaseServers({
      arrival: 3.2,
      service: { first: 0.3, rates: [1, 1], onward: 0 },
      servers: 4,
    }).sojourn;
    for (const t of [0, 0.5, 1, 3, 10]) {
      expect(tailOf(phases, t)).toBeCloseTo(tailOf(markov, t), 13);
      const own = (law: typeof markov) => poissonMixture(law.ownWork, law.rate * t);
      expect(own(phases)).toBeCloseTo(own(markov), 13);
    }
  });

  it("M/E2/1 and M/D/1 wait as Pollaczek and Khinchine say", () => {
    const erlang = twoPhaseServers({ arrival: 0.8, service: { first: 1, rates: [2, 2], onward: 1 }, servers: 1 });
    expect(momentsOf(erlang.wait).mean).toBeCloseTo(3, 12);
    expect(constantServers({ arrivalRate: 0.5, serviceSeconds: 1, servers: 1 }).meanWait).toBeCloseTo(0.5, 13);
  });

  it("Kimura's mean wait is near the exact ones", () => {
    for (const [k, rho] of [
      [2, 0.9],
      [4, 0.7],
      [10, 0.95],
    ] as const) {
      const exact = constantServers({ arrivalRate: k * rho, serviceSeconds: 1, servers: k }).meanWait;
      const found = kimura({ arrivalRate: k * rho, serviceSeconds: 1, scv: 0, servers: k });
      expect(Math.abs(found / exact - 1)).toBeLessThan(0.015);
    }
  });

  it("fifty servers with set-up obey Little's law", () => {
    const fifty = { arrivalRate: 25, serviceRate: 1, setupRate: 0.2, offRate: 0.02, servers: 50 };
    const queue = setupQueue(fifty);
    const { sojourn } = setupSojourn(fifty, queue);
    expect((momentsOf(sojourn).mean * 25) / queue.meanPresent).toBeCloseTo(1, 10);
  });

  it("starts of no length leave M/M/c, and one slot is Welch's queue", () => {
    const common = { arrivalRate: 3, serviceRate: 1, slots: 4, keepAlive: distribution(fixed(0.1)) };
    const slots = slotsQueue({ ...common, coldStart: distribution(fixed(0)) });
    const { wait } = markovServers({ arrival: 3, service: 1, servers: 4 });
    expect(slots.meanWait).toBeCloseTo(momentsOf(wait).mean, 12);
    const one = scenario(exponential(0.1), serverTarget({ coldStart: fixed(0.5), keepAlive: fixed(1) }), 5);
    const single = slotsQueue({
      arrivalRate: 5,
      serviceRate: 10,
      slots: 1,
      coldStart: distribution(fixed(0.5)),
      keepAlive: distribution(fixed(1)),
    });
    expect(single.meanWait + 0.1).toBeCloseTo(available(one).latency.mean.value, 12);
    expect(single.busyPeriod).toBeCloseTo(available(one).cold.busyPeriod!.value, 12);
  });

  it("instances obey their balances: lifespans, and what expires is what starts", () => {
    const chain = expiryChain({ arrivalRate: 10, serviceSeconds: 0.05, coldStartSeconds: 0.5, idleSeconds: 10 });
    expect(10 * chain.cold * 10).toBeCloseTo(chain.meanIdle, 9);
    const small = windowMaximum({ arrivalRate: 100, holdingSeconds: 1.999, keepAliveSeconds: 60 });
    const large = windowMaximum({ arrivalRate: 100, holdingSeconds: 2.001, keepAliveSeconds: 60 });
    // The two methods meet where one takes over from the other.
    expect(large.cold / small.cold).toBeCloseTo(1, 2);
    expect(large.meanInstances - small.meanInstances).toBeCloseTo(0.25, 1);
  });
});

describe("hostile parameters", () => {
  const work = [exponential(0.1), exponential(1e-9), { kind: "hyperexponential", mean: 0.1, scv: 9 } as const];
  const fields: readonly Partial<ServerSpec>[] = [
    { servers: 1000 },
    { servers: 200, coldStart: exponential(1), keepAlive: fixed(0) },
    { servers: 3, coldStart: exponential(1e5), keepAlive: fixed(0) },
    { servers: 2, coldStart: exponential(1e-7), keepAlive: exponential(1e6) },
    { servers: 2, concurrency: 3 },
    { concurrency: 2, coldStart: fixed(1000), keepAlive: fixed(0) },
    { concurrency: Infinity, coldStart: fixed(20), keepAlive: exponential(1e-6) },
    { concurrency: 5, discipline: "processorSharing", coldStart: fixed(1) },
    { discipline: "processorSharing", concurrency: Infinity },
    { servers: 2, queueLimit: 3 },
    { servers: 2, timeout: 1 },
  ];
  const platforms: readonly Partial<PerRequestSpec>[] = [
    { keepAlive: "forever" },
    { keepAlive: fixed(1e7), coldStart: fixed(1e-6) },
    { keepAlive: exponential(1e-6), coldStart: exponential(5) },
    { selection: "lru" },
    { maxInstances: 1 },
    { minInstances: 3 },
    { startsPerSecond: 1 },
    { keepAlive: { kind: "uniform", low: 1, high: 2 } },
  ];
  const targets: readonly TargetSpec[] = [
    ...fields.map((of) => serverTarget(of)),
    ...platforms.map((of) => perRequest(of)),
    pods(),
    pods({ cores: 3 }),
    pods({ maxInstanceCount: 1 }),
    pods({ instanceStart: exponential(2) }),
  ];
  const cases = targets.flatMap((target) => work.flatMap((w) => [0.001, 9].map((rate) => ({ target, w, rate }))));

  it("get an answer or a reason, never NaN", { timeout: 120_000 }, () => {
    for (const { target, w, rate } of cases) {
      const answer = predict(scenario(w, target, rate)).targets[0]!;
      if (answer.status === "unavailable") expect(answer.reason).toMatch(/^model: .*/);
      else if (answer.latency.mean.value < Infinity) expectComplete(answer);
    }
  });
});
