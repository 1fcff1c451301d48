import { readFileSync } from "node:fs";
import type { Source } from "../../src/random/source.ts";
import { below, pick, quantityText, quoted, scalar, type Tree } from "./fuzzTree.ts";

/** As much of JSON Schema as the scenario's is written in. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

const root = JSON.parse(readFileSync("scenarios/scenario.schema.json", "utf8")) as Schema & {
  readonly $defs: Readonly<Record<string, Schema>>;
};

/** Below this level only what must be there is written. */
const sparseBelow = 5;
/** Below this one the first alternative is taken, which every recursion ends by. */
const plainBelow = 9;

/** A scenario that follows the grammar of the schema: each field of its type, whatever that makes of the whole. */
export function drawnScenario(random: Source): Tree {
  const tree = drawn(root, random, 0);
  if (tree.is !== "map") throw new Error("the schema's root must be a mapping");
  const own = tree.entries.filter(([key]) => key !== "name");
  return { is: "map", entries: [["name", quoted("drawn")], ...own] };
}

function drawn(schema: Schema, random: Source, level: number): Tree {
  if (schema.$ref !== undefined) return drawn(root.$defs[schema.$ref.split("/").at(-1)!]!, random, level);
  const others = schema.anyOf ?? schema.oneOf;
  if (others !== undefined) return drawn(level > plainBelow ? others[0]! : pick(random, others), random, level + 1);
  if (schema.const !== undefined) return scalar(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return scalar(JSON.stringify(pick(random, schema.enum)));
  switch (schema.type) {
    case "object":
      return drawnMap(schema, random, level);
    case "array": {
      const count = Math.max(schema.minItems ?? 0, 1 + below(random, 3));
      const item = schema.items ?? {};
      return { is: "list", items: Array.from({ length: count }, () => drawn(item, random, level + 1)) };
    }
    case "integer": {
      const least = Math.max(schema.minimum ?? 0, -10);
      return scalar(String(Math.min(least + below(random, 10), schema.maximum ?? Infinity)));
    }
    case "number":
      return scalar(pick(random, ["0", "0.1", "0.5", "0.9", "1", "2", "-1", "1.5", "10"]));
    case "boolean":
      return scalar(pick(random, ["true", "false"]));
    default:
      return drawnText(schema, random);
  }
}

function drawnMap(
  { properties = {}, required = [], additionalProperties }: Schema,
  random: Source,
  level: number,
): Tree {
  const share = level > sparseBelow ? 0.05 : 0.3;
  const chosen = Object.entries(properties).filter(([key]) => required.includes(key) || random() < share);
  const entries = chosen.map(([key, inner]): [string, Tree] => [key, drawn(inner, random, level + 1)]);
  if (typeof additionalProperties === "object")
    for (let n = 1 + below(random, 2); n > 0; n--)
      entries.push([pick(random, ["a", "b", "faas", "waas"]), drawn(additionalProperties, random, level + 1)]);
  return { is: "map", entries };
}

/** Texts with a pattern are quantities, which their units tell apart; the others say what they are by an example, or are free. */
function drawnText({ pattern = "", examples = [] }: Schema, random: Source): Tree {
  const number = () => String(Number((10 ** (4 * random() - 2)).toPrecision(3)));
  if (random() < 0.05) return quoted(quantityText(random));
  if (pattern.includes("|ms|")) return quoted(number() + pick(random, ["ms", "s", "us", "min"]));
  if (pattern.includes("GiB")) return quoted(number() + pick(random, ["MiB", "GB", "kB"]));
  if (pattern.includes("(s|min|h|d)")) return quoted(number() + pick(random, ["/s", "/min"]));
  if (examples.length > 0 && random() < 0.7) return scalar(JSON.stringify(pick(random, examples)));
  return quoted(pick(random, ["x", "GET", "/", "values.csv", "https://127.0.0.1:9/", "ghcr.io/me/work:1.0", "1-4,8"]));
}
