import { InputError } from "../base/check.ts";
import { type AvailableAnswer, type Estimate, exactly } from "../scenario/answer.ts";
import { toDocument } from "../scenario/document.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Parameter, parameterOf } from "./parameter.ts";
import { predict } from "./predict.ts";

/** How a target's latency moves with one number of its scenario. */
export interface Sensitivity {
  readonly path: string;
  readonly value: number;
  readonly unit: Parameter["unit"];
  /** Whether the figures are the change by one more, rather than a slope. */
  readonly isWhole: boolean;
  /** d mean / d value, in seconds per unit of the parameter. */
  readonly mean: Estimate;
  readonly quantiles: readonly { readonly q: number; readonly value: Estimate }[];
  /** The same in percent of the figure for one percent of the parameter; null where the parameter is 0. */
  readonly elasticity: { readonly mean: number; readonly quantiles: readonly number[] } | null;
}

/** Relative step of the central differences. */
const step = 2e-3;

/**
 * How a target's mean and quantiles move with numbers of its scenario: central differences of two steps, extrapolated.
 *
 * The interval holds what the two steps differ by and what the stated errors of the answers make of it; for whole numbers the
 * figure is the change by one more, which has no error but theirs.
 *
 * @param paths in the document or inside the target; all numbers of arrivals, work and target when absent
 * @returns a reason where the target has no model
 * @throws {InputError} if a path that was given is no number
 */
export function sensitivities(
  scenario: Scenario,
  target: string,
  paths?: readonly string[],
): readonly Sensitivity[] | string {
  const answer = answerOf(scenario, target);
  if (typeof answer === "string") return answer;
  if (!answer.stable) return "model: an unstable target has no latency to vary";
  const wanted = paths ?? numbersOf(scenario, target);
  return wanted.flatMap((path) => {
    const parameter = parameterIn(scenario, path, target, paths === undefined);
    if (parameter === null || !(parameter.value < Infinity)) return [];
    const found = slopes(parameter, target, answer);
    return found === null ? [] : [found];
  });
}

function answerOf(scenario: Scenario, target: string): AvailableAnswer | string {
  const [answer] = predict(scenario, { targets: [target] }).targets;
  return answer!.status === "unavailable" ? answer!.reason : answer!;
}

/** Numbers that were not asked for by name are left out where they cannot be varied. */
function parameterIn(scenario: Scenario, path: string, target: string, isOptional: boolean): Parameter | null {
  try {
    return parameterOf(scenario, path, target);
  } catch (error) {
    if (isOptional && error instanceof InputError) return null;
    throw error;
  }
}

/** The figures of an answer in one list: the mean, then the quantiles. */
const figuresOf = ({ latency }: AvailableAnswer): Estimate[] => [
  latency.mean,
  ...latency.quantiles.map(({ value }) => value),
];

function slopes(parameter: Parameter, target: string, here: AvailableAnswer): Sensitivity | null {
  const { path, value, unit, isWhole } = parameter;
  if (!isWhole && value === 0) return null;
  const found = isWhole ? byOneMore(parameter, target, here) : byDifferences(parameter, target);
  if (found === null) return null;
  const [mean, ...others] = found as [Estimate, ...Estimate[]];
  const quantiles = here.latency.quantiles.map(({ q }, i) => ({ q, value: others[i]! }));
  const [meanHere, ...quantilesHere] = figuresOf(here).map((figure) => figure.value) as [number, ...number[]];
  const relative = (slope: number, figure: number): number => (figure === 0 ? 0 : (slope * value) / figure);
  return {
    path,
    value,
    unit,
    isWhole,
    mean,
    quantiles,
    elasticity:
      value === 0
        ? null
        : {
            mean: relative(mean.value, meanHere),
            quantiles: others.map((slope, i) => relative(slope.value, quantilesHere[i]!)),
          },
  };
}

function byOneMore(parameter: Parameter, target: string, here: AvailableAnswer): Estimate[] | null {
  const more = at(parameter, target, parameter.value + 1);
  if (more === null) return null;
  return figuresOf(here).map((figure, i) => {
    const value = more[i]!.value - figure.value;
    const error = half(more[i]!) + half(figure);
    return error === 0 ? exactly(value) : { value, low: value - error, high: value + error };
  });
}

function byDifferences(parameter: Parameter, target: string): Estimate[] | null {
  const h = step * parameter.value;
  const [a, b, c, d] = [-2, -1, 1, 2].map((k) => at(parameter, target, parameter.value + k * h));
  if (!a || !b || !c || !d) return null;
  return a.map((_, i) => {
    const near = (c[i]!.value - b[i]!.value) / (2 * h);
    const far = (d[i]!.value - a[i]!.value) / (4 * h);
    const value = (4 * near - far) / 3;
    const error = Math.abs(value - near) + (half(c[i]!) + half(b[i]!)) / (2 * h);
    return { value, low: value - error, high: value + error };
  });
}

/** Half the width of an interval whose answer is a numerical one; an approximation's error hardly moves with a parameter. */
const half = ({ value, low, high }: Estimate): number => Math.min((high - low) / 2, 1e-6 * Math.abs(value));

function at(parameter: Parameter, target: string, value: number): Estimate[] | null {
  try {
    const answer = answerOf(parameter.with(value), target);
    return typeof answer === "string" || !answer.stable ? null : figuresOf(answer);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Paths of all leaves of arrivals, work, network and target. */
export function numbersOf(scenario: Scenario, target: string): string[] {
  const document = toDocument(scenario) as unknown as Readonly<Record<string, unknown>>;
  const targets = document.targets as Readonly<Record<string, unknown>>;
  return [
    ...leaves(document.arrivals, "arrivals"),
    ...leaves(document.work, "work"),
    ...leaves(document.network, "network"),
    ...leaves(targets[target], `targets.${target}`),
  ];
}

function leaves(value: unknown, path: string): string[] {
  if (typeof value === "number" || typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (ignored.has(key) ? [] : leaves(item, `${path}.${key}`)));
}

const ignored: ReadonlySet<string> = new Set(["kind", "name", "live", "memory", "prices"]);
