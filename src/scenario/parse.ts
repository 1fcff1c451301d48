import { type Issue, ScenarioError } from "../base/check.ts";
import { tooDeep } from "../base/depth.ts";
import { depthMax, readYaml, tooDeepIssue } from "./readYaml.ts";
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

/** One slip can make a long list of values wrong, each of them. */
const problemsMax = 100;

/**
 * A scenario from YAML or JSON text, every default filled in.
 *
 * @throws {ScenarioError} with every problem at once, each as `file:line:column: path: what is wrong`
 */
export function parseScenario(text: string, options: ParseOptions = {}): Scenario {
  const file = options.file ?? "scenario";
  const { value, place } = readYaml(text, file, ScenarioError);
  return build(value, file, (problem) => ({ ...toIssue(problem), ...place(problem) }), options);
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
  const file = options.file ?? "scenario";
  const deep = tooDeep(document, depthMax);
  if (deep !== undefined) throw new ScenarioError(file, [tooDeepIssue(deep[0] ?? "")]);
  return build(document, file, toIssue, options);
}

function isScenario(document: ScenarioDocument | Scenario): document is Scenario {
  return typeof document === "object" && document !== null && "sha256" in document && Array.isArray(document.targets);
}

function build(value: unknown, file: string, place: (problem: Problem) => Issue, options: ParseOptions): Scenario {
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
  const more = found.length - problemsMax;
  const rest = more > 0 ? [{ path: "", message: `and ${more} problems more` }] : [];
  throw new ScenarioError(file, [...inOrder(found.slice(0, problemsMax).map(place)), ...rest]);
}

const inOrder = (issues: readonly Issue[]): Issue[] =>
  issues
    .filter(
      (issue, i) => issues.findIndex((other) => other.path === issue.path && other.message === issue.message) === i,
    )
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
