import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compare } from "../../src/report/compare.ts";
import { reportHtml } from "../../src/report/html.ts";
import { answerFromJson, answerToJson } from "../../src/report/json.ts";
import { parseScenario } from "../../src/scenario/parse.ts";

// Written by version 0.1.0 on 2026-11-22 with `run scenario.yaml --no-outlook`, and never to be written again: whatever
// the format grows, these are read.
const stored = (name: string) => readFileSync(new URL(`fixtures/format1/${name}`, import.meta.url), "utf8");
const answers = ["model", "sim", "live"].map((name) => answerFromJson(stored(`${name}.json`), `${name}.json`));
const scenario = parseScenario(stored("scenario.yaml"), { file: "scenario.yaml" });

describe("stored answers of format 1", () => {
  it.each(answers)("are read with every figure: $from", (answer) => {
    const raw = JSON.parse(stored(`${answer.from}.json`));
    expect(answer.coldcast).toBe(1);
    expect(JSON.parse(answerToJson(answer))).toMatchObject(raw);
  });

  it("are judged and shown", () => {
    const [model, sim, live] = answers;
    const { tolerance, quantiles } = scenario.report;
    const comparison = compare([model!, sim!], live!, { tolerance, quantiles });
    expect(comparison.targets.map(({ name }) => name)).toEqual(["waas", "single"]);
    for (const { quantiles: rows } of comparison.targets)
      for (const { measured } of rows) expect(measured).toBeGreaterThan(0);
    expect(reportHtml({ scenario, answers, comparison })).toContain("<h2>single</h2>");
  });

  it("of a later format are refused, not guessed at", () => {
    const later = stored("model.json")
      .replace('"coldcast": 1', '"coldcast": 2')
      .replace('"coldcast":1', '"coldcast":2');
    expect(() => answerFromJson(later, "later.json")).toThrow(/later\.json.*coldcast/s);
  });
});
