import type { JsonSchema } from "../schema/jsonSchema.ts";
import { definitionName, definitions } from "./fieldTree.ts";

/** How a reader calls the definitions whose own name says too little. */
const words: Readonly<Record<string, string>> = {
  Duration: "duration",
  PositiveDuration: "duration, more than 0",
  Rate: "rate, more than 0",
  RateOrZero: "rate",
  Memory: "amount of memory",
  KeepAlive: "forever, or distribution",
  PodStart: "distribution, or steps",
  RevisionAutoscaler: "autoscaler (hpa or keda)",
  Gpu: "work on a GPU",
};

/** The definitions of a number with a unit. */
const quantities = new Set(["Duration", "PositiveDuration", "Rate", "RateOrZero", "Memory"]);

export const isQuantity = (definition: string): boolean => quantities.has(definition);

/** What may be written, in a few words: `whole number, 1 or more`, `fcfs | processorSharing`, `list of durations`. */
export function typeText(schema: JsonSchema): string {
  const name = definitionName(schema);
  if (name !== undefined) return words[name] ?? spaced(name);
  const { const: only, enum: some, type, items, additionalProperties, anyOf, oneOf } = schema;
  if (only !== undefined) return String(only);
  if (some !== undefined) return some.join(" | ");
  if (items !== undefined) return `list of ${plural(typeText(items))}`;
  if (typeof additionalProperties === "object") return `names with ${withArticle(typeText(additionalProperties))} each`;
  if (type === "boolean") return "true | false";
  if (type === "integer" || type === "number") return numberText(schema);
  if (type === "string") return "text";
  const branches = [...new Set((anyOf ?? oneOf ?? []).map(typeText))];
  if (branches.length > 0)
    return branches.every((text) => /^\w+$/.test(text)) ? branches.join(" | ") : branches.join(", or ");
  return "mapping";
}

/** What a quantity's text looks like; undefined for everything else. */
export function typeNote(schema: JsonSchema): string | undefined {
  const name = definitionName(schema);
  return name !== undefined && isQuantity(name) ? definitions[name]!.description : undefined;
}

function numberText({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const what = type === "integer" ? "whole number" : "number";
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum !== undefined && most !== undefined) return `${what} from ${minimum} to ${most}`;
  const bounds = [
    minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER && `${minimum} or more`,
    exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
    most !== undefined && `${most} at most`,
    exclusiveMaximum !== undefined && `less than ${exclusiveMaximum}`,
  ].filter((bound) => bound !== false);
  return bounds.length === 0 ? what : `${what}, ${bounds.join(" and ")}`;
}

/** `PodStart` → `pod start`. */
const spaced = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

function plural(text: string): string {
  if (text === "text") return "texts";
  if (text.includes("|")) return text;
  const [first, ...rest] = text.split(/(?=,| from )/);
  return `${first!.replace(/^list of/, "lists of").replace(/(?<!s)$/, "s")}${rest.join("")}`;
}

const withArticle = (text: string): string =>
  text === "text" ? text : `${/^[aeiou]/.test(text) ? "an" : "a"} ${text}`;
