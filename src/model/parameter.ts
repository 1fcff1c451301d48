import { InputError } from "../base/check.ts";
import { toDocument } from "../scenario/document.ts";
import { toScenario } from "../scenario/parse.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { nearest } from "../scenario/schema/nearest.ts";

/** One number of a scenario that can be varied. */
export interface Parameter {
  /** Where it stands in the document: `arrivals.rate`, `targets.waas.replicas`. */
  readonly path: string;
  /** In seconds, per second, bytes, or without a unit; Infinity for "forever" and "unlimited". */
  readonly value: number;
  readonly unit: "" | "s" | "/s" | "B";
  readonly isWhole: boolean;
  /** The same scenario with another value. @throws {ScenarioError} where the format does not allow it */
  with(value: number): Scenario;
  /** The value as the document writes it. */
  text(value: number): string | number;
}

/**
 * A number of a scenario by its path in the document. A name that is no field of the document is one of the target.
 *
 * A fixed time counts as a number; of another law name a parameter, as in `work.mean`. Which unit it takes is found by
 * writing it: the scenario's format is its own judge.
 *
 * @param path fields and indices, separated by dots
 * @param target a target's name, for paths that begin inside it
 * @throws {InputError} if there is no such number, with the fields there are
 */
export function parameterOf(scenario: Scenario, path: string, target: string): Parameter {
  const keys = path.split(".");
  const document = toDocument(scenario);
  const isGlobal = keys[0]! in document || keys[0]! in scenario;
  const whole = isGlobal ? keys : ["targets", target, ...keys];
  const name = whole.join(".");
  const value = numberAt(scenario, whole, name);
  const probe = value < Infinity && value > 0 ? value : 1;
  for (const unit of ["", "s", "/s", "B"] as const) {
    const text = (x: number) => (unit === "" ? x : `${x}${unit}`);
    const write = (x: number) => toScenario(written(document, whole, text(x)) as never, { requestsBounded: true });
    const read = reads(write, whole, name, probe);
    if (!read) continue;
    const isWhole = unit === "" && !reads(write, whole, name, Math.floor(probe) + 0.5);
    return { path: name, value, unit, isWhole, with: write, text };
  }
  throw new InputError(name, [{ path: "", message: "cannot be varied by itself" }]);
}

/**
 * A scenario with several numbers replaced at once.
 *
 * @param values one per parameter, in its own unit
 * @throws {ScenarioError} where the format does not allow them
 */
export function withValues(scenario: Scenario, parameters: readonly Parameter[], values: readonly number[]): Scenario {
  const document = parameters.reduce(
    (all, { path, text }, i) => written(all, path.split("."), text(values[i]!)),
    toDocument(scenario) as unknown,
  );
  return toScenario(document as never, { requestsBounded: true });
}

/** Whether a value can be written there and is read back. */
function reads(write: (x: number) => Scenario, path: readonly string[], name: string, value: number): boolean {
  try {
    const found = numberAt(write(value), path, name);
    return Math.abs(found - value) <= 1e-9 * value;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

function numberAt(scenario: Scenario, path: readonly string[], name: string): number {
  let here: unknown = scenario;
  for (const [i, key] of path.entries()) {
    const fields = i === 1 && path[0] === "targets" ? byName(scenario) : here;
    if (typeof fields !== "object" || fields === null || !(key in fields))
      throw unknownField(name, key, fields, scenario);
    here = (fields as Readonly<Record<string, unknown>>)[key];
  }
  if (typeof here === "number") return here;
  if (here === "forever") return Infinity;
  const { kind, value } = (here ?? {}) as { kind?: unknown; value?: unknown };
  if (kind === "deterministic" && typeof value === "number") return value;
  const parts = typeof here === "object" && here !== null ? Object.keys(here).filter((key) => key !== "kind") : [];
  const advice = parts.length > 0 ? `; name one of its fields: ${parts.map((key) => `${name}.${key}`).join(", ")}` : "";
  throw new InputError(name, [{ path: "", message: `is not a number${advice}` }]);
}

const byName = ({ targets }: Scenario) => Object.fromEntries(targets.map((target) => [target.name, target]));

function unknownField(name: string, key: string, fields: unknown, scenario: Scenario): InputError {
  const known = typeof fields === "object" && fields !== null ? Object.keys(fields) : [];
  const near = nearest(key, [...known, ...Object.keys(scenario)]);
  const advice = near === undefined ? `there are ${known.join(", ") || "no fields"}` : `did you mean "${near}"?`;
  return new InputError(name, [{ path: "", message: `there is no "${key}"; ${advice}` }]);
}

/** A document with another value at a path; what is missing on the way is made. */
function written(document: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document))
    return document.map((item, i) => (String(i) === key ? written(item, rest, value) : item));
  const fields = (typeof document === "object" && document !== null ? document : {}) as Readonly<
    Record<string, unknown>
  >;
  return { ...fields, [key]: written(fields[key], rest, value) };
}
