import { describe, expect, it } from "vitest";
import { InputError } from "../../src/base/check.ts";
import { type DistributionSpec, distribution } from "../../src/distributions/index.ts";
import { calibrate } from "../../src/live/calibrate.ts";
import { OutcomeLog, outcomeCsvLines, parseOutcomes } from "../../src/live/outcomes.ts";
import { source } from "../../src/random/source.ts";
import type { Scenario, TargetSpec } from "../../src/scenario/scenario.ts";

const seed = 5;
const sampler = (spec: DistributionSpec, ...name: (string | number)[]) =>
  distribution(spec).sampler(source(seed, ...name));
const none = { kind: "deterministic", value: 0 } as const;
const common = { workFactor: 1, network: none, requestOverhead: none, firstWork: null, timeout: Infinity, live: null };
const server: TargetSpec = {
  ...common,
  name: "single",
  kind: "server",
  concurrency: 1,
  discipline: "fcfs",
  servers: 1,
  coldStart: none,
  keepAlive: none,
  closeDown: null,
  queueLimit: Infinity,
};
const spinkube: TargetSpec = {
  ...common,
  name: "waas",
  kind: "spinkube",
  instanceStart: none,
  podStart: null,
  replicas: 1,
  maxInstanceCount: 64,
  cores: 1,
  workIs: "io",
};
const perRequest: TargetSpec = {
  ...common,
  name: "lambda",
  kind: "perRequest",
  coldStart: none,
  keepAlive: "forever",
  selection: "mru",
  maxInstances: Infinity,
  minInstances: 0,
  startsPerSecond: Infinity,
  coldStartOccupiesInstance: true,
};

const scenario = (...targets: TargetSpec[]): Scenario => ({
  name: "synthetic",
  seed,
  duration: 60,
  warmup: 0,
  arrivals: { kind: "poisson", rate: 10 },
  work: { kind: "exponential", mean: 0.02 },
  network: none,
  targets,
  report: {
    quantiles: [0.5],
    cdfAt: [],
    buckets: [1],
    objective: null,
    tolerance: { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 },
  },
  calibration: null,
  sha256: "",
});

const measuredBy = { answerSha256: "ab", seed: 4 };
const truth = {
  factor: 1.3,
  additive: 0.0004,
  start: { kind: "lognormal", mean: 0.08, scv: 0.1 },
  overhead: { kind: "lognormal", mean: 0.003, scv: 0.4 },
} as const;

/**
 * A single server off as soon as it empties for a second: every instance serves one run of requests in order. What waited for
 * nobody is replied to later by `waking`.
 */
function serverLog(n: number, interval: number, held = 0, waking = 0): OutcomeLog {
  const gap = sampler({ kind: "exponential", mean: interval }, "gap");
  const work = sampler({ kind: "exponential", mean: 0.02 }, "work");
  const start = sampler(truth.start, "start");
  const overhead = sampler(truth.overhead, "overhead");
  let at = 0;
  const log = new OutcomeLog({
    at: Float64Array.from({ length: n }, () => (at += gap())),
    work: Float64Array.from({ length: n }, work),
  });
  let free = -Infinity;
  let instance = 0;
  let startSeconds = 0;
  for (let i = 0; i < n; i++) {
    const cold = log.at[i]! > free + 0.5;
    if (cold) {
      instance++;
      startSeconds = start();
      free = log.at[i]! + startSeconds;
    }
    const done = truth.additive + truth.factor * log.work[i]!;
    const late = free <= log.at[i]! ? waking : 0;
    free = Math.max(free, log.at[i]!) + done + held;
    log.set(i, {
      outcome: "completed",
      latencySeconds: free - log.at[i]! + late + overhead(),
      latenessSeconds: 0,
      cold,
      instance: `i${instance}`,
      workDoneSeconds: done,
      startSeconds,
    });
  }
  return log;
}

const fitOf = (result: ReturnType<typeof calibrate>, part: string) => result.fits.find((fit) => fit.part === part)!;

