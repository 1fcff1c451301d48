import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scenarioYaml, toDocument } from "../../src/scenario/document.ts";
import { parseScenario, toScenario } from "../../src/scenario/parse.ts";
import { documents } from "./scenarios.ts";

describe("toDocument", () => {
  it("gives back an equal scenario, hash included", () => {
    fc.assert(
      fc.property(documents, (document) => {
        const scenario = toScenario(document);
        expect(toScenario(toDocument(scenario))).toEqual(scenario);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("survives YAML text and JSON text", () => {
    fc.assert(
      fc.property(documents, (document) => {
        const scenario = toScenario(document);
        expect(parseScenario(scenarioYaml(scenario, "A comment\nof two lines"))).toEqual(scenario);
        expect(parseScenario(JSON.stringify(toDocument(scenario)))).toEqual(scenario);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it("leaves defaults out and picks the unit a person would", () => {
    const scenario = toScenario({
      name: "small",
      duration: "600s",
      arrivals: { kind: "poisson", rate: "90/min" },
      work: { kind: "exponential", mean: "0.0125s" },
      targets: { one: { kind: "server", coldStart: "1500ms", keepAlive: "forever", workFactor: 1 } },
    });
    expect(scenarioYaml(scenario).split("report:")[0]).toBe(`name: small
seed: 1
duration: 10min
arrivals: { kind: poisson, rate: 1.5/s }
work: { kind: exponential, mean: 12.5ms }
targets:
  one: { kind: server, coldStart: 1.5s }
`);
  });
});
