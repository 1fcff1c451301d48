import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ArrivalsSpec } from "../../src/arrivals/index.ts";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import type { ReportSpec, ServerSpec } from "../../src/scenario/scenario.ts";
import { scenarioOf, serverTarget } from "./serverScenario.ts";

function answer(
  arrivals: ArrivalsSpec,
  work: DistributionSpec,
  fields: Partial<ServerSpec> = {},
  report: Partial<ReportSpec> = {},
): AvailableAnswer {
  const target = predict(scenarioOf(arrivals, work, serverTarget(fields), report)).targets[0]!;
  if (target.status === "unavailable") throw new Error(target.reason);
  return target;
}

const exponential = (mean: number): DistributionSpec => ({ kind: "exponential", mean });
const seconds = (value: number): DistributionSpec => ({ kind: "deterministic", value });

/** Every number in an answer, with its path. */
function numbers(value: unknown, path = ""): [string, number][] {
  if (typeof value === "number") return [[path, value]];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, entry]) => numbers(entry, `${path}.${key}`));
}

describe("a server with closed forms", () => {
  it("M/M/1: the latency is exponential with rate μ − λ", () => {
    const at = [0.01, 0.1, 0.5, 2];
    const { latency, breakdown } = answer({ kind: "poisson", rate: 8 }, exponential(0.1), {}, { cdfAt: at });
    for (const { at: t, value } of latency.cdf)
      expect(Math.abs(value.value - (1 - Math.exp(-2 * t)))).toBeLessThan(1e-10);
    expect(latency.mean.value).toBeCloseTo(0.5, 12);
    expect(latency.variance.value).toBeCloseTo(0.25, 12);
    for (const { q, value } of latency.quantiles) expect(value.value / (-Math.log(1 - q) / 2) - 1).toBeCloseTo(0, 8);
    expect(breakdown.queue.value).toBeCloseTo(0.4, 12);
  });

  it("M/M/1 with an exponential setup every time: the sum of two exponentials", () => {
    const t = 0.7;
    const { latency } = answer(
      { kind: "poisson", rate: 5 },
      exponential(0.1),
      { coldStart: exponential(0.5), keepAlive: seconds(0) },
      { cdfAt: [t] },
    );
    const [a, b] = [5, 2];
    const expected = 1 - (a * Math.exp(-b * t) - b * Math.exp(-a * t)) / (a - b);
    expect(Math.abs(latency.cdf[0]!.value.value - expected)).toBeLessThan(1e-10);
  });

  it("M/D/1 just below and at the first kinks", () => {
    const { latency } = answer({ kind: "poisson", rate: 5 }, seconds(0.1), {}, { cdfAt: [0.0999, 0.1, 0.15, 0.2] });
    // P(T ≤ t) = (1 − ρ)e^(λ(t − d)) for t in [d, 2d).
    const wait = (x: number) => 0.5 * Math.exp(5 * x);
    const expected = [0, wait(0), wait(0.05), wait(0.1)];
    for (const [i, value] of expected.entries()) expect(latency.cdf[i]!.value.value).toBeCloseTo(value, 12);
    expect(latency.quantiles[0]!.value.value).toBe(0.1);
  });

  it("an MMPP whose phases have one rate is Poisson", () => {
    const cold = { coldStart: { kind: "lognormal", mean: 0.3, scv: 0.3 }, keepAlive: seconds(0.4) } as const;
    const work = { kind: "gamma", mean: 0.05, scv: 0.5 } as const;
    const at = { cdfAt: [0.02, 0.1, 0.5, 1] };
    const poisson = answer({ kind: "poisson", rate: 6 }, work, cold, at);
    const switching = [
      [0, 1, 0.2],
      [0.5, 0, 2],
      [0.1, 2, 0],
    ];
    switching[2]![0] =
      (switching[0]![2]! * switching[1]![0]! * switching[2]![1]!) / (switching[0]![1]! * switching[1]![2]!);
    const modulated = answer({ kind: "mmpp", rates: [6, 6, 6], switching }, work, cold, at);
    for (const i of [0, 1, 2, 3]) {
      expect(modulated.latency.cdf[i]!.value.value).toBeCloseTo(poisson.latency.cdf[i]!.value.value, 9);
    }
    expect(modulated.latency.mean.value).toBeCloseTo(poisson.latency.mean.value, 12);
    expect(modulated.cold.probability.value).toBeCloseTo(poisson.cold.probability.value, 12);
    expect(modulated.breakdown.cold.value).toBeCloseTo(poisson.breakdown.cold.value, 12);
    expect([poisson.status, modulated.status]).toEqual(["numeric", "numeric"]);
  });

  it("atomic work under modulated arrivals: close to work that hardly varies", () => {
    const bursty: ArrivalsSpec = {
      kind: "mmpp",
      rates: [2, 14],
      switching: [
        [0, 0.4],
        [0.9, 0],
      ],
    };
    const cold = { coldStart: seconds(0.3), keepAlive: seconds(0.2) };
    const atomic = answer(bursty, seconds(0.08), cold);
    expect(atomic.status).toBe("numeric");
    const smooth = answer(bursty, { kind: "gamma", mean: 0.08, scv: 1e-5 }, cold, { cdfAt: [0.2, 0.45, 0.7] });
    const at = answer(bursty, seconds(0.08), cold, { cdfAt: [0.2, 0.45, 0.7] });
    for (const i of [0, 1, 2]) {
      // Nearly a jump: the inversion's own interval must say how little it resolves.
      const { value, low, high } = smooth.latency.cdf[i]!.value;
      expect(Math.abs(at.latency.cdf[i]!.value.value - value)).toBeLessThan(high - low + 1e-3);
    }
    const { seconds: t, probability } = atomic.latency.curve;
    const area = t.reduce(
      (sum, x, i) => (i === 0 ? 0 : sum + (x - t[i - 1]!) * (1 - (probability[i]! + probability[i - 1]!) / 2)),
      0,
    );
    expect(area / atomic.latency.mean.value).toBeCloseTo(1, 2);
  });

  it("network and overhead shift the law and its mean", () => {
    const plain = answer({ kind: "poisson", rate: 6 }, exponential(0.1), {}, { cdfAt: [0.3] });
    const moved = answer(
      { kind: "poisson", rate: 6 },
      exponential(0.1),
      { network: seconds(0.02), requestOverhead: seconds(0.03) },
      { cdfAt: [0.35] },
    );
    expect(moved.latency.cdf[0]!.value.value).toBeCloseTo(plain.latency.cdf[0]!.value.value, 10);
    expect(moved.breakdown.network.value).toBeCloseTo(0.05, 15);
  });
});

