import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentYaml, scenarioYaml, toDocument } from "../../src/scenario/document.ts";
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

  it("writes short mappings and lists on one line, long ones and what holds others on several, nothing by reference", () => {
    const shared = { kind: "exponential", mean: "1ms" };
    const list = (length: number) => Array.from({ length }, (_, i) => `${i + 1}ms`);
    const yaml = documentYaml(
      { short: list(11), long: list(12), a: shared, b: shared, of: [shared] } as never,
      "One\nTwo",
    );
    const lines = ["# One", "# Two", ""];
    lines.push("short: [ 1ms, 2ms, 3ms, 4ms, 5ms, 6ms, 7ms, 8ms, 9ms, 10ms, 11ms ]");
    lines.push("long:", ...list(12).map((ms) => `  - ${ms}`));
    lines.push("a: { kind: exponential, mean: 1ms }", "b: { kind: exponential, mean: 1ms }");
    lines.push("of:", "  - { kind: exponential, mean: 1ms }");
    expect(yaml).toBe(`${lines.join("\n")}\n`);
    expect(documentYaml({ name: "x" } as never)).toBe("{ name: x }\n");
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
