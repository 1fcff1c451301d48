import type { z } from "zod";
import type { Issue } from "../../base/check.ts";

/** A problem at a place in the document, before its line is known. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Set where the problem is a key, not a value. */
  readonly key?: string;
}

/** Flattens what the schema found: unions to the branch the writer meant, unknown keys one by one. */
export function problems(issues: readonly z.core.$ZodIssue[], document: unknown): Problem[] {
  return issues.flatMap((issue) => flatten(issue, [], document));
}

function flatten(issue: z.core.$ZodIssue, parent: readonly PropertyKey[], document: unknown): Problem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const meant = issue.errors.filter((branch) => !branch.some(isWrongShape));
    if (meant.length >= 1) return meant[0]!.flatMap((inner) => flatten(inner, path, document));
  }
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    // A key may hold a line feed itself.
    const isAligned = messages.length === issue.keys.length;
    return issue.keys.map((key, i) => ({ path, message: isAligned ? messages[i]! : `unknown key "${key}"`, key }));
  }
  const found = at(document, path);
  const lack = found === undefined ? "is missing; " : found === null ? "is empty; " : "";
  return [{ path, message: `${lack}${issue.message}` }];
}

/** Whether a branch of a union was not meant at all: its very first look at the value failed. */
function isWrongShape(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.every((branch) => branch.some(isWrongShape));
  // Who writes a kind does not mean a mapping that has none.
  if (issue.code === "unrecognized_keys") return issue.keys.includes("kind");
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function at(document: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** `targets.faas.podStart`, `arrivals.rates[1]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const key of path) text += typeof key === "number" ? `[${key}]` : `${text === "" ? "" : "."}${String(key)}`;
  return text;
}

export const toIssue = ({ path, message }: Problem): Issue => ({ path: formatPath(path), message });
