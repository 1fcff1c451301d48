import type { Source } from "../../src/random/source.ts";

/** A document before it is text: keys may come twice or be any word, and a scalar is written as it stands. */
export type Tree =
  | { readonly is: "map"; readonly entries: [key: string, value: Tree][] }
  | { readonly is: "list"; readonly items: Tree[] }
  | { readonly is: "scalar"; readonly text: string };

export const scalar = (text: string): Tree => ({ is: "scalar", text });
export const quoted = (text: string): Tree => scalar(JSON.stringify(text));

/** Chosen by chance. */
export const pick = <T>(random: Source, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
export const below = (random: Source, limit: number): number => Math.floor(random() * limit);

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { is: "list", items: value.map(treeOf) };
  if (typeof value !== "object" || value === null) return scalar(JSON.stringify(value) ?? "null");
  return { is: "map", entries: Object.entries(value).map(([key, item]) => [key, treeOf(item)]) };
}

export const copyOf = (tree: Tree): Tree =>
  tree.is === "map"
    ? { is: "map", entries: tree.entries.map(([key, value]) => [key, copyOf(value)]) }
    : tree.is === "list"
      ? { is: "list", items: tree.items.map(copyOf) }
      : tree;

/** In one line, as JSON and as YAML in flow style, as far as its scalars are either. */
export function textOf(tree: Tree): string {
  if (tree.is === "scalar") return tree.text;
  if (tree.is === "list") return `[${tree.items.map(textOf).join(", ")}]`;
  return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}: ${textOf(value)}`).join(", ")}}`;
}

/** Names that every object has, and that a careless reader takes for a document's own. */
const inherited = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "toJSON", "then"];
const strangeTexts = [
  "",
  " ",
  "\u0000",
  "\u001b[31mred\u001b[0m",
  "a\nb",
  "\r",
  "\u202eevil",
  "\u2028",
  "\ufeffx",
  "\ud800",
  "𝕌𝕟𝕚",
  "é",
  "e\u0301",
  "../../../etc/passwd",
  "/etc/passwd",
  "C:\\x",
  "file\u0000.csv",
  "forever",
  "unlimited",
  "null",
  "NaN",
  "Infinity",
  "-Infinity",
  "<script>alert(1)</script>",
  "$(reboot)",
  "{workMs}",
  "%s%n",
  "=1+1",
  "`id`",
  "x".repeat(300),
  "9".repeat(400),
  "a".repeat(20_000),
];
const strangeNumbers = [
  "0",
  "-0",
  "-1",
  "1",
  "2",
  "0.5",
  "1e308",
  "-1e308",
  "5e-324",
  "1e-300",
  "9007199254740991",
  "9007199254740993",
  "4294967296",
  "2147483648",
  "65536",
  "1e999",
  "-1e999",
  "0.1",
  "1.0000000000000002",
  "123456789012345678901234567890",
];
const units = [
  "",
  "ns",
  "us",
  "µs",
  "ms",
  "s",
  "min",
  "h",
  "d",
  "/s",
  "/min",
  "/h",
  "/d",
  "B",
  "kB",
  "MiB",
  "GiB",
  "parsec",
  "S",
  "MS",
];
const yamlWords = [
  ".nan",
  ".inf",
  "-.inf",
  "~",
  "null",
  "true",
  "yes",
  "0x10",
  "0o17",
  "1_000",
  "2001-12-14",
  "!!set {a}",
  "!!binary aGk=",
  "!!js/function x",
  "!<tag:x> 1",
  "*x",
  "&x 1",
  "<<",
  "|",
  ">-",
  "@",
  "`",
  "? [a] : b",
];

/** A number with a unit, right or wrong. */
export function quantityText(random: Source): string {
  const number =
    random() < 0.6 ? String(Number((10 ** (6 * random() - 3)).toPrecision(3))) : pick(random, strangeNumbers);
  return `${number}${random() < 0.1 ? " " : ""}${pick(random, units)}`;
}

function strangeScalar(random: Source): Tree {
  const roll = random();
  if (roll < 0.25) return scalar(pick(random, strangeNumbers));
  if (roll < 0.5) return quoted(quantityText(random));
  if (roll < 0.75) return quoted(pick(random, strangeTexts));
  if (roll < 0.85) return quoted(pick(random, inherited));
  if (roll < 0.95) return scalar(pick(random, ["null", "true", "false", "[]", "{}"]));
  return scalar(pick(random, yamlWords));
}

function nested(random: Source): Tree {
  const levels = pick(random, [3, 20, 63, 64, 65, 200]);
  let inner: Tree = strangeScalar(random);
  const isMap = random() < 0.5;
  const key = pick(random, ["of", "kind", "each", "a"]);
  for (let level = 0; level < levels; level++)
    inner = isMap ? { is: "map", entries: [[key, inner]] } : { is: "list", items: [inner] };
  return inner;
}

interface Place {
  readonly tree: Tree;
  replace(other: Tree): void;
}

function placesOf(tree: Tree, replace: (other: Tree) => void, found: Place[] = []): Place[] {
  found.push({ tree, replace });
  if (tree.is === "map")
    for (const entry of tree.entries)
      placesOf(
        entry[1],
        (other) => {
          entry[1] = other;
        },
        found,
      );
  if (tree.is === "list")
    for (const [i, item] of tree.items.entries())
      placesOf(
        item,
        (other) => {
          tree.items[i] = other;
        },
        found,
      );
  return found;
}

