import type { JsonSchema } from "../schema/jsonSchema.ts";
import { definitionName, resolved } from "./fieldTree.ts";

/** What stands for a quantity that has neither an example of its own nor a telling default. */
const typical: Readonly<Record<string, unknown>> = {
  Duration: "30s",
  PositiveDuration: "30s",
  Rate: "50/s",
  RateOrZero: "50/s",
  Memory: "64MiB",
};

/** A value that could be written there: its own example, a default that says something, or one that the type allows. */
export function exampleValue(schema: JsonSchema): unknown {
  const own = schema.examples?.[0];
  if (own !== undefined) return own;
  if (isTelling(schema)) return schema.default;
  const name = definitionName(schema);
  if (name !== undefined && name in typical) return typical[name];
  const named = resolved(schema);
  const { examples, const: only, type, items, anyOf, oneOf, properties, additionalProperties } = named;
  if (examples?.[0] !== undefined) return examples[0];
  if (only !== undefined) return only;
  if (named.enum !== undefined) return named.enum.find((word) => word !== schema.default) ?? named.enum[0];
  if (items !== undefined) return [exampleValue(items)];
  if (properties !== undefined) return mappingOf(named);
  if (typeof additionalProperties === "object") return { "my-target": exampleValue(additionalProperties) };
  if (type === "boolean") return schema.default !== true;
  if (type === "integer" || type === "number") return numberOf(schema);
  if (type === "string") return "text";
  const [first] = (anyOf ?? oneOf ?? []).filter(({ const: only }) => only === undefined || only !== schema.default);
  return first === undefined ? schema.default : exampleValue(first);
}

/** What a mapping must have, or its first field where that is nothing. */
function mappingOf({ properties = {}, required = [] }: JsonSchema): Record<string, unknown> {
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  return Object.fromEntries(names.map((name) => [name, exampleValue(properties[name]!)]));
}

function numberOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): number {
  if ((maximum ?? exclusiveMaximum ?? Infinity) <= 1) return 0.5;
  const least = minimum ?? exclusiveMinimum ?? 0;
  if (least < 1) return 1;
  return minimum === undefined ? 2 * least : least;
}

/** Zeroes, switches, words and empty things show nothing of what else could stand there. */
function isTelling({ default: standard }: JsonSchema): boolean {
  if (typeof standard === "string") return /\d/.test(standard);
  if (typeof standard === "number") return standard !== 0;
  return (
    typeof standard === "object" && standard !== null && Object.keys(standard).length > 0 && !("steps" in standard)
  );
}
