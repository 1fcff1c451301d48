import { describe, expect, it } from "vitest";
import { normalCdf } from "../../src/numerics/erf.ts";
import { normal } from "../../src/random/normal.ts";
import { source } from "../../src/random/source.ts";
import { standardExponential } from "../../src/random/standardExponential.ts";
import { layers, ziggurat } from "../../src/random/ziggurat.ts";
import { binomialWithin } from "../contracts/binomial.ts";

describe("source", () => {
  it("repeats itself for the same name", () => {
    const [a, b] = [source(7, "x"), source(7, "x")];
    for (let i = 0; i < 1000; i++) expect(a()).toBe(b());
  });

  it("tells numbers from strings, and names from their concatenation", () => {
    const firsts = [
      source(1, "2"),
      source(1, 2),
      source("1", 2),
      source(12),
      source("12"),
      source(1, "2", ""),
      source(),
    ];
    expect(new Set(firsts.map((uniform) => uniform())).size).toBe(firsts.length);
  });

  it("is uniform in equal bins, in both the first and successive values, over many neighbouring seeds", () => {
    const bins = new Float64Array(64);
    const firstBins = new Float64Array(64);
    const seeds = 20_000;
    for (let seed = 0; seed < seeds; seed++) {
      const uniform = source(seed, "bins");
      firstBins[Math.floor(uniform() * 64)]!++;
      for (let i = 0; i < 5; i++) bins[Math.floor(uniform() * 64)]!++;
    }
    for (const count of firstBins) expect(binomialWithin(count, seeds, 1 / 64)).toBe(true);
    for (const count of bins) expect(binomialWithin(count, 5 * seeds, 1 / 64)).toBe(true);
  });

  it("does not correlate streams of neighbouring seeds", () => {
    let sum = 0;
    const n = 50_000;
    for (let seed = 0; seed < n; seed++) sum += (source(seed, "a")() - 0.5) * (source(seed + 1, "a")() - 0.5);
    expect(Math.abs(sum / n)).toBeLessThan((5 / 12) * (1 / Math.sqrt(n)));
  });

  it("has the known first outputs, so that old seeds keep their meaning", () => {
    const uniform = source(7, "arrivals");
    expect([uniform(), uniform(), uniform()]).toMatchInlineSnapshot(`
      [
        0.8848954232286502,
        0.11626232549572024,
        0.16955408983985698,
      ]
    `);
  });
});

describe("normal", () => {
  it("has mean 0, variance 1 and the normal tail", () => {
    const gauss = normal(source(3, "normal"));
    const n = 200_000;
    let [sum, squares, beyond] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = gauss();
      sum += x;
      squares += x * x;
      if (x > 2) beyond++;
    }
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
    expect(binomialWithin(beyond, n, 0.022750131948179)).toBe(true);
  });
});

describe("the ziggurats", () => {
  const n = 400_000;
  const bins = 256;
  const laws = {
    exponential: { sampler: standardExponential, cdf: (x: number) => -Math.expm1(-x), tail: 7.697117470131049 },
    normal: { sampler: normal, cdf: normalCdf, tail: 3.654152885361009 },
  };

  for (const [name, { sampler, cdf, tail }] of Object.entries(laws)) {
    it(`fill bins of equal probability, and the tail beyond the layers: ${name}`, () => {
      const draw = sampler(source(11, name));
      const counts = new Float64Array(bins);
      let beyond = 0;
      for (let i = 0; i < n; i++) {
        const x = draw();
        counts[Math.floor(cdf(x) * bins)]!++;
        if (x > tail) beyond++;
      }
      for (const count of counts) expect(binomialWithin(count, n, 1 / bins)).toBe(true);
      expect(binomialWithin(beyond, n, 1 - cdf(tail))).toBe(true);
    });
  }

  it("have layers of one area, the last of which ends at the top", () => {
    const area = (7.697117470131049 + 1) * Math.exp(-7.697117470131049);
    const { x, y } = ziggurat(
      (at) => Math.exp(-at),
      (height) => -Math.log(height),
      { r: 7.697117470131049, area },
    );
    expect([x[layers], y[layers]]).toEqual([0, 1]);
    for (let i = 1; i < layers; i++) expect(x[i]! * (y[i + 1]! - y[i]!)).toBeCloseTo(area, 12);
  });
});
