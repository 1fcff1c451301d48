import { InputError, type Issue, invariant } from "../base/check.ts";
import { tooDeep } from "../base/depth.ts";
import type { Answer } from "../scenario/answer.ts";
import { answerSchema } from "./answerSchema.ts";

/**
 * A list or record of numbers over several lines. A line feed inside a string is escaped, so it only ever meets the
 * indentation made here; a comma stands between any two items, so that a text has one way to match and none to retry.
 */
const entry = String.raw`(?:"[A-Za-z]+": )?(?:[-+.\deE]+|null|"Infinity")`;
const flatList = new RegExp(String.raw`([[{])\n\s+(${entry}(?:,\n\s+${entry})*)\n\s+([\]}])`, "g");

/**
 * Any result as JSON text: Infinity is the string "Infinity", an unknown figure (NaN in memory) is null.
 *
 * Numbers keep full precision. Lists of numbers and estimates stay on one line, so that the file can be read and
 * compared line by line.
 *
 * @returns text that ends with a line feed
 * @example
 * jsonText({ waits: [1, Infinity] }) // => '{\n "waits": [1, "Infinity"]\n}\n'
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_key, item) => (typeof item === "number" ? writable(item) : item), 1);
  return `${text.replace(flatList, flatten)}\n`;
}

/**
 * An answer as JSON text, format 1.
 *
 * @returns text that ends with a line feed
 * @see docs/report.md
 */
export function answerToJson(answer: Answer): string {
  return jsonText(answer);
}

/**
 * The answer in a JSON text, format 1; the inverse of `answerToJson`.
 *
 * Keys it does not know are kept. Optional parts that are left out are filled in as unknown.
 *
 * @param text the document
 * @param file its name, for messages
 * @throws {InputError} with the path of everything that is wrong
 */
export function answerFromJson(text: string, file = "answer.json"): Answer {
  const document = parseJson(text, file);
  if (typeof document !== "object" || document === null || !("coldcast" in document)) {
    throw new InputError(file, [{ path: "", message: "is no answer of coldcast, such as `simulate --json` writes" }]);
  }
  const deep = tooDeep(document, depthMax);
  if (deep !== undefined)
    throw new InputError(file, [{ path: deep[0] ?? "", message: `nested over ${depthMax} levels deep` }]);
  const large = endlessNumber(document);
  if (large !== undefined) throw new InputError(file, [{ path: pathText(large), message: "too large for a number" }]);
  const result = answerSchema.safeParse(document);
  if (result.success) return result.data;
  throw new InputError(
    file,
    result.error.issues
      .slice(0, issuesMax)
      .map((issue): Issue => ({ path: pathText(issue.path), message: lowerFirst(issue.message) })),
  );
}

/** An answer itself has nine; what other tools keep in it is kept. */
const depthMax = 64;
/** One slip can make each entry of a list wrong. */
const issuesMax = 100;

/** Where a number such as 1e999 stands, which no answer is written with. */
function endlessNumber(value: unknown): string[] | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : [];
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const rest = endlessNumber(item);
    if (rest !== undefined) return [key, ...rest];
  }
  return undefined;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(file, [{ path: "", message: `is not JSON: ${detail}` }]);
  }
}

function writable(item: number): number | string | null {
  invariant(item !== -Infinity, "-Infinity in a result");
  if (item === Infinity) return "Infinity";
  return Number.isNaN(item) ? null : item;
}

function flatten(_match: string, open: string, items: string): string {
  const line = items.replace(/\n\s+/g, " ");
  return open === "{" ? `{ ${line} }` : `[${line}]`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