const law = (mean: number): fc.Arbitrary<DistributionSpec> =>
  fc.oneof(
    fc.constant<DistributionSpec>({ kind: "exponential", mean }),
    fc.integer({ min: 1, max: 9 }).map((stages): DistributionSpec => ({ kind: "erlang", mean, stages })),
    fc.double({ min: 0.2, max: 4, noNaN: true }).map((scv): DistributionSpec => ({ kind: "gamma", mean, scv })),
    fc.double({ min: 0.05, max: 4, noNaN: true }).map((scv): DistributionSpec => ({ kind: "lognormal", mean, scv })),
    fc
      .double({ min: 1.1, max: 9, noNaN: true })
      .map((scv): DistributionSpec => ({ kind: "hyperexponential", mean, scv })),
  );
const start = (mean: number): fc.Arbitrary<DistributionSpec> =>
  fc.oneof(
    law(mean),
    fc.constant(seconds(mean)),
    fc.constant<DistributionSpec>({ kind: "uniform", low: 0, high: 2 * mean }),
  );
const arrivals = (load: number): fc.Arbitrary<ArrivalsSpec> =>
  fc.oneof(
    fc.constant<ArrivalsSpec>({ kind: "poisson", rate: load }),
    fc.constant<ArrivalsSpec>({ kind: "poisson", rate: load / 2, batch: { kind: "geometric", mean: 2 } }),
    fc.double({ min: 0.05, max: 2, noNaN: true }).map(
      (r): ArrivalsSpec => ({
        kind: "mmpp",
        rates: [load * 1.5, load * 0.5],
        switching: [
          [0, r],
          [r, 0],
        ],
      }),
    ),
  );
