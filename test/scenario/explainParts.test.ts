import { describe, expect, it } from "vitest";
import { exampleValue } from "../../src/scenario/explain/exampleValue.ts";
import { type Explanation, explain } from "../../src/scenario/explain/explain.ts";
import { definitions } from "../../src/scenario/explain/fieldTree.ts";
import { typeNote, typeText } from "../../src/scenario/explain/typeText.ts";
import type { JsonSchema } from "../../src/scenario/schema/jsonSchema.ts";

const of = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
const most = Number.MAX_SAFE_INTEGER;

describe("a type in words", () => {
  it.each<[JsonSchema, string]>([
    [of("Duration"), "duration"],
    [of("PodStart"), "distribution, or steps"],
    [of("ScalingRules"), "scaling rules"],
    [{ const: 5 }, "5"],
    [{ enum: ["fcfs", "lifo"] }, "fcfs | lifo"],
    [{ type: "boolean" }, "true | false"],
    [{ type: "string" }, "text"],
    [{}, "mapping"],
    [{ items: { type: "string" } }, "list of texts"],
    [{ items: { enum: ["a", "b"] } }, "list of a | b"],
    [{ items: of("Duration") }, "list of durations"],
    [{ items: of("PositiveDuration") }, "list of durations, more than 0"],
    [{ items: of("ScalingRules") }, "list of scaling rules"],
    [{ items: { items: { type: "number" } } }, "list of lists of numbers"],
    [{ items: { type: "integer", minimum: 1 } }, "list of whole numbers, 1 or more"],
    [{ items: { type: "number", minimum: 0, maximum: 1 } }, "list of numbers from 0 to 1"],
    [{ additionalProperties: { type: "string" } }, "names with text each"],
    [{ additionalProperties: of("Target") }, "names with a target each"],
    [{ additionalProperties: of("Autoscaler") }, "names with an autoscaler each"],
    [{ additionalProperties: false }, "mapping"],
    [{ type: "number" }, "number"],
    [{ type: "integer", minimum: -most, maximum: most }, "whole number"],
    [{ type: "integer", minimum: 1, maximum: most }, "whole number, 1 or more"],
    [{ type: "integer", minimum: 2, maximum: 100 }, "whole number from 2 to 100"],
    [{ type: "number", maximum: 3 }, "number, 3 at most"],
    [{ type: "number", exclusiveMinimum: 0 }, "number, more than 0"],
    [{ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, "number, more than 0 and less than 1"],
    [{ type: "number", exclusiveMinimum: 0, maximum: 1 }, "number, more than 0 and 1 at most"],
    [{ anyOf: [{ const: "pods" }, { const: "none" }] }, "pods | none"],
    [{ oneOf: [{ const: "pods" }, { type: "integer", minimum: 1 }] }, "pods, or whole number, 1 or more"],
    [{ anyOf: [{ type: "string" }, { type: "string" }] }, "text"],
  ])("of %j is %s", (schema, text) => {
    expect(typeText(schema)).toBe(text);
  });

  it("says of a quantity how it is written", () => {
    expect(typeNote(of("Duration"))).toBe(definitions.Duration!.description);
    expect([typeNote(of("Distribution")), typeNote({ type: "string" })]).toEqual([undefined, undefined]);
  });
});

describe("a value as an example", () => {
  it.each<[JsonSchema, unknown]>([
    [{ examples: [7, 8], default: 3 }, 7],
    [{ ...of("Distribution"), examples: ["4ms"] }, "4ms"],
    [{ ...of("Duration"), default: "5ms" }, "5ms"],
    [{ ...of("Duration"), default: 0 }, "30s"],
    [of("PositiveDuration"), "30s"],
    [of("Rate"), "50/s"],
    [of("RateOrZero"), "50/s"],
    [of("Memory"), "64MiB"],
    [of("Distribution"), { kind: "lognormal", mean: "20ms", scv: 0.3 }],
    [{ const: "gpu" }, "gpu"],
    [{ enum: ["io", "cpu"], default: "io" }, "cpu"],
    [{ enum: ["io", "cpu"] }, "io"],
    [{ enum: ["io"], default: "io" }, "io"],
    [{ items: { const: 5 } }, [5]],
    [{ items: { const: 5 }, default: [1] }, [1]],
    [{ items: { const: 5 }, default: [] }, [5]],
    [{ properties: { a: { const: 1 }, b: { const: 2 } }, required: ["b"] }, { b: 2 }],
    [{ properties: { a: { const: 1 }, b: { const: 2 } } }, { a: 1 }],
    [{ properties: { a: { const: 1 } }, default: {} }, { a: 1 }],
    [{ properties: { a: { const: 1 } }, default: { steps: {} } }, { a: 1 }],
    [{ properties: { a: { const: 1 } }, default: { a: 2 } }, { a: 2 }],
    [{ additionalProperties: { const: 1 } }, { "my-target": 1 }],
    [{ type: "boolean", default: true }, false],
    [{ type: "boolean", default: false }, true],
    [{ type: "boolean" }, true],
    [{ type: "integer", minimum: 2 }, 2],
    [{ type: "integer", minimum: 0, default: 0 }, 1],
    [{ type: "integer", default: 4 }, 4],
    [{ type: "number" }, 1],
    [{ type: "number", exclusiveMinimum: 0 }, 1],
    [{ type: "number", exclusiveMinimum: 1 }, 2],
    [{ type: "number", minimum: 0, maximum: 1 }, 0.5],
    [{ type: "number", minimum: 0, exclusiveMaximum: 1 }, 0.5],
    [{ type: "number", minimum: 0, maximum: 2 }, 1],
    [{ type: "string" }, "text"],
    [{ anyOf: [{ const: "forever" }, { const: "never" }], default: "forever" }, "never"],
    [{ anyOf: [{ const: "forever" }, { type: "string" }] }, "forever"],
    [{ oneOf: [{ type: "string" }] }, "text"],
    [{ anyOf: [{ const: "forever" }], default: "forever" }, "forever"],
  ])("of %j is %j", (schema, value) => {
    expect(exampleValue(schema)).toEqual(value);
  });
});

describe("what is explained", () => {
  const known = (query: string) => explain(query) as Explanation;
  const names = (lines: Explanation["fields"]) => lines.map(({ name }) => name);

  it("has the fields and kinds that stand in it, and those that it must have", () => {
    const whole = known("");
    expect([whole.path, whole.isRequired, whole.type]).toEqual(["", true, "mapping"]);
    const required = whole.fields.filter(({ isRequired }) => isRequired);
    expect(names(required)).toEqual(["name", "arrivals", "work", "targets"]);
    expect(whole.kinds).toEqual([]);
    const work = known("work");
    expect([work.type, work.isRequired, names(work.fields)]).toEqual(["distribution", true, []]);
    expect(names(work.kinds)).toEqual(expect.arrayContaining(["exponential", "mixture"]));
    expect(work.kinds[0]!.type).toBe("kind");
    const mixture = known("work.mixture");
    expect([mixture.type, names(mixture.fields), mixture.kinds]).toEqual(["kind", ["of"], []]);
    expect(names(known("work.mixture.of").fields)).toEqual(["weight", "of"]);
  });

  it("has its default, how it is written, and what must hold for it", () => {
    expect(known("warmup")).toMatchObject({ default: 0, isRequired: false, note: definitions.Duration!.description });
    expect(known("seed")).not.toHaveProperty("note");
    expect(known("name")).not.toHaveProperty("default");
    expect(known("work.exponential")).not.toHaveProperty("note");
    expect(known("autoscaler.keda.partitions")).toMatchObject({ only: "trigger: kafka", isRequired: true });
    expect(known("autoscaler.keda.metric")).toMatchObject({ only: "trigger: http", isRequired: false });
    expect(known("autoscaler.hpa.metric")).not.toHaveProperty("only");
  });

  it.each<[string, unknown]>([
    ["seed", { seed: 1 }],
    ["report.tolerance.ks", { report: { tolerance: { ks: 0.1 } } }],
    ["targets", { targets: { "my-target": expect.objectContaining({ kind: "server" }) } }],
    ["targets.server.servers", { targets: { "my-target": { kind: "server", servers: 1 } } }],
    ["faults.podCrash.pods", { faults: [{ kind: "podCrash", pods: 1 }] }],
    ["work.mixture.of.weight", { work: { kind: "mixture", of: [{ weight: 1 }] } }],
    ["targets.edge.pops.share", { targets: { "my-target": { kind: "edge", pops: [{ share: 0.5 }] } } }],
    ["distribution.gamma.scv", { kind: "gamma", scv: 1 }],
  ])("has an example, from the top: %s", (query, example) => {
    expect(known(query).example).toEqual(example);
  });

  it("is told by the name of a definition, in small letters or not", () => {
    expect(known("Distribution").path).toBe("Distribution");
    expect(known("distribution").kinds).toEqual(known("work").kinds);
    expect(known("nodes.count").description).toBe("How many.");
    expect(known("scalingrules.tolerance")).toMatchObject({ example: { tolerance: 0.05 }, alsoAt: [] });
  });
});