describe("calibrate", () => {
  it("recovers a server's start, work factor and overhead from its log, also read back from CSV", () => {
    const log = serverLog(4000, 0.2);
    const result = calibrate(scenario(server), new Map([["single", log]]), measuredBy);
    const work = fitOf(result, "workFactor");
    expect(work.parameters.slope).toBeCloseTo(truth.factor, 9);
    expect(work.parameters.interceptSeconds).toBeCloseTo(truth.additive, 9);

    const start = fitOf(result, "coldStart");
    expect(start).toMatchObject({ family: "lognormal", target: "single" });
    expect(Math.abs(start.parameters.mean! - 0.08)).toBeLessThan(3 * 0.08 * Math.sqrt(0.1 / start.n));

    const overhead = fitOf(result, "requestOverhead");
    expect(overhead.note).toMatch(/^requests that ran alone; /);
    const expected = truth.overhead.mean + truth.additive;
    // What holds the slot beyond the work counts as work, and only what is left as overhead.
    const found = distribution(result.scenario.targets[0]!.requestOverhead).mean + work.parameters.heldSeconds!;
    expect(Math.abs(found - expected)).toBeLessThan(4 * 0.003 * Math.sqrt(0.4 / overhead.n));
    expect(overhead.ks!).toBeLessThan(0.05);

    const [target] = result.scenario.targets;
    expect(target).toMatchObject({ workFactor: work.parameters.factor, coldStart: { kind: "lognormal" } });
    expect(result.scenario.calibration).toEqual(measuredBy);
    expect(result.scenario.sha256).toMatch(/^[0-9a-f]{64}$/);

    const again = parseOutcomes([...outcomeCsvLines(log)].join("\n"), "single.csv");
    expect(calibrate(scenario(server), new Map([["single", again]]), measuredBy)).toEqual(result);
  });

  it("counts what holds the only slot beyond the work as work, so that others wait as long", () => {
    const held = 0.006;
    const log = serverLog(6000, 0.08, held);
    const result = calibrate(scenario(server), new Map([["single", log]]), measuredBy);
    const { parameters, note } = fitOf(result, "workFactor");
    expect(parameters.slope).toBeCloseTo(truth.factor, 9);
    expect(parameters.heldSeconds!).toBeGreaterThan(held + truth.additive - 0.0005);
    expect(parameters.heldSeconds!).toBeLessThan(held + truth.additive + 0.0005);
    const meanWork = log.work.reduce((sum, value) => sum + value, 0) / log.length;
    expect(parameters.factor).toBeCloseTo(truth.factor + parameters.heldSeconds! / meanWork, 9);
    expect(note).toMatch(
      /^slope of measured on scheduled work, and the slot's hand-over as work, from \d+ requests that followed another at once$/,
    );
    expect(distribution(result.scenario.targets[0]!.requestOverhead).mean).toBeCloseTo(truth.overhead.mean, 3);
  });

  it("takes that from requests that waited for another that waited: idleness makes the reply to the first one late", () => {
    const [held, waking] = [0.006, 0.005];
    const log = serverLog(6000, 0.08, held, waking);
    const { parameters } = fitOf(calibrate(scenario(server), new Map([["single", log]]), measuredBy), "workFactor");
    expect(Math.abs(parameters.heldSeconds! - (held + truth.additive))).toBeLessThan(0.0005);
  });

  it("counts each instance's start once", () => {
    const log = serverLog(200, 0.2);
    const starts = new Set(log.instance).size;
    expect(fitOf(calibrate(scenario(server), new Map([["single", log]]), measuredBy), "coldStart").n).toBe(starts);
  });

  it("falls back by stated rules where few requests ran alone", () => {
    const busy = fitOf(
      calibrate(scenario(server), new Map([["single", serverLog(4000, 0.005)]]), measuredBy),
      "requestOverhead",
    );
    expect(busy).toMatchObject({ family: "deterministic" });
    expect(busy.note).toMatch(/^too few ran alone: the smallest tenth of what latency leaves beside work; /);
  });

  it("fits a request's own instance where every request has one", () => {
    const n = 2000;
    const own = sampler({ kind: "lognormal", mean: 0.0005, scv: 0.2 }, "own");
    const overhead = sampler({ kind: "lognormal", mean: 0.001, scv: 0.2 }, "overhead");
    const log = new OutcomeLog({
      at: Float64Array.from({ length: n }, (_, i) => i / 1000),
      work: new Float64Array(n).fill(0.01),
    });
    for (let i = 0; i < n; i++) {
      const startSeconds = own();
      log.set(i, {
        outcome: "completed",
        latencySeconds: startSeconds + 0.011 + overhead(),
        workDoneSeconds: 0.011,
        instance: "p",
        startSeconds,
      });
    }
    const result = calibrate(scenario(spinkube, perRequest), new Map([["waas", log]]), measuredBy);
    expect(fitOf(result, "workFactor")).toMatchObject({ note: "the work does not vary: ratio of the means" });
    expect(fitOf(result, "workFactor").parameters.factor).toBeCloseTo(1.1, 12);
    expect(fitOf(result, "instanceStart")).toMatchObject({ n, family: "lognormal" });
    expect(fitOf(result, "instanceStart").parameters.mean).toBeCloseTo(0.0005, 5);
    expect(Math.abs(fitOf(result, "requestOverhead").parameters.mean! - 0.001)).toBeLessThan(
      3 * 0.001 * Math.sqrt(0.2 / n),
    );
    expect(result.scenario.targets[1]).toBe(perRequest);
  });

  it("takes a stated network off the overhead where there is room for it, and says where there is none", () => {
    const log = serverLog(2000, 0.2);
    const stated = (value: number) => {
      const target = { ...server, network: { kind: "deterministic", value } as const };
      const result = calibrate(scenario(target), new Map([["single", log]]), measuredBy);
      return { fit: fitOf(result, "requestOverhead"), target: result.scenario.targets[0]! };
    };
    const near = stated(0.0005);
    expect(near.target.network).toEqual({ kind: "deterministic", value: 0.0005 });
    expect(distribution(near.target.requestOverhead).mean).toBeCloseTo(truth.overhead.mean - 0.0005, 3);
    const far = stated(0.05);
    expect(far.target.network).toEqual(none);
    expect(far.fit.note).toContain("the stated network was not on the way and is set to 0");
  });

  it("leaves as stated what a log does not tell", () => {
    const log = new OutcomeLog({ at: Float64Array.of(0, 1, 2), work: Float64Array.of(0.01, 0.02, 0.03) });
    for (let i = 0; i < 3; i++) log.set(i, { outcome: "completed", latencySeconds: 0.05 + log.work[i]! });
    const stated = { ...perRequest, workFactor: 2, coldStart: { kind: "exponential", mean: 1 } as const };
    const result = calibrate(scenario(stated), new Map([["lambda", log]]), measuredBy);
    expect(result.scenario.targets[0]).toMatchObject({ workFactor: 2, coldStart: { kind: "exponential", mean: 1 } });
    expect(result.fits.map(({ part, note }) => `${part}: ${note}`)).toEqual([
      "workFactor: no work was measured: as stated",
      "requestOverhead: all requests, as none waits for another here; fewer than 5 values: the values themselves",
    ]);
  });

  it("refuses logs with nothing to fit, naming each", () => {
    const empty = new OutcomeLog({ at: new Float64Array(0), work: new Float64Array(0) });
    const failed = new OutcomeLog({ at: Float64Array.of(0, 1), work: Float64Array.of(1, 1) });
    failed.set(0, { outcome: "timeout", latencySeconds: 1 });
    const both = new Map([
      ["single", empty],
      ["waas", failed],
    ]);
    expect(() => calibrate(scenario(server, spinkube), both, measuredBy)).toThrow(
      new InputError("outcomes", [
        { path: "single", message: "the outcome log is empty: nothing to fit" },
        { path: "waas", message: "none of the 2 requests completed: nothing to fit" },
      ]),
    );
    expect(() => calibrate(scenario(server), new Map(), measuredBy)).toThrow(
      "no outcome log of any target of the scenario",
    );
  });
});
