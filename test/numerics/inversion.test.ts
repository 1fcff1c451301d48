import { describe, expect, it } from "vitest";
import { brent } from "../../src/numerics/brent.ts";
import { complex, divide, exp, expm1, log, log1p, power } from "../../src/numerics/complex.ts";
import { euler } from "../../src/numerics/euler.ts";
import { divideSeries, momentsOf, multiplySeries, transformSeries } from "../../src/numerics/series.ts";

describe("euler", () => {
  it("inverts smooth transforms to 1e-10 at any scale of time", () => {
    for (const t of [1e-6, 0.3, 1, 20, 1e5]) {
      const decay = euler((s) => divide(complex(1), complex(s.re + 1 / t, s.im)), t);
      expect(Math.abs(decay - Math.exp(-1))).toBeLessThan(1e-10);
      const erlang = euler((s) => power(complex(1 + s.re * t, s.im * t), -3), t) * t;
      expect(Math.abs(erlang - Math.exp(-1) / 2)).toBeLessThan(1e-10);
    }
  });

  it("refuses t = 0 and rules that rounding would drown", () => {
    expect(() => euler(() => complex(1), 0)).toThrow("euler: t must be in (0, ∞), got 0");
    expect(() => euler(() => complex(1), 1, 30)).toThrow(RangeError);
  });
});

describe("brent", () => {
  it("finds zeros to the tolerance, flat and steep ones too", () => {
    expect(brent((x) => Math.cos(x) - x, { low: 0, high: 1 }, 1e-15)).toBeCloseTo(0.7390851332151607, 14);
    expect(brent((x) => (x - 1e-6) ** 3, { low: 0, high: 1 }, 1e-12)).toBeCloseTo(1e-6, 8);
    expect(brent((x) => Math.atan(1e6 * (x - 0.3)), { low: 0, high: 1 }, 1e-15)).toBeCloseTo(0.3, 14);
  });

  it("needs a change of sign", () => {
    expect(() => brent((x) => x * x + 1, { low: -1, high: 1 }, 1e-9)).toThrow(RangeError);
  });
});

describe("power series", () => {
  it("multiply, divide and give back moments", () => {
    const exponential = transformSeries([1, 2, 6, 24]);
    expect(exponential).toEqual([1, -1, 1, -1, 1]);
    expect(momentsOf(multiplySeries(exponential, exponential))).toEqual([2, 6, 24, 120]);
    expect(divideSeries(multiplySeries(exponential, exponential), exponential)).toEqual(exponential);
  });
});

describe("complex functions near 0", () => {
  it("expm1 and log1p agree with exp and log, and keep tiny arguments", () => {
    const a = complex(0.3, -0.7);
    expect(expm1(a).re).toBeCloseTo(exp(a).re - 1, 15);
    expect(expm1(a).im).toBeCloseTo(exp(a).im, 15);
    expect(log1p(a).re).toBeCloseTo(log(complex(1.3, -0.7)).re, 15);
    expect(log1p(a).im).toBeCloseTo(log(complex(1.3, -0.7)).im, 15);
    expect(expm1(complex(1e-20, 1e-18))).toEqual({ re: 1e-20, im: 1e-18 });
    expect(log1p(complex(1e-20, 1e-18)).re / 1e-20).toBeCloseTo(1, 14);
  });
});
