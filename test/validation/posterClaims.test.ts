import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distribution } from "../../src/distributions/index.ts";
import {
  coldShareMax,
  latencyMean,
  lognormalThrough,
  poster,
  ratios,
  type Stated,
  starts,
  tailFor,
  workMean,
} from "./posterClaims.ts";

const levels = [0.5, 0.95, 0.99];

/** A thousand requests of two lognormal parts, work and the rest, and what somebody would state of them. */
const measured = fc
  .record({
    seed: fc.array(fc.double({ min: 0.0005, max: 0.9995, noNaN: true }), { minLength: 400, maxLength: 400 }),
    work: fc.double({ min: 1e-3, max: 0.1, noNaN: true }),
    rest: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
  })
  .map(({ seed, work, rest }) => {
    const works = seed.slice(0, 200).map((u) => work * (u / (1 - u)) ** 0.5);
    const latencies = works.map((own, i) => own + rest * (seed[200 + i]! / (1 - seed[200 + i]!)) ** 0.5);
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const sorted = latencies.toSorted((a, b) => a - b);
    const stated: Stated = {
      quantiles: levels.map((q) => ({ q, value: sorted[Math.ceil(q * sorted.length) - 1]! })),
      overhead: 1 - mean(works) / mean(latencies),
    };
    const beyond = sorted.slice(Math.ceil(0.99 * sorted.length));
    return { stated, meanWork: mean(works), meanLatency: mean(latencies), tail: { mean: mean(beyond) } };
  });

describe("what stated figures imply, whatever the laws", () => {
  it("bounds mean latency and mean work", () => {
    fc.assert(
      fc.property(measured, ({ stated, meanWork, meanLatency, tail }) => {
        const latency = latencyMean(stated, tail);
        expect(meanLatency).toBeGreaterThanOrEqual(latency.low * (1 - 1e-9));
        expect(meanLatency).toBeLessThanOrEqual(latency.high * (1 + 1e-9));
        const work = workMean(stated, tail);
        expect(meanWork).toBeGreaterThanOrEqual(work.low * (1 - 1e-9));
        expect(meanWork).toBeLessThanOrEqual(work.high * (1 + 1e-9));
        expect(tail.mean).toBeGreaterThanOrEqual(tailFor(stated, meanLatency) * (1 - 1e-9));
      }),
      { seed: 11, numRuns: 50 },
    );
  });

  it("bounds the share that can have waited for a start", () => {
    // Of requests that take no time but for a start with probability p, no more than 1 − q exceed the quantile of level q.
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        (p, mean) => {
          const start = distribution({ kind: "exponential", mean });
          const quantile = (q: number) => (1 - q >= p ? 0 : -mean * Math.log((1 - q) / p));
          const stated = { quantiles: levels.map((q) => ({ q, value: quantile(q) })), overhead: 0.5 };
          expect(coldShareMax(stated, start)).toBeGreaterThanOrEqual(p * (1 - 1e-9));
        },
      ),
      { seed: 5 },
    );
  });
});

describe("the poster's claims beside each other", () => {
  it("has no percentile within a factor of two of its headline", () => {
    for (const { ratio } of ratios(poster.faas, poster.waas)) expect(ratio).toBeGreaterThan(2 * poster.headline);
  });

  it("leaves different work for the same function under every smooth law", () => {
    const [waas, faas] = [poster.waas, poster.faas].map(
      (stated) => lognormalThrough(stated).mean * (1 - stated.overhead),
    );
    expect(faas! / waas!).toBeGreaterThan(2.3);
    // Whatever the laws: the same mean work needs a mean latency of WaaS beyond half of the way to its bound.
    const least = workMean(poster.faas, { mean: 0.35 }).low / (1 - poster.waas.overhead);
    expect(least).toBeGreaterThan(1.5 * poster.waas.quantiles[0]!.value);
    expect(tailFor(poster.waas, least)).toBe(0);
  });

  it("does not let a start of 5 to 20 ms be in every request", () => {
    const mean = starts.waas.mean / poster.waas.overhead;
    expect(tailFor(poster.waas, mean)).toBeGreaterThan(1);
  });

  it("lets few requests wait for a start", () => {
    expect(coldShareMax(poster.faas, starts.faas)).toBeLessThan(0.03);
    expect(coldShareMax(poster.faas, starts.faasEven)).toBeLessThan(0.015);
    // A Wasm pod starts in 86 ms at best, which is beyond p99.
    expect(coldShareMax(poster.waas, distribution({ kind: "uniform", low: 0.086, high: 0.122 }))).toBeCloseTo(0.01, 12);
  });
});
