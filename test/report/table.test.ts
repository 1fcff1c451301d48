import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { comparisonTable } from "../../src/report/table.ts";
import { answers, liveAnswer, modelAnswer, simAnswer } from "./fixtures/burst.ts";

const comparison = compare([modelAnswer, simAnswer], liveAnswer, {
  tolerance: { quantileRatio: 1.25, absolute: 0.001, ks: 0.1 },
  quantiles: [0.5, 0.9, 0.99],
});

describe("the table", () => {
  it("shows each target's engines, ratios and verdicts", () => {
    expect(comparisonTable(answers, comparison, { width: 100, color: false })).toMatchSnapshot();
  });

  it("keeps to the width", () => {
    for (const width of [60, 80, 100, 140]) {
      for (const line of comparisonTable(answers, comparison, { width, color: false }).split("\n"))
        expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  it("says the same with and without colour", () => {
    const plain = comparisonTable(answers, comparison, { width: 100, color: false });
    const painted = comparisonTable(answers, comparison, { width: 100, color: true });
    expect(plain).not.toContain("\u001b");
    expect(painted).toContain("\u001b[31mdisagree\u001b[0m");
    const squeeze = (text: string) =>
      stripVTControlCharacters(text)
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n");
    expect(squeeze(painted)).toBe(plain);
  });

  it("shows predictions alone where nothing was measured", () => {
    const text = comparisonTable([modelAnswer, simAnswer], null, { width: 100, color: false });
    expect(text).not.toContain("verdict");
    expect(text).toContain("unavailable: no model of an autoscaled target: simulate it");
  });
});
