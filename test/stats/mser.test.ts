import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normal } from "../../src/random/normal.ts";
import { source } from "../../src/random/source.ts";
import { isAutocorrelated, lagOneCorrelation } from "../../src/stats/autocorrelation.ts";
import { mser } from "../../src/stats/mser.ts";

describe("mser", () => {
  it("is the truncation of least standard error, as computed one by one", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 2, maxLength: 60 }), (values) => {
        const n = values.length;
        const errors = Array.from({ length: Math.floor(n / 2) + 1 }, (_, cut) => {
          const rest = values.slice(cut);
          const mean = rest.reduce((sum, x) => sum + x, 0) / rest.length;
          return rest.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rest.length ** 2;
        });
        expect(errors[mser(values)]).toBeCloseTo(Math.min(...errors), 9);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("finds the end of a transient, and none where there is none", () => {
    const gauss = normal(source(1, "mser"));
    const noise = Array.from({ length: 400 }, () => gauss());
    expect(mser(noise)).toBeLessThan(80);
    const cut = mser(noise.map((x, i) => x + 30 * Math.exp(-i / 20)));
    expect(cut).toBeGreaterThan(40);
    expect(cut).toBeLessThan(150);
    expect(mser(noise.map((x, i) => x + i))).toBe(200);
    expect(mser([])).toBe(0);
    // Nothing is left out for nothing, and what is left out does not depend on where the values lie.
    expect(mser([2, 2, 2, 2])).toBe(0);
    expect(mser(noise.map((x, i) => 1e9 + x + 30 * Math.exp(-i / 20)))).toBe(cut);
  });
});

describe("autocorrelation of batch means", () => {
  const gauss = normal(source(2, "batches"));
  const batches = (rho: number) => {
    let x = gauss();
    return Array.from({ length: 32 }, () => (x = rho * x + Math.sqrt(1 - rho * rho) * gauss()));
  };

  it("is found where there is some, and rarely where there is none", () => {
    const share = (rho: number) =>
      Array.from({ length: 400 }, () => isAutocorrelated(batches(rho))).filter(Boolean).length / 400;
    expect(share(0)).toBeLessThan(0.09);
    expect(share(0.8)).toBeGreaterThan(0.95);
  });

  it("is that of the definition", () => {
    // About their mean of 2: −1, 0, 2, −1; their neighbours' products sum to −2 and their squares to 6.
    expect(lagOneCorrelation([1, 2, 4, 1])).toBeCloseTo(-2 / 6, 14);
    expect(lagOneCorrelation([1, 2, 4])).toBeCloseTo(-1 / 42, 14);
    expect(lagOneCorrelation([1, 2])).toBe(0);
  });

  it("begins to count where independent values reach in one case of twenty", () => {
    // One of twenty standard normal values is beyond 1.6449; of nine values the correlation has mean −1/9 and standard deviation 1/3.
    expect(isAutocorrelated([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe(true);
    const shaped = (k: number) => [0, 0, 0, 0, k, 1, 1, 1, 1.4];
    for (const k of [0, 0.5, -2, -4, 3, 6]) {
      expect(isAutocorrelated(shaped(k))).toBe(lagOneCorrelation(shaped(k)) > 1.6448536269514722 / 3 - 1 / 9);
    }
    expect(isAutocorrelated([1, 2, 3])).toBe(false);
  });

  it("is 0 for constants, and −1 at the least", () => {
    expect(lagOneCorrelation([3, 3, 3, 3])).toBe(0);
    expect(isAutocorrelated([1, 1])).toBe(false);
    expect(lagOneCorrelation(Array.from({ length: 1000 }, (_, i) => i % 2))).toBeCloseTo(-1, 2);
  });
});
