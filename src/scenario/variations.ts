import { InputError, type Issue, ScenarioError } from "../base/check.ts";
import type { Answer } from "./answer.ts";
import { type ParseOptions, toScenario } from "./parse.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioDocument } from "./schema/document.ts";
import { nearest } from "./schema/nearest.ts";

/** One thing a sweep varies: a place in the scenario document and the values to put there, as the document writes them. */
export interface Variation {
  /** Such as `targets.faas.minScale`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** One combination of values. */
export interface SweepPoint {
  /** From 0, in the order of the product; the last variation changes fastest. */
  readonly index: number;
  /** By path. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly scenario: Scenario;
}

/** One answered point, as a line of a sweep's file. */
export interface SweepRecord {
  readonly coldcastSweep: 1;
  /** Tells one sweep from another: the scenario, what is varied and how it is answered. */
  readonly sweep: string;
  readonly point: number;
  /** Points of the whole sweep. */
  readonly of: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly answer: Answer;
}

/** More would be a slip of the hand. */
export const pointsMax = 1_000_000;
/** One slip often makes many points wrong. */
const issuesMax = 10;

/**
 * Every combination of the variations as a checked scenario, before anything runs.
 *
 * The seed is the same everywhere and streams are named by purpose, so that points share their random numbers: what differs between two
 * points is what was varied.
 *
 * @param document the scenario as its file has it
 * @throws {InputError} with every place that does not exist and every combination that is no scenario
 */
export function sweepPoints(document: object, variations: readonly Variation[], options: ParseOptions): SweepPoint[] {
  const file = options.file ?? "scenario";
  const doubled = variations.find(({ path }, i) => variations.findIndex((other) => other.path === path) !== i);
  if (doubled !== undefined) throw new InputError(file, [{ path: doubled.path, message: "is varied twice" }]);
  const inner = variations.find(({ path }) => variations.some((outer) => isWithin(keysOf(path), keysOf(outer.path))));
  if (inner !== undefined)
    throw new InputError(file, [{ path: inner.path, message: "is varied as a part of what is varied as a whole" }]);
  const strange = variations.flatMap(({ path }) => placeProblem(document, path) ?? []);
  if (strange.length > 0) throw new InputError(file, strange);
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > pointsMax) {
    throw new InputError("sweep", [{ path: "", message: `has ${count} points; ${pointsMax} are the most` }]);
  }
  const points: SweepPoint[] = [];
  const issues: Issue[] = [];
  for (let index = 0; index < count && issues.length < issuesMax; index++) {
    const values = combination(variations, index);
    try {
      points.push({ index, values, scenario: toScenario(varied(document, values), options) });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      for (const issue of error.issues)
        issues.push({ path: `${issue.path} (${pointName(values)})`, message: issue.message });
    }
  }
  if (issues.length > 0) throw new InputError(file, issues.slice(0, issuesMax));
  return points;
}

/** `targets.faas.minScale=1 arrivals.rate=10/s`. */
export const pointName = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([path, value]) => `${path}=${valueText(value)}`)
    .join(" ");

export const valueText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function combination(variations: readonly Variation[], index: number): Record<string, unknown> {
  const chosen: [string, unknown][] = [];
  let rest = index;
  for (const { path, values } of variations.toReversed()) {
    chosen.unshift([path, values[rest % values.length]]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(chosen);
}

function varied(document: object, values: Readonly<Record<string, unknown>>): ScenarioDocument {
  const copy = structuredClone(document) as Record<string, unknown>;
  for (const [path, value] of Object.entries(values)) {
    const keys = keysOf(path);
    let at = copy;
    for (const key of keys.slice(0, -1)) {
      if (at[key] === undefined) at[key] = {};
      at = at[key] as Record<string, unknown>;
    }
    at[keys.at(-1)!] = value;
  }
  return copy as ScenarioDocument;
}

/** Mappings of a scenario that may be left out as a whole, so that a path may lead into one that is not there. */
const optional = ["report", "report.tolerance", "prices"];

/** What is wrong with a path; its last key is left to the schema, which knows those that are not written. */
function placeProblem(document: object, path: string): Issue | undefined {
  const keys = keysOf(path);
  if (keys.includes("") || keys.includes("__proto__"))
    return { path, message: "write a path such as targets.faas.minScale" };
  let at: unknown = document;
  for (const [i, key] of keys.entries()) {
    const parent = keys.slice(0, i).join(".");
    if (typeof at !== "object" || at === null) {
      return {
        path,
        message: `${parent} is ${valueText(at)}, not a mapping; vary ${parent} itself or write it as one`,
      };
    }
    const last = i === keys.length - 1;
    const isNamed = parent === "targets" || Array.isArray(at);
    if (!Object.hasOwn(at, key)) {
      if (last && !isNamed) return undefined;
      if (optional.includes(keys.slice(0, i + 1).join("."))) return undefined;
      const known = Object.keys(at);
      const near = Array.isArray(at) ? undefined : nearest(key, known);
      const has = `${parent === "" ? "the scenario" : parent} has no "${key}"`;
      return {
        path,
        message: `${has}; ${near === undefined ? `it has ${known.join(", ")}` : `did you mean "${near}"?`}`,
      };
    }
    at = (at as Record<string, unknown>)[key];
  }
  return undefined;
}

/** Whether a path leads into the part to which another one leads. */
const isWithin = (path: readonly string[], outer: readonly string[]): boolean =>
  path.length > outer.length && outer.every((key, i) => key === path[i]);

/** `stages[0].linger` is `stages.0.linger`. */
const keysOf = (path: string): string[] => path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
