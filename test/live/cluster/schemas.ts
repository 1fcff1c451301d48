import { globSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";
import type { KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";

export const kubernetesSchemas = "test/live/cluster/kubernetes-1.34.json";

type Schema = Record<string, unknown>;

/**
 * What is wrong with an object by the real schemas, offline: Kubernetes' own, and those of the custom resources; a field
 * that a schema does not name is wrong.
 */
export function problemsOf(object: KubernetesObject): string[] {
  const validate = validators().get(`${object.apiVersion} ${object.kind}`);
  if (validate === undefined) return [`no schema for ${object.apiVersion} ${object.kind}`];
  validate(object);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${object.kind}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

let known: ReadonlyMap<string, ValidateFunction> | undefined;

function validators(): ReadonlyMap<string, ValidateFunction> {
  if (known !== undefined) return known;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
  const made = new Map<string, ValidateFunction>();
  const { roots, definitions } = JSON.parse(readFileSync(kubernetesSchemas, "utf8")) as {
    roots: Record<string, string>;
    definitions: Record<string, Schema>;
  };
  const closed = closeObjects(definitions) as Schema;
  for (const [kind, root] of Object.entries(roots)) {
    made.set(kind, ajv.compile({ definitions: closed, $ref: `#/definitions/${root}` }));
  }
  for (const file of globSync("test/cluster/crds/*.yaml")) {
    const { spec } = parse(readFileSync(file, "utf8")) as {
      spec: {
        group: string;
        names: { kind: string };
        versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
      };
    };
    for (const { name, schema } of spec.versions) {
      const metadata = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
      const whole = closeObjects(schema.openAPIV3Schema) as { properties: Schema };
      made.set(
        `${spec.group}/${name} ${spec.names.kind}`,
        ajv.compile({ ...whole, properties: { ...whole.properties, metadata } }),
      );
    }
  }
  known = made;
  return made;
}

/** Kubernetes drops or refuses fields that a schema does not name; so every object is closed, unless it says otherwise. */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeObjects(value)])) as Schema;
  const isOpen = closed["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in closed;
  if (closed["x-kubernetes-int-or-string"] === true) return { type: ["integer", "string"] };
  const isObject = typeof closed.properties === "object" && (closed.type === undefined || closed.type === "object");
  return isObject && !isOpen ? { ...closed, additionalProperties: false } : closed;
}
