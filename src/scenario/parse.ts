import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type Issue, ScenarioError } from "../base/check.ts";
import type { Scenario } from "./scenario.ts";
import { durationProblems, type ScenarioDocument, scenarioDocument, targetNameProblems } from "./schema/document.ts";
import { type Problem, problems, toIssue } from "./schema/issues.ts";
import { normalise } from "./schema/normalise.ts";
import { type ReadText, readTables } from "./schema/tables.ts";

export interface ParseOptions {
  /** Named in messages. */
  readonly file?: string;
  /** Reads files the scenario names, by path from its folder; without it they are refused. */
  readonly readText?: ReadText;
  /** The number of requests is bounded elsewhere (`--requests`), so that `duration` may be absent. */
  readonly requestsBounded?: boolean;
}

/** Deeper than any meaningful scenario, and far from the end of the stack. */
const depthMax = 64;
/** Characters; lists that are longer belong into a CSV that the scenario names. */
const lengthMax = 1 << 21;
/** One slip in YAML's syntax often makes all that follows one as well. */
const faultsMax = 10;
/** Repeats of anchored parts, past which a small file could fill the memory. */
const aliasesMax = 100;

/**
 * A scenario from YAML or JSON text, every default filled in.
 *
 * @throws {ScenarioError} with every problem at once, each as `file:line:column: path: what is wrong`
 */
export function parseScenario(text: string, options: ParseOptions = {}): Scenario {
  const file = options.file ?? "scenario";
  if (text.length > lengthMax) {
    const message = `is over ${lengthMax} characters long; put long lists of values into a CSV and name it by "file"`;
    throw new ScenarioError(file, [{ path: "", message }]);
  }
  const lines = new LineCounter();
  const { document, value } = readYaml(text, file, lines);
  const place = (problem: Problem): Issue => {
    const { line, col } = lines.linePos(offsetOf(document, problem));
    return { ...toIssue(problem), line, column: col };
  };
  return build(value, file, place, options);
}

/**
 * A scenario from a TypeScript object with the keys and unit strings of the YAML form; a parsed scenario passes as it is.
 *
 * @throws {ScenarioError} with every problem at once
 * @example
 * toScenario({
 *   name: "small", duration: "1min", arrivals: { kind: "poisson", rate: "5/s" }, work: "10ms",
 *   targets: { one: { kind: "server", coldStart: "1s", keepAlive: "30s" } },
 * }).warmup // => 0
 */
export function toScenario(document: ScenarioDocument | Scenario, options: ParseOptions = {}): Scenario {
  if (isScenario(document)) return document;
  return build(document, options.file ?? "scenario", toIssue, options);
}

function isScenario(document: ScenarioDocument | Scenario): document is Scenario {
  return typeof document === "object" && document !== null && "sha256" in document && Array.isArray(document.targets);
}

function build(value: unknown, file: string, place: (problem: Problem) => Issue, options: ParseOptions): Scenario {
  if (depth(value) > depthMax)
    throw new ScenarioError(file, [{ path: "", message: `nested over ${depthMax} levels deep` }]);
  const parsed = scenarioDocument.safeParse(value);
  const tables = readTables(value, options.readText);
  const found = [
    ...(parsed.success ? [] : problems(parsed.error.issues, value)),
    ...targetNameProblems(value),
    ...(options.requestsBounded ? [] : durationProblems(value)),
    ...tables.problems,
  ];
  if (parsed.success && found.length === 0) {
    const result = normalise(parsed.data, tables);
    if ("sha256" in result) return result;
    found.push(...result.problems);
  }
  throw new ScenarioError(file, inOrder(found.map(place)));
}

function readYaml(text: string, file: string, lines: LineCounter): { document: Document; value: unknown } {
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, intAsBigInt: false });
    const faults = [...document.errors, ...document.warnings];
    // The YAML reader meets the end of the stack by itself and goes on.
    if (faults.some(({ message }) => message.includes("call stack"))) throw new RangeError("nested too deeply");
    if (faults.length > 0) {
      throw new ScenarioError(
        file,
        faults.slice(0, faultsMax).map(({ pos, message }) => {
          const { line, col } = lines.linePos(pos[0]);
          return { path: "", message: `not valid YAML: ${message}`, line, column: col };
        }),
      );
    }
    return { document, value: document.toJS({ maxAliasCount: aliasesMax }) };
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    const message =
      error instanceof ReferenceError
        ? `repeats anchored parts too often (over ${aliasesMax} times)`
        : "nested too deeply to read";
    throw new ScenarioError(file, [{ path: "", message, line: 1, column: 1 }]);
  }
}

/** Where a problem stands in the text: at its key or value, or at the nearest part that exists. */
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

function startOf(node: unknown): number | undefined {
  return isNode(node) ? ((node as Node).range?.[0] ?? undefined) : undefined;
}

const inOrder = (issues: readonly Issue[]): Issue[] =>
  issues
    .filter(
      (issue, i) => issues.findIndex((other) => other.path === issue.path && other.message === issue.message) === i,
    )
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));

function depth(value: unknown, level = 0): number {
  if (typeof value !== "object" || value === null || level > depthMax) return level;
  let deepest = level;
  for (const item of Object.values(value)) deepest = Math.max(deepest, depth(item, level + 1));
  return deepest;
}
