import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Curve,
  curveProbability,
  curveQuantile,
  ksDistance,
  ksToLaw,
  sampleCurve,
  wassersteinDistance,
} from "../../src/stats/distances.ts";

const samples = fc.array(
  fc.integer({ min: 0, max: 40 }).map((k) => k / 8),
  { minLength: 1, maxLength: 30 },
);
const atom = (x: number): Curve => ({ seconds: [x, x], probability: [0, 1] });
const empty: Curve = { seconds: [], probability: [] };

describe("distances of curves", () => {
  it("equals the definition on samples", () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const cdf = (values: number[], x: number) => values.filter((v) => v <= x).length / values.length;
        const corners = [...new Set([...a, ...b])].sort((p, q) => p - q);
        const gap = (x: number) => Math.abs(cdf(a, x) - cdf(b, x));
        let area = 0;
        for (let i = 1; i < corners.length; i++) area += gap(corners[i - 1]!) * (corners[i]! - corners[i - 1]!);
        expect(ksDistance(sampleCurve(a), sampleCurve(b))).toBeCloseTo(Math.max(...corners.map(gap)), 12);
        expect(wassersteinDistance(sampleCurve(a), sampleCurve(b))).toBeCloseTo(area, 12);
      }),
      { seed: 3 },
    );
  });

  it("is symmetric and zero on itself", () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const [f, g] = [sampleCurve(a), sampleCurve(b)];
        expect(ksDistance(f, g)).toBe(ksDistance(g, f));
        expect(wassersteinDistance(f, g)).toBeCloseTo(wassersteinDistance(g, f), 12);
        expect(ksDistance(f, f)).toBe(0);
        expect(wassersteinDistance(f, f)).toBe(0);
      }),
      { seed: 4 },
    );
  });

  it("integrates lines that cross", () => {
    const rising: Curve = { seconds: [0, 2], probability: [0, 1] };
    expect(wassersteinDistance(rising, atom(1))).toBeCloseTo(0.5, 15);
    expect(ksDistance(rising, atom(1))).toBe(0.5);
    const steep: Curve = { seconds: [0.5, 1.5], probability: [0, 1] };
    expect(wassersteinDistance(rising, steep)).toBeCloseTo(0.25, 15);
  });

  it("treats no points as an infinite time, and what a tail leaves out as its end", () => {
    expect(ksDistance(empty, atom(1))).toBe(1);
    expect(wassersteinDistance(empty, atom(1))).toBe(Infinity);
    expect(wassersteinDistance(atom(1), empty)).toBe(Infinity);
    expect(wassersteinDistance(empty, empty)).toBe(0);
    expect(
      wassersteinDistance({ seconds: [0, 1], probability: [0, 0.9] }, { seconds: [0, 1, 1], probability: [0, 0.9, 1] }),
    ).toBe(0);
  });

  it("reads a curve both ways", () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, p) => {
        const curve = sampleCurve(values);
        const sorted = values.toSorted((a, b) => a - b);
        expect(curveQuantile(curve, p)).toBe(sorted[Math.ceil(p * sorted.length - 1e-9) - 1]);
        for (const x of values)
          expect(curveProbability(curve, x)).toBeCloseTo(values.filter((v) => v <= x).length / values.length, 12);
      }),
      { seed: 5 },
    );
    expect(curveQuantile(empty, 0.5)).toBe(Infinity);
  });

  it("reads lines between the corners, and what lies outside them", () => {
    const line: Curve = { seconds: [1, 3, 5], probability: [0.2, 0.4, 0.8] };
    const read = [0.5, 1, 2, 3, 4, 5, 9].map((x) => curveProbability(line, x));
    for (const [i, p] of [0, 0.2, 0.3, 0.4, 0.6, 1, 1].entries()) expect(read[i]).toBeCloseTo(p, 14);
    const quantiles = [0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.95].map((p) => curveQuantile(line, p));
    for (const [i, x] of [1, 1, 2, 3, 4, 5, 5].entries()) expect(quantiles[i]).toBeCloseTo(x, 14);
    expect(curveProbability(empty, 1)).toBe(0);
    expect(curveProbability(line, Number.NaN)).toBe(0);
  });

  it("counts a first probability above 0 as an atom there", () => {
    const late: Curve = { seconds: [2, 4], probability: [0.5, 1] };
    expect(ksDistance(late, atom(2))).toBe(0.5);
    expect(wassersteinDistance(late, atom(2))).toBeCloseTo(0.5, 14);
  });

  it("is at most 1, though a curve exceeds it by rounding", () => {
    const over: Curve = { seconds: [1, 1, 2], probability: [0, 1 + Number.EPSILON, 1 + Number.EPSILON] };
    expect(ksDistance(over, atom(3))).toBe(1);
  });

  it("refuses columns that do not match or fall", () => {
    const short: Curve = { seconds: [1, 2], probability: [1] };
    const falling: Curve = { seconds: [2, 1], probability: [0, 1] };
    expect(() => ksDistance(short, atom(1))).toThrow("curve: columns must be of one length, got 1");
    expect(() => ksDistance(falling, atom(9))).toThrow("curve: seconds must not fall, got 1");
  });

  it("measures a sample against a law from both sides of each step", () => {
    expect(ksToLaw([0.25, 0.75], (x) => x)).toBe(0.25);
    expect(() => ksToLaw([], (x) => x)).toThrow("ksToLaw: the sample must hold a value, got 0");
  });
});
