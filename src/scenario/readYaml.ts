import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import { InputError, type Issue } from "../base/check.ts";
import { tooDeep } from "../base/depth.ts";
import type { Problem } from "./schema/issues.ts";

/** A YAML or JSON text as plain data, with the places of its parts. */
export interface YamlText {
  readonly value: unknown;
  /** Where a problem stands: at its key or value, or at the nearest part that exists. */
  place(problem: Problem): Pick<Issue, "line" | "column">;
}

/** Deeper than any meaningful document, and far from the end of the stack. */
export const depthMax = 64;
/** Characters; lists that are longer belong into a CSV that the document names. */
const lengthMax = 1 << 21;
/** One slip in YAML's syntax often makes all that follows one as well. */
const faultsMax = 10;
/** Repeats of anchored parts, past which a small file could fill the memory. */
const aliasesMax = 100;

/** Numbers, texts, lists and mappings, whatever a directive or a tag asks for. */
const plainData = {
  prettyErrors: false,
  // A key that is a list is written on stderr otherwise; as an unknown key it is refused anyway.
  logLevel: "error",
  intAsBigInt: false,
  schema: "core",
  merge: false,
  resolveKnownTags: false,
  // Compares each key with each other one.
  uniqueKeys: false,
} as const;

/**
 * Reads a document that a person wrote, within limits of its length, depth and repeats.
 *
 * A directive such as `%YAML 1.1` changes nothing: there are no dates, sets or merged keys.
 *
 * @param Refused what is thrown
 * @throws {InputError} with the limit that was met, or every fault of its syntax (the first ten)
 */
export function readYaml(text: string, file: string, Refused: typeof InputError = InputError): YamlText {
  if (text.length > lengthMax) {
    const long = `is ${text.length} characters long, and ${lengthMax} are the most`;
    throw new Refused(file, [
      { path: "", message: `${long}; put long lists of values into a CSV and name it by "file"` },
    ]);
  }
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const { document, value } = read(text, file, { lines, Refused });
  const place = (problem: Problem) => at(offsetOf(document, problem));
  const deep = tooDeep(value, depthMax);
  if (deep === undefined) return { value, place };
  const [first = ""] = deep;
  throw new Refused(file, [{ ...place({ path: [first], message: "" }), ...tooDeepIssue(first) }]);
}

/** The issue of a document whose part below its key `first` is nested too deeply. */
export const tooDeepIssue = (first: string): Issue => ({
  path: first,
  message: `nested over ${depthMax} levels deep`,
});

function read(
  text: string,
  file: string,
  { lines, Refused }: { readonly lines: LineCounter; readonly Refused: typeof InputError },
): { readonly document: Document; readonly value: unknown } {
  try {
    const document = parseDocument(text, { lineCounter: lines, ...plainData });
    const { doubled, aliases } = repeatsIn(document);
    const faults = [...document.errors, ...document.warnings, ...doubled];
    // The YAML reader meets the end of the stack by itself and goes on.
    if (faults.some(({ message }) => message.includes("call stack"))) throw new RangeError("nested too deeply");
    if (faults.length > 0) {
      throw new Refused(
        file,
        faults.slice(0, faultsMax).map(({ pos, message }) => {
          const { line, col } = lines.linePos(pos[0]);
          return { path: "", message: `not valid YAML: ${message}`, line, column: col };
        }),
      );
    }
    // Each is looked for from the document's beginning.
    if (aliases > aliasesMax) throw new ReferenceError();
    // There the part that is repeated counts as well.
    return { document, value: document.toJS({ maxAliasCount: aliasesMax + 1 }) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message =
      error instanceof ReferenceError
        ? `repeats anchored parts too often (over ${aliasesMax} times)`
        : "nested too deeply to read";
    throw new Refused(file, [{ path: "", message, line: 1, column: 1 }]);
  }
}

/** Keys that a mapping has twice, and how many repeats of anchored parts there are. */
function repeatsIn(document: Document) {
  const doubled: { readonly pos: readonly [number, number]; readonly message: string }[] = [];
  let aliases = 0;
  visit(document, {
    Alias: () => void aliases++,
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const text = String(key.value);
        if (keys.has(text)) doubled.push({ pos: [startOf(key) ?? 0, 0], message: "Map keys must be unique" });
        keys.add(text);
      }
    },
  });
  return { doubled, aliases };
}

function offsetOf(document: Document, { path, key }: Problem): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of key === undefined ? path : [...path, key]) {
    if (!isNode(node)) break;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      node = isSeq(node) ? node.items[Number(step)] : undefined;
    }
    if (step !== key) offset = startOf(node) ?? offset;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? (node.range?.[0] ?? undefined) : undefined);
