import { InputError } from "../base/check.ts";
import type { AvailableAnswer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Goal, meets } from "./goal.ts";
import { type Parameter, parameterOf } from "./parameter.ts";
import { predict } from "./predict.ts";

/** For which values of a parameter a target meets its goals. */
export interface Solution {
  readonly target: string;
  readonly path: string;
  readonly unit: Parameter["unit"];
  /**
   * bounded: within [atLeast, atMost]; always: for every value that was tried; never: for none; unknown: there is no model where it
   * would have to be looked for.
   */
  readonly verdict: "bounded" | "always" | "never" | "unknown";
  /** The smallest value that meets the goals; null where smaller ones do too. */
  readonly atLeast: number | null;
  /** The largest; null where larger ones do too. */
  readonly atMost: number | null;
  /** What the first goal's figure is at the bound, or the best that was seen. */
  readonly figure: number | null;
  readonly reason?: string;
}

/** How far from the present value is looked, as a factor. */
const reach = 1e9;
const tolerance = 1e-7;
/** Whole numbers beyond this are not tried. */
const mostWhole = 1e6;

/**
 * The values of a parameter for which a target meets all goals: bracketed outwards from its present value by doubling, then halved.
 *
 * What lies between two values that meet the goals is taken to meet them too, which holds wherever the figures are monotone, or
 * fall and then rise.
 *
 * @param path in the document, or inside the target: `arrivals.rate`, `replicas`, `keepAlive`, `work.mean`
 * @throws {InputError} if there is no such number
 */
export function solveFor(scenario: Scenario, target: string, path: string, goals: readonly Goal[]): Solution {
  const parameter = parameterOf(asking(scenario, goals), path, target);
  const look = lookAt(parameter, target, goals);
  const start = startOf(parameter);
  const found = { target, path: parameter.path, unit: parameter.unit };
  const here = look(start);
  if (here.kind === "none" && parameter.value === start) {
    return { ...found, verdict: "unknown", atLeast: null, atMost: null, figure: null, reason: here.reason ?? "" };
  }
  const anchor = here.kind === "met" ? start : firstMet(parameter, start, look);
  if (anchor === null) return { ...found, verdict: "never", atLeast: null, atMost: null, figure: look.best() };
  const up = edge(parameter, anchor, look, 2);
  const down = edge(parameter, anchor, look, 0.5);
  const bound = up.at ?? down.at;
  const reason = [up.reason, down.reason].find((text) => text !== undefined);
  return {
    ...found,
    verdict: bound === null ? "always" : "bounded",
    atLeast: down.at,
    atMost: up.at,
    figure: bound === null ? look.best() : look(bound).figure,
    ...(reason !== undefined && { reason }),
  };
}

/** The scenario with a report that states the figures asked for, and no others. */
function asking(scenario: Scenario, goals: readonly Goal[]): Scenario {
  const quantiles = [...new Set(goals.flatMap(({ asks }) => asks.quantiles ?? []))];
  const objective = goals.flatMap(({ asks }) => asks.objective ?? [])[0] ?? null;
  return {
    ...scenario,
    report: { ...scenario.report, quantiles: quantiles.length > 0 ? quantiles : [0.5], objective, cdfAt: [] },
  };
}

/** What is seen at one value: the goals met, or not, or no model at all. */
interface Seen {
  readonly kind: "met" | "missed" | "none";
  readonly figure: number | null;
  readonly reason?: string;
}

interface Look {
  (value: number): Seen;
  /** The best figure of the first goal so far. */
  best(): number | null;
}

function lookAt(parameter: Parameter, target: string, goals: readonly Goal[]): Look {
  const known = new Map<number, Seen>();
  const fresh = (value: number): Seen => {
    const answer = answerAt(parameter, target, value);
    if (typeof answer === "string") return { kind: "none", figure: null, reason: answer };
    const isMet = goals.every((goal) => meets(goal, answer));
    return { kind: isMet ? "met" : "missed", figure: goals[0]!.figure(answer).value };
  };
  const look = (value: number): Seen => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const seen = fresh(value);
    known.set(value, seen);
    return seen;
  };
  const best = (): number | null => {
    const figures = [...known.values()].flatMap(({ figure }) => (figure === null ? [] : [figure]));
    if (figures.length === 0) return null;
    return goals[0]!.isUpper ? Math.min(...figures) : Math.max(...figures);
  };
  return Object.assign(look, { best });
}

function answerAt(parameter: Parameter, target: string, value: number): AvailableAnswer | string {
  let scenario: Scenario;
  try {
    scenario = parameter.with(value);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  const [answer] = predict(scenario, { targets: [target] }).targets;
  return answer!.status === "unavailable" ? answer!.reason : answer!;
}

/** The present value, or 1 where that is no place to begin: 0, for ever, unlimited. */
const startOf = ({ value }: Parameter): number => (value > 0 && value < Infinity ? value : 1);

/** The next value outwards; null beyond what is tried. */
function further(parameter: Parameter, from: number, factor: number): number | null {
  const start = startOf(parameter);
  if (parameter.isWhole) {
    const next = factor > 1 ? Math.max(from + 1, Math.round(from * factor)) : Math.floor(from * factor);
    return next < 0 || next === from || next > mostWhole ? null : next;
  }
  const next = from * factor;
  return next > start * reach || next < start / reach ? null : next;
}

/** The nearest value outwards, up or down, that meets the goals. */
function firstMet(parameter: Parameter, start: number, look: Look): number | null {
  let up: number | null = start;
  let down: number | null = start;
  while (up !== null || down !== null) {
    up = up === null ? null : further(parameter, up, 2);
    if (up !== null) {
      const seen = look(up);
      if (seen.kind === "met") return up;
      if (seen.kind === "none") up = null;
    }
    down = down === null ? null : further(parameter, down, 0.5);
    if (down !== null) {
      const seen = look(down);
      if (seen.kind === "met") return down;
      if (seen.kind === "none") down = null;
    }
  }
  return null;
}

/** The last value in one direction that meets the goals; null where no end to it was found. */
function edge(
  parameter: Parameter,
  anchor: number,
  look: Look,
  factor: number,
): { readonly at: number | null; readonly reason?: string } {
  let inside = anchor;
  let still = 0;
  for (;;) {
    const next = further(parameter, inside, factor);
    if (next === null) return { at: null };
    const seen = look(next);
    if (seen.kind === "missed") return { at: halved(parameter, inside, next, look) };
    if (seen.kind === "none") return { at: null, reason: `beyond ${inside} there is no model: ${seen.reason}` };
    // More of what is enough already changes nothing: more servers, more replicas.
    still = parameter.isWhole && seen.figure === look(inside).figure ? still + 1 : 0;
    inside = next;
    if (still === patience) return { at: null };
  }
}

/** After so many doublings of a whole number without any change, nothing further is expected. */
const patience = 2;

function halved({ isWhole }: Parameter, met: number, missed: number, look: Look): number {
  let [inside, outside] = [met, missed];
  while (isWhole ? Math.abs(outside - inside) > 1 : Math.abs(outside - inside) > tolerance * inside) {
    const middle = isWhole ? Math.round((inside + outside) / 2) : (inside + outside) / 2;
    if (look(middle).kind === "met") inside = middle;
    else outside = middle;
  }
  return inside;
}
