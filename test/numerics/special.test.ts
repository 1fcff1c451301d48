import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { erfc, normalCdf, normalQuantile } from "../../src/numerics/erf.ts";
import { gammaP, gammaQ, gammaQuantile, logGamma } from "../../src/numerics/gamma.ts";
import { lambertW } from "../../src/numerics/lambertW.ts";
import { lognormalTransform, lognormalTransformRest } from "../../src/numerics/lognormalTransform.ts";

interface Fixture {
  readonly erfc: readonly { x: number; value: number }[];
  readonly normalQuantile: readonly { p: number; value: number }[];
  readonly logGamma: readonly { x: number; value: number }[];
  readonly gamma: readonly { a: number; x: number; p: number; q: number }[];
  readonly lambertW: readonly { z: [number, number]; value: [number, number] }[];
  readonly lognormalRest: readonly { sigma: number; s: [number, number]; value: [number, number] }[];
  readonly lognormal: readonly { mu: number; sigma: number; s: [number, number]; value: [number, number] }[];
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/special.json", import.meta.url), "utf8"));

const relative = (actual: number, wanted: number): number =>
  wanted === 0 ? Math.abs(actual) : Math.abs(actual - wanted) / Math.abs(wanted);
const worst = (errors: readonly number[]): number => Math.max(...errors);
const between = (re: number, im: number, [a, b]: readonly [number, number]): number => Math.hypot(re - a, im - b);

describe("special functions against mpmath", () => {
  it("erfc has every digit, in the tail too", () => {
    expect(worst(fixture.erfc.map((c) => relative(erfc(c.x), c.value)))).toBeLessThan(1e-15);
  });

  it("the normal quantile has every digit and inverts the cdf", () => {
    expect(worst(fixture.normalQuantile.map((c) => relative(normalQuantile(c.p), c.value)))).toBeLessThan(1e-15);
    expect(relative(normalCdf(normalQuantile(1e-9)), 1e-9)).toBeLessThan(1e-13);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  });

  it("logGamma errs by less than 1e-15 of 1 or of itself", () => {
    const errors = fixture.logGamma.map((c) => Math.abs(logGamma(c.x) - c.value) / Math.max(1, Math.abs(c.value)));
    expect(worst(errors)).toBeLessThan(1e-15);
  });

  it("the incomplete gamma functions keep 12 digits down to 1e-280", () => {
    expect(worst(fixture.gamma.map((c) => relative(gammaP(c.a, c.x), c.p)))).toBeLessThan(1e-12);
    expect(worst(fixture.gamma.map((c) => relative(gammaQ(c.a, c.x), c.q)))).toBeLessThan(1e-12);
    expect([gammaP(2, 0), gammaP(2, Infinity), gammaQ(2, 0), gammaQ(2, Infinity)]).toEqual([0, 1, 1, 0]);
    expect(() => gammaP(0, 1)).toThrow("gammaP: a must be in (0, ∞), got 0");
  });

  it("the gamma quantile inverts P", () => {
    const errors = fixture.gamma.filter((c) => c.p < 0.9).map((c) => relative(gammaQuantile(c.a, c.p), c.x));
    expect(worst(errors)).toBeLessThan(1e-12);
    expect(relative(gammaQ(40, gammaQuantile(40, 1 - 1e-9)), 1e-9)).toBeLessThan(1e-6);
    expect([gammaQuantile(3, 0), gammaQuantile(3, 1)]).toEqual([0, Infinity]);
  });

  it("Lambert's W solves W e^W = z", () => {
    for (const { z, value } of fixture.lambertW) {
      const w = lambertW({ re: z[0], im: z[1] });
      expect(between(w.re, w.im, value) / Math.hypot(...value)).toBeLessThan(1e-15);
    }
    expect(lambertW({ re: 0, im: 0 })).toEqual({ re: 0, im: 0 });
  });

  it("the lognormal transform errs by less than 5e-15 from sigma 0.05 to 2.5", () => {
    for (const { mu, sigma, s, value } of fixture.lognormal) {
      const { re, im } = lognormalTransform({ mu, sigma }, { re: s[0], im: s[1] });
      expect(between(re, im, value)).toBeLessThan(5e-15);
    }
    expect(lognormalTransform({ mu: 3, sigma: 1 }, { re: 0, im: 0 })).toEqual({ re: 1, im: 0 });
    expect(() => lognormalTransform({ mu: 0, sigma: 0 }, { re: 1, im: 0 })).toThrow(RangeError);
  });

  it("1 - the lognormal transform keeps 13 digits near 0", () => {
    for (const { sigma, s, value } of fixture.lognormalRest) {
      const { re, im } = lognormalTransformRest({ mu: 0, sigma }, { re: s[0], im: s[1] });
      expect(between(re, im, value) / Math.hypot(...value)).toBeLessThan(1e-13);
    }
  });
});
