import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { complex } from "../../src/numerics/complex.ts";
import { lomaxTransform, lomaxTransformRest } from "../../src/numerics/lomaxTransform.ts";
import { phaseTypeTransformRest } from "../../src/numerics/phaseTypeTransform.ts";
import { weibullTransform, weibullTransformRest } from "../../src/numerics/weibullTransform.ts";

interface Case {
  readonly shape: number;
  readonly s: [number, number];
  readonly value: [number, number];
  readonly rest: [number, number];
}
const fixture: { readonly lomax: readonly Case[]; readonly weibull: readonly Case[] } = JSON.parse(
  readFileSync(new URL("fixtures/heavyTails.json", import.meta.url), "utf8"),
);

const away = ({ re, im }: { re: number; im: number }, [a, b]: readonly [number, number]): number =>
  Math.hypot(re - a, im - b) / Math.hypot(a, b);

describe("transforms of heavy tails against mpmath", () => {
  it("Lomax: 14 digits of the transform and of what is missing to 1", () => {
    for (const { shape, s, value, rest } of fixture.lomax) {
      const at = complex(...s);
      expect(away(lomaxTransform({ shape, scale: 1 }, at), value)).toBeLessThan(1e-14);
      expect(away(lomaxTransformRest({ shape, scale: 1 }, at), rest)).toBeLessThan(1e-14);
    }
    expect(lomaxTransform({ shape: 2, scale: 3 }, complex(0))).toEqual(complex(1));
    expect(() => lomaxTransform({ shape: 0, scale: 1 }, complex(1))).toThrow(RangeError);
  });

  it("Weibull: 14 digits of 1, and of what is missing to 1", () => {
    for (const { shape, s, value, rest } of fixture.weibull) {
      const at = complex(...s);
      const size = Math.hypot(...value);
      expect(away(weibullTransform({ shape, scale: 1 }, at), value) * size).toBeLessThan(1e-14);
      expect(away(weibullTransformRest({ shape, scale: 1 }, at), rest)).toBeLessThan(1e-14);
    }
    expect(() => weibullTransform({ shape: 1, scale: 0 }, complex(1))).toThrow(RangeError);
  });

  it("phase type: an Erlang chain is a power", () => {
    const rest = phaseTypeTransformRest({
      initial: [1, 0, 0],
      generator: [
        [-3, 3, 0],
        [0, -3, 3],
        [0, 0, -3],
      ],
    });
    const { re, im } = rest(complex(3, 0));
    expect(re).toBeCloseTo(1 - 1 / 8, 14);
    expect(im).toBe(0);
    expect(rest(complex(1e-9)).re / 1e-9).toBeCloseTo(1, 8);
  });
});