const servers = fc
  .record({ load: fc.double({ min: 0.05, max: 0.9, noNaN: true }), cold: fc.double({ min: 0.1, max: 8, noNaN: true }) })
  .chain(({ load, cold }) =>
    fc.record({
      arrivals: arrivals(load),
      work: law(1),
      coldStart: start(cold),
      keepAlive: fc.oneof(
        fc.constant<ServerSpec["keepAlive"]>("forever"),
        fc.double({ min: 0, max: 20, noNaN: true }).map((value): ServerSpec["keepAlive"] => seconds(value)),
        fc.constant<ServerSpec["keepAlive"]>(exponential(3)),
      ),
    }),
  );

describe("laws that hold for any server", () => {
  it("the curve rises to 1 − 1e-5, its area is the mean, the parts sum up", () => {
    fc.assert(
      fc.property(servers, ({ arrivals, work, coldStart, keepAlive }) => {
        const at = Array.from({ length: 12 }, (_, k) => 0.1 * 2 ** k);
        const { latency, breakdown, states, overhead, cold } = answer(
          arrivals,
          work,
          { coldStart, keepAlive },
          { cdfAt: at },
        );
        const { seconds, probability } = latency.curve;
        expect(seconds.length).toBeGreaterThanOrEqual(200);
        expect(probability.at(-1)).toBeGreaterThan(1 - 1.1e-5);
        for (let i = 1; i < seconds.length; i++) {
          expect(seconds[i]!).toBeGreaterThanOrEqual(seconds[i - 1]!);
          expect(probability[i]!).toBeGreaterThanOrEqual(probability[i - 1]!);
        }
        // The trapezoid under 1 − F; the tail beyond the curve is less than a thousandth of it.
        const area = seconds.reduce(
          (sum, t, i) =>
            i === 0 ? 0 : sum + (t - seconds[i - 1]!) * (1 - (probability[i]! + probability[i - 1]!) / 2),
          0,
        );
        expect(area / latency.mean.value).toBeCloseTo(1, 1.7);
        for (let i = 1; i < at.length; i++) {
          expect(latency.cdf[i]!.value.high).toBeGreaterThanOrEqual(latency.cdf[i - 1]!.value.low);
        }
        const { network, cold: waking, start, queue, work: working } = breakdown;
        const parts = network.value + waking.value + start.value + queue.value + working.value;
        expect(parts / latency.mean.value).toBeCloseTo(1, 9);
        const { off, starting, idle, busy } = states!;
        expect(off.value + starting.value + idle.value + busy.value).toBeCloseTo(1, 9);
        expect(overhead.value).toBeCloseTo(1 - working.value / latency.mean.value, 12);
        expect(cold.probability.value).toBeGreaterThanOrEqual(cold.triggered!.value - 1e-15);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it("an instance kept for ever has the wait of Pollaczek and Khinchine", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (load, scv) => {
          const { latency } = answer({ kind: "poisson", rate: load }, { kind: "gamma", mean: 1, scv });
          const expected = 1 + (load * (1 + scv)) / (2 * (1 - load));
          expect(latency.mean.value / expected).toBeCloseTo(1, 10);
        },
      ),
      { numRuns: 20, seed: 7 },
    );
  });
});

describe("hostile parameters", () => {
  const cases: [string, ArrivalsSpec, DistributionSpec, Partial<ServerSpec>][] = [
    ["a load of exactly 1", { kind: "poisson", rate: 10 }, exponential(0.1), {}],
    ["a load of 5", { kind: "poisson", rate: 50 }, seconds(0.1), { coldStart: seconds(1) }],
    [
      "a load of 0.9999",
      { kind: "poisson", rate: 9.999 },
      exponential(0.1),
      { keepAlive: seconds(0), coldStart: seconds(1) },
    ],
    [
      "a request a year",
      { kind: "poisson", rate: 3e-8 },
      exponential(0.001),
      { coldStart: seconds(2), keepAlive: seconds(60) },
    ],
    ["a million requests a second", { kind: "poisson", rate: 1e6 }, { kind: "lognormal", mean: 5e-7, scv: 0.4 }, {}],
    ["no work at all", { kind: "poisson", rate: 10 }, seconds(0), { coldStart: seconds(1), keepAlive: seconds(1) }],
    ["no cold start but no keep-alive", { kind: "poisson", rate: 5 }, exponential(0.1), { keepAlive: seconds(0) }],
    [
      "a keep-alive of a year",
      { kind: "poisson", rate: 5 },
      exponential(0.1),
      { keepAlive: seconds(3e7), coldStart: seconds(1) },
    ],
    [
      "a cold start of an hour",
      { kind: "poisson", rate: 5 },
      exponential(0.1),
      { keepAlive: seconds(1), coldStart: seconds(3600) },
    ],
    [
      "work of many values",
      { kind: "poisson", rate: 5 },
      { kind: "empirical", values: Array.from({ length: 300 }, (_, i) => 0.05 + i * 3.7e-4) },
      {},
    ],
    [
      "uniform work",
      { kind: "poisson", rate: 5 },
      { kind: "uniform", low: 0, high: 0.2 },
      { coldStart: exponential(0.5), keepAlive: seconds(0.1) },
    ],
    [
      "an observed cold start",
      { kind: "poisson", rate: 5 },
      exponential(0.05),
      {
        keepAlive: seconds(0.1),
        coldStart: { kind: "empirical", values: Array.from({ length: 100 }, (_, i) => 0.5 + i * 7.3e-3) },
      },
    ],
    [
      "phases of rate 0",
      {
        kind: "mmpp",
        rates: [0, 12],
        switching: [
          [0, 0.5],
          [0.8, 0],
        ],
      },
      exponential(0.05),
      { coldStart: seconds(0.3), keepAlive: seconds(0.5) },
    ],
    [
      "very slow phases",
      {
        kind: "mmpp",
        rates: [1, 15],
        switching: [
          [0, 1e-6],
          [1e-6, 0],
        ],
      },
      exponential(0.05),
      { coldStart: seconds(0.3), keepAlive: seconds(0.5) },
    ],
    ["nearly no variation", { kind: "poisson", rate: 5 }, { kind: "lognormal", mean: 0.1, scv: 1e-8 }, {}],
    [
      "enormous variation",
      { kind: "poisson", rate: 1 },
      { kind: "lognormal", mean: 0.1, scv: 1000 },
      { coldStart: seconds(0.3), keepAlive: seconds(0.5) },
    ],
  ];
  it.each(cases)("%s: an answer without NaN", (_, arrivals, work, fields) => {
    const result = answer(arrivals, work, fields, { objective: 0.2, cdfAt: [0.001, 1] });
    for (const [path, value] of numbers(result)) expect(Number.isNaN(value), path).toBe(false);
    expect(result.latency.curve.seconds.length).toBeGreaterThanOrEqual(200);
    expect(result.stable).toBe(result.latency.mean.value < Infinity);
  });

  it("says what it does not cover", () => {
    const reason = (fields: Partial<ServerSpec>, arrivals: ArrivalsSpec = { kind: "poisson", rate: 5 }): string => {
      const target = predict(scenarioOf(arrivals, exponential(0.01), serverTarget(fields))).targets[0]!;
      return target.status === "unavailable" ? target.reason : "";
    };
    expect(reason({ queueLimit: 5, discipline: "processorSharing" })).toContain("a limited queue");
    expect(reason({ timeout: 5 })).toContain("timeouts");
    expect(reason({}, { kind: "profile", points: [{ at: 0, rate: 5 }] })).toContain("no steady state");
    expect(reason({}, { kind: "trace", times: [0, 1, 2] })).toContain("fewer than 500 requests");
    expect(() =>
      predict(scenarioOf({ kind: "poisson", rate: 1 }, exponential(1), serverTarget()), { targets: ["x"] }),
    ).toThrow("predict: targets must be among single, got x");
  });
});
