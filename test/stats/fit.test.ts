import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DistributionSpec, distribution } from "../../src/distributions/index.ts";
import { normalQuantile } from "../../src/numerics/erf.ts";
import { normal } from "../../src/random/normal.ts";
import { source } from "../../src/random/source.ts";
import { fitLine, fitTimes } from "../../src/stats/fit.ts";
import { fitLognormalMixture, logNormalDensity } from "../../src/stats/lognormalMixture.ts";

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
    const count = (kind: string) => fits.filter(({ law }) => law.kind === kind).length;
    expect(count("lognormal")).toBeGreaterThan(160);
    // The criterion weighs a further parameter, it does not forbid one.
    expect(count("shifted")).toBeGreaterThan(8);
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
    for (const value of [-1, Infinity, Number.NaN]) {
      expect(() => fitTimes([value])).toThrow(`fitTimes: values must be in [0, ∞), got ${value}`);
    }
  });

  it("says in words why, at the number of values where the reason changes", () => {
    expect(fitTimes([1, 1]).note).toBe("fewer than 3 values: taken as a constant");
    expect(fitTimes([1, 1, 1])).toMatchObject({ n: 3, ks: 0, note: "all values are equal" });
    expect(fitTimes([1, 2, 3, 4])).toMatchObject({
      n: 4,
      ks: null,
      note: "fewer than 5 values: the values themselves",
    });
    const { law, n, ks, note: five } = fitTimes([1, 2, 3, 4, 5]);
    // 0.895 / (√5 − 0.01 + 0.85 / √5) = 0.3434
    expect(five).toBe("not rejected at 5 % (critical KS 0.343)");
    expect([law.kind, n]).toEqual(["lognormal", 5]);
    expect(ks).toBeGreaterThan(0);
    // Dallal & Wilkinson (1986): 0.895 / (√100 − 0.01 + 0.85 / √100) = 0.0888
    const note = fitTimes(draw({ kind: "lognormal", mean: 1, scv: 0.5 }, 100, "note")).note;
    expect(note).toBe("not rejected at 5 % (critical KS 0.089)");
  });

  it("takes a law that is close, though so many values could tell it from the truth", () => {
    // Times told to a tenth of a second, of which a lognormal is none.
    const { law, ks, note } = fitTimes(
      draw({ kind: "lognormal", mean: 1, scv: 0.5 }, 1000, "rounded").map((value) => Math.ceil(10 * value) / 10),
    );
    expect(law.kind).not.toBe("empirical");
    expect(ks!).toBeGreaterThan(0.895 / Math.sqrt(1000));
    expect(ks!).toBeLessThanOrEqual(0.1);
    expect(note).toBe("close enough, though rejected at 5 % (critical KS 0.028)");
  });

  it("makes up no tail: the fitted mean stays within a tenth of the sample's", () => {
    for (let run = 0; run < 40; run++) {
      const values = draw({ kind: "pareto", minimum: 1, shape: 1.2 }, 50, `pareto ${run}`);
      const mean = values.reduce((sum, value) => sum + value, 0) / 50;
      const { law } = fitTimes(values);
      if (law.kind === "empirical") expect([...law.values]).toEqual(values.toSorted((a, b) => a - b));
      expect(Math.abs(distribution(law).mean / mean - 1)).toBeLessThanOrEqual(0.1 + 1e-12);
    }
  });

  it("makes up no tail where times end abruptly", () => {
    // Close to 0.07, but with about six of a hundred times beyond the largest that was seen.
    const even = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);
    expect(fitTimes(even)).toMatchObject({
      law: { kind: "empirical" },
      note: "no lognormal fits (KS 0.068): the values themselves",
    });
  });

  it("keeps the values that stand for equal shares of the sample", () => {
    const lumps = Array.from({ length: 1000 }, (_, i) => 1 + Math.floor(i / 250) + i * 1e-6);
    const { law } = fitTimes(lumps);
    expect(law).toEqual({ kind: "empirical", values: Array.from({ length: 100 }, (_, i) => lumps[10 * i + 5]) });
    expect(fitTimes(lumps.slice(200, 300)).law).toEqual({ kind: "empirical", values: lumps.slice(200, 300) });
  });

  it("tells two populations apart from thirty values on", () => {
    const half = Array.from({ length: 15 }, (_, i) => Math.exp(0.1 * normalQuantile((i + 0.5) / 15)));
    const both = [...half, ...half.map((value) => 1000 * value)];
    expect(fitTimes(both).law.kind).toBe("mixture");
    expect(fitTimes(both.slice(1)).law.kind).toBe("empirical");
  });

  it("fits no law whose parameters are no numbers", () => {
    for (const values of [
      [1e-300, 1e-300, 1e-300, 1, 1e300], // A variance beyond the doubles.
      [1e9, 1e9, 1e9, 1e9, 1e9 + 2 ** -23], // No spread in the logarithms.
    ]) {
      const { law, note } = fitTimes(values);
      expect(law).toEqual({ kind: "empirical", values });
      expect(note).toBe("no lognormal fits (KS 1.000): the values themselves");
    }
  });

  it("counts an exact 0 as half of the smallest time", () => {
    const values = Array.from({ length: 20 }, (_, i) => (i === 0 ? 0 : Math.exp(0.8 * normalQuantile((i + 0.5) / 20))));
    const { law } = fitTimes(values);
    if (law.kind !== "lognormal") throw new Error(law.kind);
    const logs = values.map((value) => Math.log(Math.max(value, values[1]! / 2)));
    const mu = logs.reduce((sum, log) => sum + log, 0) / 20;
    const variance = logs.reduce((sum, log) => sum + (log - mu) ** 2, 0) / 19;
    expect(law.mean).toBeCloseTo(Math.exp(mu + variance / 2), 12);
    expect(law.scv).toBeCloseTo(Math.expm1(variance), 12);
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

describe("two populations of logarithms", () => {
  const gauss = normal(source(4, "two"));
  const logs = Float64Array.from({ length: 600 }, (_, i) => (i % 4 === 0 ? 3 + 0.5 * gauss() : 0.3 * gauss()));

  it("are a stationary point of the likelihood, the likelier first", () => {
    const parts = fitLognormalMixture(logs);
    const [usual, other] = parts;
    expect(usual.weight).toBeCloseTo(0.75, 1);
    expect(usual.weight + other.weight).toBeCloseTo(1, 9);
    const density = ({ weight, mu, sigma }: typeof usual, x: number) =>
      (weight * Math.exp(-(((x - mu) / sigma) ** 2) / 2)) / (sigma * Math.sqrt(2 * Math.PI));
    for (const part of parts) {
      const shares = [...logs].map((x) => density(part, x) / (density(usual, x) + density(other, x)));
      const weight = shares.reduce((sum, share) => sum + share, 0);
      const mu = shares.reduce((sum, share, i) => sum + share * logs[i]!, 0) / weight;
      const variance = shares.reduce((sum, share, i) => sum + share * (logs[i]! - mu) ** 2, 0) / weight;
      expect(part.weight).toBeCloseTo(weight / 600, 5);
      expect(part.mu).toBeCloseTo(mu, 4);
      expect(part.sigma).toBeCloseTo(Math.sqrt(variance), 4);
    }
    expect(logNormalDensity(parts, 1)).toBeCloseTo(density(usual, 1) + density(other, 1), 14);
  });

  it("put the likelier first also where it is the slower one", () => {
    const [first, second] = fitLognormalMixture(logs.map((x) => -x));
    expect(first.weight).toBeGreaterThan(second.weight);
    expect(first.mu).toBeCloseTo(0, 1);
    expect(second.mu).toBeCloseTo(-3, 0);
  });

  it("take a value far from both for one of the nearer", () => {
    // Fifty and a hundred spreads away, where both densities are 0 in doubles.
    const far = Float64Array.from({ length: 5000 }, (_, i) => (i === 0 ? -9 : 5 * (i % 2) + 1e-4 * (i % 7)));
    const [one, other] = fitLognormalMixture(far);
    expect(one.weight).toBeCloseTo(0.5, 3);
    expect(one.weight + other.weight).toBeCloseTo(1, 9);
    expect([one.mu, other.mu].sort()).toEqual([expect.closeTo(0, 2), expect.closeTo(5, 2)]);
  });

  it("are no spikes, and need five values", () => {
    const five = fitLognormalMixture(Float64Array.of(0, 0.1, 0, 0.1, 3));
    expect(five.map(({ mu }) => mu)).toEqual([expect.closeTo(0.05, 6), expect.closeTo(3, 6)]);
    const [one, other] = fitLognormalMixture(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 5));
    for (const { sigma } of [one, other]) expect(sigma).toBeGreaterThanOrEqual(0.02);
    expect([one.mu, other.mu].map((mu) => Math.round(mu))).toEqual([0, 5]);
    expect(() => fitLognormalMixture(Float64Array.of(1, 2, 3, 4))).toThrow(
      "fitLognormalMixture: needs at least five values, got 4",
    );
  });
});

describe("the line through most points", () => {
  it("is that of least squares where none strays", () => {
    // By hand: Σ(x − 2.5)² = 5, Σ(x − 2.5)(y − 5.25) = 9.5; residuals −0.1, 0.0, 0.3, −0.2 but scaled.
    const fit = fitLine([1, 2, 3, 4], [2, 5, 6, 8])!;
    expect(fit.slope).toBeCloseTo(1.9, 12);
    expect(fit.intercept).toBeCloseTo(5.25 - 1.9 * 2.5, 12);
    const residuals = [2, 5, 6, 8].map((y, i) => y - fit.intercept - 1.9 * (i + 1));
    const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
    expect(fit.slopeStandardError).toBeCloseTo(Math.sqrt(squares / 2 / 5), 12);
    expect(fit.n).toBe(4);
    expect(fitLine([0, 1], [3, 5])).toEqual({ slope: 2, slopeStandardError: 0, intercept: 3, n: 2 });
  });

  it("is that of the others where one strays", () => {
    const x = Array.from({ length: 20 }, (_, i) => i);
    const y = x.map((value) => 3 + 2 * value + (value % 2 === 0 ? 0.1 : -0.1));
    const clean = fitLine(x, y)!;
    expect(clean.n).toBe(20);
    const strayed = fitLine([...x, 10], [...y, 500])!;
    expect(strayed).toEqual(clean);
    // Two of three points beyond the rest would be no rest.
    expect(fitLine([0, 1, 2, 2], [0, 1, 2, 90])!.n).toBeGreaterThanOrEqual(3);
  });

  it("takes a spread of rounding for none", () => {
    expect(fitLine([1e6, 1e6 + 1e-6, 1e6], [1, 2, 3])).toBeNull();
    expect(fitLine([1e6, 1e6 + 1, 1e6 + 2], [1, 2, 3])!.slope).toBeCloseTo(1, 6);
  });

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

  it("leaves nothing out where more than half of the points lie on it exactly", () => {
    const fit = fitLine([0, 1, 2, 3, 4, 2, 2], [0, 0, 0, 0, 0, 9, -9]);
    expect(fit).toMatchObject({ slope: 0, intercept: 0, n: 7 });
  });

  it("keeps the points without which it would not be determined", () => {
    const fit = fitLine([0, 0, 0, 0, 0, 0, 1, 1], [0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 50, -50]);
    expect(fit).toMatchObject({ slope: expect.closeTo(0, 12), n: 8 });
  });

  it("is null where no line is determined", () => {
    expect(fitLine([0, 0, 0], [1, 2, 3])).toBeNull();
    expect(fitLine([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(fitLine([], [])).toBeNull();
    expect(() => fitLine([1], [])).toThrow("fitLine: x and y must be of one length, got 0");
  });
});
