import { InputError } from "../base/check.ts";
import { nelderMead } from "../numerics/nelderMead.ts";
import type { AvailableAnswer } from "../scenario/answer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Goal, goal } from "./goal.ts";
import { type Parameter, parameterOf, withValues } from "./parameter.ts";
import { predict } from "./predict.ts";

/** What somebody says that a figure is, such as p99=80ms. */
export interface Claim extends Omit<Goal, "limit" | "isUpper"> {
  /** In seconds, or a share. */
  readonly value: number;
}

/** The values of some of a scenario's numbers under which a target's figures come nearest to what is claimed. */
export interface Assumptions {
  readonly target: string;
  readonly values: readonly { readonly path: string; readonly unit: Parameter["unit"]; readonly value: number }[];
  readonly figures: readonly {
    readonly text: string;
    readonly claimed: number;
    readonly figure: number;
    readonly unit: Claim["unit"];
  }[];
  /** The largest factor, ≥ 1, between a figure and its claim, either way: 1 where all claims can hold at once. */
  readonly worst: number;
  readonly scenario: Scenario;
}

/** High enough that the norm is nearly the largest, and yet smooth. */
const norm = 8;
/** Beyond this factor from its first value nothing is looked for. */
const reach = Math.log(1e6);
const step = 0.4;

/**
 * What is claimed of a figure.
 *
 * @param text a figure of `goal`, an equals sign and a value: `p99=80ms`, `overhead=22%`, `overhead(p99)=22%`, `cold=1%`
 * @throws {InputError} if it cannot be read
 * @example
 * claim("p99=80ms").value // => 0.08
 */
export function claim(text: string): Claim {
  const { limit, isUpper, ...rest } = goal(text.replace(/(?<![<>])=/, "<="));
  if (!/^[^<>]*=[^<>=]*$/.test(text) || !(limit > 0)) {
    throw new InputError(`"${text}"`, [{ path: "", message: 'write a claim such as "p99=80ms" or "overhead=22%"' }]);
  }
  return { ...rest, text, value: limit };
}

/**
 * The inverse question: which assumptions would have to hold for claimed figures to come out?
 *
 * Varies several positive numbers of the scenario at once, each by any factor, and minimises the largest factor between a figure of the
 * model and its claim (Nelder and Mead on logarithms; a local minimum, found from the scenario's own values). That such assumptions
 * exist says that the claims can hold together, not that they do; where the best is far off, they cannot under this kind of target.
 *
 * @param paths of numbers, as `solveFor` takes them; none of them whole
 * @param claims at least one
 * @throws {InputError} if a number is not there, is whole, or is not positive and finite, or if there is no model to begin with
 */
export function assumptionsFor(
  scenario: Scenario,
  target: string,
  paths: readonly string[],
  claims: readonly Claim[],
): Assumptions {
  const asked = { ...scenario, report: { ...scenario.report, ...asksOf(claims) } };
  const parameters = paths.map((path) => positive(parameterOf(asked, path, target)));
  const first = answerOf(asked, target);
  if (typeof first === "string") throw new InputError(target, [{ path: "", message: first }]);
  const at = (logs: readonly number[]): number[] => parameters.map(({ value }, i) => value * Math.exp(logs[i]!));
  const distance = (logs: readonly number[]): number => {
    if (logs.some((log) => Math.abs(log) > reach)) return Infinity;
    try {
      const answer = answerOf(withValues(asked, parameters, at(logs)), target);
      return typeof answer === "string" ? Infinity : farOff(claims, answer);
    } catch (error) {
      if (error instanceof InputError) return Infinity;
      throw error;
    }
  };
  const start = parameters.map(() => 0);
  const found =
    distance(start) < Infinity
      ? nelderMead(distance, { start, step, tolerance: 1e-4 })
      : { at: start, value: Infinity };
  const values = at(found.at);
  const best = withValues(asked, parameters, values);
  const answer = answerOf(best, target) as AvailableAnswer;
  return {
    target,
    values: parameters.map(({ path, unit }, i) => ({ path, unit, value: values[i]! })),
    figures: claims.map(({ text, unit, value, figure }) => ({
      text,
      claimed: value,
      figure: figure(answer).value,
      unit,
    })),
    worst: Math.max(...claims.map((one) => Math.exp(Math.abs(off(one, answer))))),
    scenario: best,
  };
}

const off = ({ figure, value }: Claim, answer: AvailableAnswer): number => Math.log(figure(answer).value / value);

/** A smooth stand-in for the largest distance; Infinity where a figure is 0 or unbounded. */
function farOff(claims: readonly Claim[], answer: AvailableAnswer): number {
  const sum = claims.reduce((total, one) => total + Math.abs(off(one, answer)) ** norm, 0) ** (1 / norm);
  return Number.isFinite(sum) ? sum : Infinity;
}

function asksOf(claims: readonly Claim[]) {
  const quantiles = [...new Set(claims.flatMap(({ asks }) => asks.quantiles ?? []))].toSorted((a, b) => a - b);
  const objective = claims.flatMap(({ asks }) => asks.objective ?? [])[0] ?? null;
  return { quantiles: quantiles.length > 0 ? quantiles : [0.5], objective, cdfAt: [] };
}

function positive(parameter: Parameter): Parameter {
  const { path, value, isWhole } = parameter;
  if (!isWhole && value > 0 && value < Infinity) return parameter;
  const message = isWhole ? "is a whole number: try its values one by one" : "must begin at a positive, finite value";
  throw new InputError(path, [{ path: "", message }]);
}

function answerOf(scenario: Scenario, target: string): AvailableAnswer | string {
  const [answer] = predict(scenario, { targets: [target] }).targets;
  return answer!.status === "unavailable" ? answer!.reason : answer!;
}
