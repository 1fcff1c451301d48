import { z } from "zod";
import { scenarioDocument } from "./document.ts";

/** As much of JSON Schema as the scenario document needs. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The scenario document as JSON Schema, for editors (scenarios/scenario.schema.json) and for `coldcast explain`. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(scenarioDocument, {
    io: "input",
    unrepresentable: "any",
    // Examples are of the document as it is written, which zod takes for those of what is parsed and leaves out.
    override: ({ zodSchema, jsonSchema }) => {
      const { parent } = zodSchema._zod;
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      const isOwn = parent === undefined || examples !== z.globalRegistry.get(parent)?.examples;
      if (examples !== undefined && isOwn) jsonSchema.examples = examples as unknown[];
    },
  });
  return { ...schema, title: "coldcast scenario", $id: "scenario.schema.json" } as JsonSchema;
}
