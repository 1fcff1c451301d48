import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DistributionSpec, distribution } from "../../src/distributions/index.ts";
import { normal } from "../../src/random/normal.ts";
import { source } from "../../src/random/source.ts";
import { fitLine, fitTimes } from "../../src/stats/fit.ts";

const draw = (spec: DistributionSpec, n: number, name: string | number) =>
  Array.from({ length: n }, distribution(spec).sampler(source(2, name)));

describe("the law of observed times", () => {
  it("recovers a lognormal within its standard errors", () => {
    const n = 4000;
    const { law, ks } = fitTimes(draw({ kind: "lognormal", mean: 0.2, scv: 0.3 }, n, "lognormal"));
    if (law.kind !== "lognormal") throw new Error(law.kind);
    expect(Math.abs(law.mean - 0.2)).toBeLessThan(3 * 0.2 * Math.sqrt(0.3 / n));
    const sigma2 = Math.log1p(0.3);
    expect(Math.abs(Math.log1p(law.scv) - sigma2)).toBeLessThan(3 * sigma2 * Math.sqrt(2 / n));
    expect(ks!).toBeLessThan(0.02);
  });

  it("rarely calls a lognormal anything else, and hardly ever rejects what it chose", () => {
    const fits = Array.from({ length: 200 }, (_, run) =>
      fitTimes(draw({ kind: "lognormal", mean: 1, scv: 0.5 }, 60, run)),
    );
    expect(fits.filter(({ law }) => law.kind === "lognormal").length).toBeGreaterThan(140);
    expect(fits.filter(({ note }) => note.startsWith("not rejected")).length).toBeGreaterThan(190);
  });

  it("moves the lognormal where times have a floor", () => {
    const { law } = fitTimes(
      draw({ kind: "shifted", by: 0.02, of: { kind: "lognormal", mean: 0.004, scv: 4 } }, 2000, "shifted"),
    );
    if (law.kind !== "shifted") throw new Error(law.kind);
    expect(law.by).toBeCloseTo(0.02, 3);
    expect(law.by + law.of.mean).toBeCloseTo(0.024, 2);
  });

  it("tells two populations apart", () => {
    const n = 3000;
    const { law, ks } = fitTimes(
      draw(
        {
          kind: "mixture",
          of: [
            { weight: 0.9, of: { kind: "lognormal", mean: 0.001, scv: 0.1 } },
            { weight: 0.1, of: { kind: "lognormal", mean: 0.02, scv: 0.5 } },
          ],
        },
        n,
        "two",
      ),
    );
    if (law.kind !== "mixture") throw new Error(law.kind);
    const [usual, hiccup] = law.of;
    expect(Math.abs(usual!.weight - 0.9)).toBeLessThan(3 * Math.sqrt(0.09 / n));
    expect(Math.abs(usual!.of.mean - 0.001)).toBeLessThan(3 * 0.001 * Math.sqrt(0.1 / (0.9 * n)));
    expect(Math.abs(hiccup!.of.mean - 0.02)).toBeLessThan(4 * 0.02 * Math.sqrt(0.5 / (0.1 * n)));
    expect(ks!).toBeLessThan(0.02);
  });

  it("keeps the sample where nothing fits, thinned to a hundred values with the same quantiles", () => {
    const lumps = Array.from({ length: 5000 }, (_, i) => 1 + (i % 4));
    const { law, note } = fitTimes(lumps);
    if (law.kind !== "empirical") throw new Error(law.kind);
    expect(law.values).toHaveLength(100);
    expect(note).toMatch(/^no lognormal fits \(KS 0\.\d+\): the values themselves$/);
    for (const [p, value] of [
      [0.1, 1],
      [0.4, 2],
      [0.9, 4],
    ] as const)
      expect(distribution(law).quantile(p)).toBe(value);
  });

  it("says what it assumes when there is little to go by", () => {
    expect(fitTimes([0.5])).toMatchObject({ law: { kind: "deterministic", value: 0.5 }, n: 1, ks: null });
    expect(fitTimes([0.5, 0.7]).law).toEqual({ kind: "deterministic", value: 0.6 });
    expect(fitTimes([3, 1, 2]).law).toEqual({ kind: "empirical", values: [1, 2, 3] });
    expect(fitTimes([0, 0, 0, 0, 0, 0]).law).toEqual({ kind: "deterministic", value: 0 });
    expect(() => fitTimes([])).toThrow("fitTimes: needs at least one value, got 0");
    expect(() => fitTimes([-1])).toThrow(RangeError);
    expect(() => fitTimes([Number.NaN])).toThrow(RangeError);
  });

  it("always gives a law that the scenario accepts", () => {
    const times = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, (values) => {
        const { law, n } = fitTimes(values);
        expect(n).toBe(values.length);
        expect(distribution(law).mean).toBeGreaterThanOrEqual(0);
        expect(distribution(law).mean).toBeLessThan(Infinity);
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});

describe("the line through most points", () => {
  it("recovers slope and intercept within their standard errors, whatever a few stragglers do", () => {
    const gauss = normal(source(3, "noise"));
    const x = Array.from({ length: 1000 }, (_, i) => i / 1000);
    const y = x.map((value, i) => 0.5 + 1.3 * value + 0.05 * gauss() + (i % 50 === 0 ? 10 * value : 0));
    const { slope, slopeStandardError, intercept, n } = fitLine(x, y)!;
    expect(Math.abs(slope - 1.3)).toBeLessThan(3 * slopeStandardError);
    expect(slopeStandardError).toBeCloseTo(0.05 / Math.sqrt(1000 / 12), 3);
    expect(intercept).toBeCloseTo(0.5, 2);
    expect(n).toBeLessThan(990);
  });

  it("is null where no line is determined", () => {
    expect(fitLine([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(fitLine([], [])).toBeNull();
    expect(() => fitLine([1], [])).toThrow(RangeError);
  });
});
