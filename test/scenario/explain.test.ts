import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { exampleValue } from "../../src/scenario/explain/exampleValue.ts";
import { explain, explainPaths, fieldLine } from "../../src/scenario/explain/explain.ts";
import { everyPlace, type Place } from "../../src/scenario/explain/fieldTree.ts";
import { scenarioJsonSchema } from "../../src/scenario/schema/jsonSchema.ts";

const places = everyPlace();
const known = (query: string) => {
  const found = explain(query);
  if ("problem" in found) throw new Error(found.problem);
  return found;
};
const problem = (query: string) => (explain(query) as { readonly problem: string }).problem;

describe("every field of the scenario document", () => {
  it("is described, in a sentence", () => {
    expect(places.length).toBeGreaterThan(300);
    const silent = places.filter((place) => !/^\S.*[.)…]$/s.test(fieldLine(place).description));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it("has an example that its schema accepts", () => {
    const { $defs } = scenarioJsonSchema();
    const fields = unlike(places.filter(({ isKind }) => !isKind));
    // One schema that has them all: compiling one for each takes a hundred times as long.
    const properties = Object.fromEntries(fields.map(({ path, schema }) => [path, schema]));
    const examples = Object.fromEntries(fields.map(({ path, schema }) => [path, exampleValue(schema)]));
    expect(Object.values(examples)).not.toContain(undefined);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(ajv.validate({ type: "object", properties, $defs }, examples), ajv.errorsText()).toBe(true);
  });

  it("is found by its whole path, and at any depth", () => {
    for (const path of explainPaths()) expect(known(path).path).toBe(path);
    expect(known("arrivals.superposition.of.devices.each.renewal.interval.shifted.of").type).toBe("distribution");
  });
});

/** One of each schema. */
function unlike(all: readonly Place[]): Place[] {
  return [...new Map(all.map((place) => [JSON.stringify(place.schema), place])).values()];
}

describe("explain", () => {
  it("says what a field is", () => {
    expect(known("targets.knative.scaleDownDelay")).toMatchObject({
      type: "duration",
      isRequired: false,
      default: 0,
      example: { targets: { "my-target": { kind: "knative", scaleDownDelay: "30s" } } },
      fields: [],
      kinds: [],
    });
  });

  it("takes the end of a path where nothing else ends so, and names the other places", () => {
    const { path, alsoAt } = known("scaleDownDelay");
    expect(path).toBe("targets.knative.scaleDownDelay");
    expect(alsoAt).toEqual(["targets.pipeline.stages.knative.scaleDownDelay"]);
    expect(known("nodes.podsMax").path).toBe("targets.spinkube.nodes.podsMax");
    expect(known("distribution.gamma.scv").type).toBe("number, more than 0");
  });

  it("lists the places of a name that says several things", () => {
    expect(problem("timeout")).toMatch(/several places; write one of\n {2}targets\.server\.timeout\n/);
  });

  it.each([
    ["targets.knative.scaleDwonDelay", 'targets.knative has no field "scaleDwonDelay"; did you mean "scaleDownDelay"?'],
    ["targets.knativ", 'targets has no field "knativ"; did you mean "knative"?'],
    ["scaleDwonDelay", 'nothing in a scenario is called "scaleDwonDelay"; did you mean "scaleDownDelay"?'],
    ["knative.minscale", 'nothing in a scenario is called "knative.minscale"; did you mean "knative.minScale"?'],
    ["pods.of.what", 'nothing in a scenario is called "pods.of.what"; coldcast explain lists what stands at the top'],
    ["distribution.gama", 'distribution has no field "gama"; did you mean "gamma"?'],
    ["seed.of", 'seed has no field "of"; it has none'],
  ])("%s is not known", (query, message) => {
    expect(problem(query)).toBe(message);
  });

  it("tells the mappings of one kind apart", () => {
    const { fields } = known("targets.spinkube.autoscaler.keda");
    expect(fields.find(({ name }) => name === "lagThreshold")).toMatchObject({ only: "trigger: kafka" });
    expect(fields.find(({ name }) => name === "window")).toMatchObject({ only: "trigger: http" });
    expect(fields.find(({ name }) => name === "trigger")).toMatchObject({ type: "kafka | http" });
    expect(fields.find(({ name }) => name === "min")).not.toHaveProperty("only");
  });
});
