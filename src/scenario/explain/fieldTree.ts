import { type JsonSchema, scenarioJsonSchema } from "../schema/jsonSchema.ts";

/** A place in the scenario document: a field, or a kind of what a field holds. */
export interface Place {
  /** From the top, such as `targets.knative.scaleDownDelay`: names of fields and kinds; "" is the document. */
  readonly path: string;
  readonly name: string;
  /** What may stand there; of a kind, the mapping. */
  readonly schema: JsonSchema;
  readonly isKind: boolean;
  readonly isRequired: boolean;
  /** What must hold for the field to be there, such as `trigger: kafka`; absent: nothing. */
  readonly only?: string;
}

const schema: JsonSchema = scenarioJsonSchema();

/** Everything that has a name of its own, such as `Distribution`. */
export const definitions: Readonly<Record<string, JsonSchema>> = schema.$defs ?? {};

/** The whole document. */
export const documentPlace: Place = { path: "", name: "", schema, isKind: false, isRequired: true };

/** The name of what a schema refers to; undefined where it stands there itself. */
export function definitionName({ $ref }: JsonSchema): string | undefined {
  return $ref?.slice("#/$defs/".length);
}

/** What stands behind a reference. */
export function resolved(reference: JsonSchema): JsonSchema {
  const name = definitionName(reference);
  return name === undefined ? reference : definitions[name]!;
}

/**
 * The fields and kinds that a place has in it: through lists and names, without saying so.
 *
 * @param seen definitions that are not looked into; those that were are added
 */
export function placesIn(place: Place, seen?: Set<string>): Place[] {
  const all = shapes(place.schema, seen);
  if (place.isKind) return fieldsOf(all, place.path);
  const plain = all.filter((shape) => kindOf(shape) === undefined);
  const kinds = new Map<string, JsonSchema[]>();
  for (const shape of all) {
    const kind = kindOf(shape);
    if (kind !== undefined) kinds.set(kind, [...(kinds.get(kind) ?? []), shape]);
  }
  const ofKinds = [...kinds].map(
    ([name, [first, ...others]]): Place => ({
      path: joined(place.path, name),
      name,
      schema: others.length === 0 ? first! : oneOfThem([first!, ...others]),
      isKind: true,
      isRequired: false,
    }),
  );
  return [...fieldsOf(plain, place.path), ...ofKinds];
}

/** Every place, each definition looked into where it comes first. */
export function everyPlace(): Place[] {
  const seen = new Set<string>();
  const found: Place[] = [];
  // Places found are looked into in their turn: what is near the top gets the shorter path.
  const waiting = [documentPlace];
  for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
    const inside = placesIn(place, seen);
    found.push(...inside);
    waiting.push(...inside);
  }
  return found;
}

/** Every mapping that a value may be. */
function shapes(value: JsonSchema, seen?: Set<string>): JsonSchema[] {
  const name = definitionName(value);
  if (name !== undefined) {
    if (seen?.has(name)) return [];
    seen?.add(name);
  }
  const { properties, items, additionalProperties, anyOf, oneOf } = resolved(value);
  if (properties !== undefined) return [resolved(value)];
  if (items !== undefined) return shapes(items, seen);
  if (typeof additionalProperties === "object") return shapes(additionalProperties, seen);
  return (anyOf ?? oneOf ?? []).flatMap((branch) => shapes(branch, seen));
}

const kindOf = ({ properties }: JsonSchema) => properties?.kind?.const as string | undefined;

function fieldsOf(all: readonly JsonSchema[], path: string): Place[] {
  const fields = new Map<string, { readonly schemas: JsonSchema[]; readonly holders: JsonSchema[] }>();
  for (const shape of all) {
    for (const [name, field] of Object.entries(shape.properties ?? {})) {
      if (name === "kind") continue;
      const { schemas, holders } = fields.get(name) ?? { schemas: [], holders: [] };
      const isNew = schemas.every((other) => JSON.stringify(other) !== JSON.stringify(field));
      fields.set(name, { schemas: isNew ? [...schemas, field] : schemas, holders: [...holders, shape] });
    }
  }
  return [...fields].map(([name, { schemas, holders }]): Place => {
    const only = holders.length < all.length ? markOf(holders[0]!) : undefined;
    return {
      path: joined(path, name),
      name,
      schema: schemas.length === 1 ? schemas[0]! : oneOfThem(schemas),
      isKind: false,
      isRequired: holders.every(({ required }) => required?.includes(name)),
      ...(only !== undefined && { only }),
    };
  });
}

/** The field beside `kind` that tells mappings of one kind apart. */
function markOf({ properties }: JsonSchema): string | undefined {
  const mark = Object.entries(properties ?? {}).find(([name, field]) => name !== "kind" && field.const !== undefined);
  return mark === undefined ? undefined : `${mark[0]}: ${String(mark[1].const)}`;
}

function oneOfThem(anyOf: readonly JsonSchema[]): JsonSchema {
  const descriptions = new Set(anyOf.map(({ description }) => description));
  return { anyOf, description: [...descriptions].join(" Or: ") };
}

const joined = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
