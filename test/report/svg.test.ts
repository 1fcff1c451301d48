import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html, raw } from "../../src/report/markup.ts";
import { linearScale, logScale, pathOf } from "../../src/report/svg.ts";

describe("scales", () => {
  it("maps the ends of a linear domain to its range, with few round ticks that hold the data", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e4, noNaN: true }),
        (low, span) => {
          const scale = linearScale([low, low + span], [10, 110]);
          expect(scale(scale.domain[0])).toBeCloseTo(10, 6);
          expect(scale(scale.domain[1])).toBeCloseTo(110, 6);
          expect(scale.domain[0]).toBeLessThanOrEqual(low + span * 1e-6);
          expect(scale.domain[1]).toBeGreaterThanOrEqual(low + span * 0.999);
          expect(scale.ticks.length).toBeLessThanOrEqual(8);
        },
      ),
      { seed: 1 },
    );
  });

  it("survives an empty linear domain", () => {
    expect(Number.isFinite(linearScale([3, 3], [0, 1])(3))).toBe(true);
    expect(Number.isFinite(linearScale([0, 0], [0, 1])(0))).toBe(true);
  });

  it("places powers evenly on a logarithmic scale", () => {
    const scale = logScale([0.001, 10], [0, 400]);
    for (const [i, x] of [0.001, 0.01, 0.1, 1, 10].entries()) expect(scale(x)).toBeCloseTo(100 * i, 9);
    expect(scale.ticks).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(logScale([0.02, 0.09], [0, 1]).ticks).toEqual([0.02, 0.03, 0.05]);
  });
});

describe("markup", () => {
  it("escapes values, keeps markup, joins lists and drops null", () => {
    const list = ["<b>", html`<i>${"&"}</i>`, null];
    expect(html`<p class="${'"'}">${list}${3}${null}${raw("<hr>")}</p>`.markup).toBe(
      '<p class="&quot;">&lt;b&gt;<i>&amp;</i>3<hr></p>',
    );
  });

  it("writes paths to a tenth of a pixel", () => {
    expect(
      pathOf([
        { x: 1.04, y: 2.06 },
        { x: 3, y: 4 },
      ]),
    ).toBe("M1 2.1L3 4");
  });
});
