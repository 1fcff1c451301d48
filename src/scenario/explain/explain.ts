import type { JsonSchema } from "../schema/jsonSchema.ts";
import { nearest } from "../schema/nearest.ts";
import { exampleValue } from "./exampleValue.ts";
import { definitions, documentPlace, everyPlace, type Place, placesIn, resolved } from "./fieldTree.ts";
import { typeNote, typeText } from "./typeText.ts";

/** A field, or a kind, in one line. */
export interface FieldLine {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** What must hold for it to be there, such as `trigger: kafka`. */
  readonly only?: string;
  /** Absent where there is none. */
  readonly default?: unknown;
  readonly description: string;
}

/** What there is to say about a place in the scenario document. */
export interface Explanation extends FieldLine {
  readonly path: string;
  /** How a quantity is written. */
  readonly note?: string;
  /** The place with a value, from the top of the document. */
  readonly example: unknown;
  /** Other places where the same stands. */
  readonly alsoAt: readonly string[];
  readonly fields: readonly FieldLine[];
  readonly kinds: readonly FieldLine[];
}

/**
 * Explains a field of the scenario document, from the schema that the parser checks with.
 *
 * @param query a path such as `targets.knative.scaleDownDelay`, its end where no other place ends so and says something else, the name
 *   of a definition such as `distribution`, or "" for the document
 * @returns the explanation, or the problem with the query and what it was probably meant to be
 * @example
 * explain("scaleDownDelay").path // => "targets.knative.scaleDownDelay"
 */
export function explain(query: string): Explanation | { readonly problem: string } {
  const found = placeAt(documentPlace, query);
  if ("path" in found) return explanation(found, { alsoAt: [] });
  const places = everyPlace().filter(({ path }) => path.endsWith(`.${query}`));
  const [first, ...others] = places;
  if (first === undefined) return ofDefinition(query) ?? found;
  if (others.every((other) => isSame(first, other))) {
    const alsoAt = others.map(({ path }) => path);
    return explanation(first, { alsoAt });
  }
  const listed = places.map(({ path }) => `\n  ${path}`).join("");
  return { problem: `"${query}" stands in several places; write one of${listed}` };
}

/** Every path that `explain` lists, for completions. */
export const explainPaths = (): string[] => everyPlace().map(({ path }) => path);

/** The place at a path below another, or what is wrong with the path. */
function placeAt(from: Place, path: string): Place | { readonly problem: string } {
  let place = from;
  for (const name of path === "" ? [] : path.split(".")) {
    const inside = placesIn(place);
    const next = inside.find((child) => child.name === name);
    if (next === undefined)
      return { problem: place === documentPlace ? unknownQuery(path) : unknownName(place, name, inside) };
    place = next;
  }
  return place;
}

/** What a query says that begins with the name of a definition, in small letters or not. */
function ofDefinition(query: string): Explanation | { readonly problem: string } | undefined {
  const [first, ...rest] = query.split(".");
  const name = Object.keys(definitions).find((id) => id.toLowerCase() === first!.toLowerCase());
  if (name === undefined) return undefined;
  const from = { path: first!, name, schema: { $ref: `#/$defs/${name}` }, isKind: false, isRequired: false };
  const found = placeAt(from, rest.join("."));
  return "path" in found ? explanation(found, { alsoAt: [], from }) : found;
}

function unknownName(place: Place, name: string, inside: readonly Place[]): string {
  const known = inside.map((child) => child.name);
  const near = nearest(name, known);
  const advice = near === undefined ? `it has ${known.join(", ") || "none"}` : `did you mean "${near}"?`;
  return `${place.path} has no field "${name}"; ${advice}`;
}

/** What nothing is called, and the end of a path that comes nearest to it. */
function unknownQuery(query: string): string {
  const length = query.split(".").length;
  const near = nearest(query, [...new Set(explainPaths().map((path) => path.split(".").slice(-length).join(".")))]);
  const advice = near === undefined ? "coldcast explain lists what stands at the top" : `did you mean "${near}"?`;
  return `nothing in a scenario is called "${query}"; ${advice}`;
}

const isSame = (a: Place, b: Place): boolean =>
  a.isKind === b.isKind && a.isRequired === b.isRequired && JSON.stringify(a.schema) === JSON.stringify(b.schema);

/** @param from where the path begins: the document, or a definition */
function explanation(
  place: Place,
  { alsoAt, from = documentPlace }: { readonly alsoAt: readonly string[]; readonly from?: Place },
): Explanation {
  const inside = placesIn(place);
  const note = place.isKind ? undefined : typeNote(place.schema);
  return {
    path: place.path,
    ...fieldLine(place),
    ...(note !== undefined && { note }),
    example: exampleAt(place, from),
    alsoAt,
    fields: inside.filter(({ isKind }) => !isKind).map(fieldLine),
    kinds: inside.filter(({ isKind }) => isKind).map(fieldLine),
  };
}

export function fieldLine({ name, schema, isKind, isRequired, only }: Place): FieldLine {
  return {
    name,
    type: isKind ? "kind" : typeText(schema),
    isRequired,
    ...(only !== undefined && { only }),
    ...(schema.default !== undefined && { default: schema.default }),
    description: schema.description ?? resolved(schema).description ?? "",
  };
}

/** The place with a value and everything around it that is named on the way. */
function exampleAt({ path, schema }: Place, from: Place): unknown {
  const names = path
    .slice(from.path.length)
    .split(".")
    .filter((name) => name !== "");
  const way: Place[] = [];
  for (const name of names) way.push(placesIn(way.at(-1) ?? from).find((child) => child.name === name)!);
  return way.reduceRight<unknown>((inner, { name, schema: at, isKind }, i) => {
    if (isKind) return { kind: name, ...(inner as object) };
    return { [name]: i === way.length - 1 ? inner : around(at, inner) };
  }, exampleValue(schema));
}

/** What a list or a mapping of names holds stands in one. */
function around(schema: JsonSchema, inner: unknown): unknown {
  const { items, additionalProperties } = resolved(schema);
  if (items !== undefined) return [inner];
  return typeof additionalProperties === "object" ? { "my-target": inner } : inner;
}
