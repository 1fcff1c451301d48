import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { predict } from "../../src/model/predict.ts";
import { compare } from "../../src/report/compare.ts";
import { reportHtml } from "../../src/report/html.ts";
import { answerFromJson, answerToJson } from "../../src/report/json.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";

const scenario = parseScenario(`
name: two-servers
seed: 3
duration: 10min
warmup: 10s
arrivals: { kind: poisson, rate: 4/s }
work: { kind: erlang, mean: 50ms, stages: 4 }
targets:
  on-demand: { kind: server, coldStart: 400ms, keepAlive: 500ms }
  slow: { kind: server, coldStart: 800ms, keepAlive: 500ms }
report: { quantiles: [0.5, 0.9, 0.99], objective: 250ms }
`);
const options = { tolerance: scenario.report.tolerance, quantiles: scenario.report.quantiles };

describe("the engines' own answers", () => {
  const model = predict(scenario);
  const sim = simulate(scenario, { replications: 4 });

  it("meet the schema and survive JSON", () => {
    const schema = JSON.parse(readFileSync(new URL("../reference/answer.schema.json", import.meta.url), "utf8"));
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    for (const answer of [model, sim]) {
      const text = answerToJson(answer);
      expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
      expect(answerToJson(answerFromJson(text))).toBe(text);
      expect(text).not.toContain('null,\n  "value"');
    }
  });

  it("are compared: the model agrees with the simulator of the same scenario, and not with one twice as slow to start", () => {
    expect(compare([model], sim, options)).toMatchObject({
      verdict: "agree",
      targets: [{ judged: "model" }, { judged: "model" }],
    });
    const [onDemand, slow] = sim.targets;
    const swapped = { ...sim, targets: [{ ...slow!, name: onDemand!.name }] };
    expect(compare([model], swapped, options).verdict).toBe("disagree");
  });

  it("make a report", () => {
    const page = reportHtml({ scenario, answers: [model, sim], comparison: null });
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(page).toContain("<h2>on-demand</h2>");
  });
});
