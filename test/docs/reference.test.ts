import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scenarioJsonSchema } from "../../src/scenario/schema/jsonSchema.ts";
import { scenarioReference } from "./scenarioReference.ts";

describe("what is made from the scenario's schema", () => {
  it("docs/scenario-reference.md is what npm run docs:reference writes", () => {
    expect(readFileSync("docs/scenario-reference.md", "utf8")).toBe(scenarioReference());
  });

  it("scenarios/scenario.schema.json is what npm run schema writes", () => {
    expect(JSON.parse(readFileSync("scenarios/scenario.schema.json", "utf8"))).toEqual(scenarioJsonSchema());
  });
});
