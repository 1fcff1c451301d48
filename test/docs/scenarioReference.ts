import { stringify } from "yaml";
import { fieldLine } from "../../src/scenario/explain/explain.ts";
import {
  definitionName,
  definitions,
  documentPlace,
  type Place,
  placesIn,
} from "../../src/scenario/explain/fieldTree.ts";
import { isQuantity, typeText } from "../../src/scenario/explain/typeText.ts";
import type { JsonSchema } from "../../src/scenario/schema/jsonSchema.ts";

const intro = `# Scenario reference

Every field of the [scenario document](scenario.md), made from the schema that checks it by \`npm run docs:reference\`: edit
\`src/scenario/schema\`, not this page. \`coldcast explain targets.knative.scaleDownDelay\` says the same in a terminal, with an example, and
\`scenarios/scenario.schema.json\` says it in an editor.
`;

/** The page docs/scenario-reference.md, made from the schema of the scenario document. */
export function scenarioReference(): string {
  const parts = [intro, quantities(), section("The document", { place: documentPlace })];
  const order = ["Arrivals", "Batch", "Distribution", "Target", "Stage", "Autoscaler"];
  const others = Object.keys(definitions).filter((name) => !order.includes(name) && !isQuantity(name));
  for (const name of [...order, ...others]) {
    const place = placeOf(name);
    // What has kinds of others only, or no fields of its own, is told by its type.
    if (name === "RevisionAutoscaler" || name === "KeepAlive") continue;
    parts.push(section(titleOf(name), { place, asIn: name === "Stage" ? placesIn(placeOf("Target")) : [] }));
  }
  const faults = placesIn(documentPlace).find(({ name }) => name === "faults")!;
  parts.push(section("Fault", { place: faults }));
  return `${parts.join("\n").trimEnd()}\n`;
}

const placeOf = (name: string): Place => ({
  path: name,
  name,
  schema: { $ref: `#/$defs/${name}` },
  isKind: false,
  isRequired: false,
});

function quantities(): string {
  const lines = Object.entries(definitions)
    .filter(([name]) => isQuantity(name))
    .map(
      ([name, { description }]) =>
        `- <a id="${anchorOf(name)}"></a>**${typeText({ $ref: `#/$defs/${name}` })}**: ${description}`,
    );
  return `## Quantities\n\n${lines.join("\n")}\n`;
}

/** A heading, what it is, its fields, and its kinds with theirs. */
function section(
  title: string,
  { place, asIn = [] }: { readonly place: Place; readonly asIn?: readonly Place[] },
): string {
  // A pod's start may be a distribution, too, which has a section of its own.
  const inside = placesIn(place, new Set(Object.keys(definitions).filter((name) => name !== place.name)));
  const kinds = inside.filter(({ isKind }) => isKind);
  const common = place === documentPlace ? [] : commonFields(kinds);
  const own = inside.filter(({ isKind }) => !isKind);
  const parts = [`## ${title}\n`];
  const about = fieldLine(place).description;
  if (about !== "") parts.push(`${about}\n`);
  if (own.length > 0) parts.push(table(own));
  if (place === documentPlace) return parts.join("\n");
  if (common.length > 0) parts.push(`Every kind has\n\n${table(common)}`);
  for (const kind of kinds) {
    const elsewhere = asIn.find(({ name }) => name === kind.name);
    const known = [...common, ...(elsewhere === undefined ? [] : placesIn(elsewhere))];
    const fields = placesIn(kind).filter((field) => !known.some((other) => isSame(field, other)));
    parts.push(`### ${title}: ${kind.name}\n`, `${fieldLine(kind).description}\n`);
    if (elsewhere !== undefined) parts.push(`All fields of [such a target](#target-${kind.name.toLowerCase()}), and\n`);
    if (fields.length > 0) parts.push(table(fields));
  }
  return parts.join("\n");
}

/** What every one of several kinds has, and has alike. */
function commonFields([first, ...others]: readonly Place[]): Place[] {
  if (first === undefined || others.length === 0) return [];
  return placesIn(first).filter((field) =>
    others.every((kind) => placesIn(kind).some((other) => isSame(field, other))),
  );
}

const isSame = (a: Place, b: Place): boolean =>
  a.name === b.name && a.isRequired === b.isRequired && JSON.stringify(a.schema) === JSON.stringify(b.schema);

function table(fields: readonly Place[]): string {
  return `| field | type | default | |\n| --- | --- | --- | --- |\n${rows(fields, "")}`;
}

/** A row for each field; those of a mapping that has no section of its own follow it. */
function rows(fields: readonly Place[], before: string): string {
  return fields
    .map((field) => {
      const { name, type, isRequired, only, description } = fieldLine(field);
      const where = only === undefined ? "" : ` (\`${only}\`)`;
      const standard = isRequired ? "required" : defaultText(field.schema);
      const row = `| \`${before}${name}\`${where} | ${name === "faults" ? "[list of faults](#fault)" : linked(field.schema, type)} | ${standard} | ${escaped(description)} |\n`;
      const inside = hasOwnSection(field)
        ? []
        : placesIn(field, new Set(Object.keys(definitions))).filter(({ isKind }) => !isKind);
      return row + rows(inside, `${before}${name}.`);
    })
    .join("");
}

const hasOwnSection = ({ schema, name }: Place): boolean => linkName(schema) !== undefined || name === "faults";

/** The definition that a value, or what a list or mapping of names holds, is one of. */
function linkName({ items, additionalProperties, ...schema }: JsonSchema): string | undefined {
  const held = items ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
  const name = definitionName(held ?? schema);
  return name === "RevisionAutoscaler" ? "Autoscaler" : name === "KeepAlive" ? "Distribution" : name;
}

function linked(schema: JsonSchema, type: string): string {
  const name = linkName(schema);
  return name === undefined ? escaped(type) : `[${escaped(type)}](#${anchorOf(name)})`;
}

function defaultText({ default: standard }: JsonSchema): string {
  if (standard === undefined) return "";
  const text = stringify(standard, { collectionStyle: "flow", lineWidth: 0 }).trim();
  return text === "{}" || text.includes("steps") ? "see there" : `\`${text}\``;
}

const anchorOf = (name: string): string => titleOf(name).toLowerCase().replaceAll(" ", "-");
const titleOf = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const escaped = (text: string): string => text.replaceAll("|", "\\|");
