import { z } from "zod";
import { scenarioDocument } from "./document.ts";

/** The scenario document as JSON Schema, for editors (scenarios/scenario.schema.json). */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioDocument, { io: "input", unrepresentable: "any" });
  return { ...schema, title: "coldcast scenario", $id: "scenario.schema.json" };
}
