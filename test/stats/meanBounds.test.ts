import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanBounds } from "../../src/stats/meanBounds.ts";

describe("bounds on a mean from quantiles", () => {
  it("holds every sample's mean, and is reached by laws that sit at the ends", () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(samples, (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const levels = [0.25, 0.5, 0.9].map((q) => ({ q, value: sorted[Math.ceil(q * sorted.length) - 1]! }));
        const { low, high } = meanBounds(levels, { smallest: sorted[0]!, largest: sorted.at(-1)! });
        const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
        expect(low).toBeLessThanOrEqual(mean * (1 + 1e-12));
        expect(high).toBeGreaterThanOrEqual(mean * (1 - 1e-12));
      }),
      { seed: 7 },
    );
    expect(meanBounds([{ q: 0.5, value: 2 }], { largest: 2 })).toEqual({ low: 1, high: 2 });
    expect(meanBounds([{ q: 0.5, value: 2 }]).high).toBe(Infinity);
  });

  it("refuses levels and values out of order", () => {
    for (const q of [0, 1.2]) {
      const outside = [{ q, value: 2 }];
      expect(() => meanBounds(outside)).toThrow(`meanBounds: levels must rise within (0, 1), got ${q}`);
    }
    expect(() =>
      meanBounds([
        { q: 0.5, value: 2 },
        { q: 0.9, value: 1 },
      ]),
    ).toThrow("meanBounds: values must not fall, got 1");
    expect(() => meanBounds([{ q: 0.5, value: 2 }], { largest: 1 })).toThrow("must not fall");
  });
});
