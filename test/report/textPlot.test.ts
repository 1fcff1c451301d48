import { describe, expect, it } from "vitest";
import { textPlot } from "../../src/report/textPlot.ts";
import { liveAnswer } from "./fixtures/burst.ts";

describe("textPlot", () => {
  const lines = textPlot(liveAnswer, 80).split("\n");

  it("keeps within the width", () => {
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it("rises from left to right for every target", () => {
    const rows = lines.slice(1, 12).map((line) => [...line.slice(line.indexOf("│") + 1)]);
    const firstRowOf = (mark: string, column: number) => rows.findIndex((row) => row[column] === mark);
    const seen = Array.from({ length: 70 }, (_, column) => firstRowOf("●", column)).filter((row) => row >= 0);
    expect(seen.length).toBeGreaterThan(50);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
  });

  it("names every target, and is nothing without figures", () => {
    for (const { name } of liveAnswer.targets) expect(lines.join("\n")).toContain(`${name}, share of requests`);
    expect(textPlot({ ...liveAnswer, targets: [] }, 80)).toBe("");
  });
});
