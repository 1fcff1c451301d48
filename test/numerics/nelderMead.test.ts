import { describe, expect, it } from "vitest";
import { nelderMead } from "../../src/numerics/nelderMead.ts";

describe("the simplex of Nelder and Mead", () => {
  it("goes down Rosenbrock's valley", () => {
    const valley = ([x = 0, y = 0]: readonly number[]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    const { at, value } = nelderMead(valley, { start: [-1.2, 1], step: 0.5, tolerance: 1e-14 });
    expect(value).toBeLessThan(1e-9);
    expect(at[0]).toBeCloseTo(1, 4);
    expect(at[1]).toBeCloseTo(1, 4);
  });

  it("stays where the function is finite", () => {
    const walled = ([x = 0]: readonly number[]) => (x < 2 ? Infinity : x);
    expect(nelderMead(walled, { start: [5], step: 1, tolerance: 1e-12 }).value).toBeCloseTo(2, 6);
  });

  it("refuses a start where there is nothing", () => {
    expect(() => nelderMead(() => Infinity, { start: [0], step: 1, tolerance: 1e-9 })).toThrow("finite");
    expect(() => nelderMead(() => 0, { start: [], step: 1, tolerance: 1e-9 })).toThrow(RangeError);
  });
});