/** A copy of a document with some of its parts changed: type, range, unit, keys, order, size, depth. */
export function mutated(original: Tree, random: Source): Tree {
  let root = copyOf(original);
  const times = 1 + below(random, random() < 0.7 ? 1 : 6);
  for (let n = 0; n < times; n++) {
    const places = placesOf(root, (other) => {
      root = other;
    });
    change(pick(random, places), places, random);
  }
  return root;
}

function change({ tree, replace }: Place, places: readonly Place[], random: Source): void {
  const roll = random();
  if (tree.is === "map" && roll < 0.75) changeMap(tree, places, random);
  else if (tree.is === "list" && roll < 0.75) changeList(tree, places, random);
  else if (roll < 0.9)
    replace(tree.is === "scalar" && random() < 0.4 ? near(tree.text, random) : strangeScalar(random));
  else if (roll < 0.95) replace(nested(random));
  else replace(copyOf(pick(random, places).tree));
}

function changeMap({ entries }: Extract<Tree, { is: "map" }>, places: readonly Place[], random: Source): void {
  const at = below(random, entries.length || 1);
  const some = () => (random() < 0.5 ? strangeScalar(random) : copyOf(pick(random, places).tree));
  switch (below(random, 6)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([pick(random, inherited), some()]);
      break;
    case 2:
      entries.push([pick(random, strangeTexts), some()]);
      break;
    case 3:
      if (entries[at] !== undefined) entries.push([entries[at][0], some()]);
      break;
    case 4:
      if (entries[at] !== undefined) entries[at][0] = misspelt(entries[at][0], random);
      break;
    default:
      if (entries[at] !== undefined) entries[at][1] = some();
  }
}

function changeList({ items }: Extract<Tree, { is: "list" }>, places: readonly Place[], random: Source): void {
  const at = below(random, items.length || 1);
  const some = () => (random() < 0.5 ? strangeScalar(random) : copyOf(pick(random, places).tree));
  switch (below(random, 5)) {
    case 0:
      items.splice(at, 1);
      break;
    case 1:
      items.splice(at, 0, some());
      break;
    case 2:
      items.reverse();
      break;
    case 3:
      for (let n = pick(random, [2, 10, 300]); n > 0; n--)
        items.push(items[at] === undefined ? some() : copyOf(items[at]));
      break;
    default:
      items[at] = some();
  }
}

/** A little off what it was: one character more, less or other, another sign, another unit. */
function near(text: string, random: Source): Tree {
  if (!text.startsWith('"'))
    return scalar(pick(random, [`-${text}`, `${text}0`, `${text}.5`, `${text}e9`, `"${text}"`]));
  return quoted(misspelt(JSON.parse(text) as string, random));
}

function misspelt(text: string, random: Source): string {
  const at = below(random, text.length + 1);
  switch (below(random, 5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + pick(random, [" ", "-", "0", "s", "\t", "é", "\u0000"]) + text.slice(at);
    case 2:
      return text.toUpperCase();
    case 3:
      return `-${text}`;
    default:
      return text.replace(/[A-Za-zµ/]+$/, pick(random, units));
  }
}

const garbage = [
  "\t",
  "\n",
  "\r\n",
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  '"',
  "'",
  "#",
  "&a ",
  "*a",
  "- ",
  "---\n",
  "...\n",
  "%YAML 1.1\n---\n",
  "\u0000",
  "\ufeff",
  "\ud800",
  "💥",
  "-",
  "0",
  "e",
  ".",
  "!!",
  "|",
];

/** A text with characters and lines lost, doubled, moved or added. */
export function garbled(text: string, random: Source): string {
  let now = text;
  for (let n = 1 + below(random, 3); n > 0; n--) {
    const at = below(random, now.length + 1);
    switch (below(random, 6)) {
      case 0:
        now = now.slice(0, at) + now.slice(at + 1 + below(random, 4));
        break;
      case 1:
        now = now.slice(0, at);
        break;
      case 2: {
        const lines = now.split("\n");
        lines.splice(below(random, lines.length), below(random, 2), pick(random, lines));
        now = lines.join("\n");
        break;
      }
      case 3:
        now = now.slice(0, at) + now.slice(Math.max(0, at - 30), at) + now.slice(at);
        break;
      case 4: {
        const digits = [...now.matchAll(/-?\d[\d.]*/g)];
        const found = digits[below(random, digits.length)];
        if (found !== undefined)
          now = now.slice(0, found.index) + pick(random, strangeNumbers) + now.slice(found.index + found[0].length);
        break;
      }
      default:
        now = now.slice(0, at) + pick(random, random() < 0.8 ? garbage : strangeTexts) + now.slice(at);
    }
  }
  return now;
}

/** Text as YAML with what only YAML has: anchors and their repeats, directives, comments, tags. */
export function asYaml(text: string, random: Source): string {
  const roll = random();
  if (roll < 0.5) return text;
  if (roll < 0.6) return `%YAML 1.1\n---\n${text}`;
  if (roll < 0.7) return text.replace(/: ([^,{}[\]]+)/, ": &a $1").replace(/: ([^,&{}[\]]+)(?=[,}])/, ": *a");
  if (roll < 0.75) return `&a [*a, {x: *a}, ${text}]`;
  if (roll < 0.8) return text.replace("{", "{<<: {kind: poisson}, ");
  if (roll < 0.9) return text.replace(/, /g, ",\n  ");
  return `# comment\n${text}\n...\n`;
}
