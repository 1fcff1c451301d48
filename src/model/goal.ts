import { InputError } from "../base/check.ts";
import { parseDuration } from "../base/units.ts";
import type { AvailableAnswer, Estimate } from "../scenario/answer.ts";
import type { ReportSpec } from "../scenario/scenario.ts";

/** A condition on an answer, such as p99<=100ms. */
export interface Goal {
  readonly text: string;
  /** What the report must state so that `figure` finds it. */
  readonly asks: Partial<Pick<ReportSpec, "quantiles" | "objective">>;
  figure(answer: AvailableAnswer): Estimate;
  readonly limit: number;
  /** Whether the figure must not be above the limit; otherwise not below. */
  readonly isUpper: boolean;
  readonly unit: "s" | "";
}

const form = /^([a-zA-Z]+)([\d.]*)(?:\(([^)]*)\))?\s*(<=|>=|<|>)\s*(\S.*)$/;

/**
 * A condition on the latency or on the cold starts.
 *
 * @param text a figure, `<=` or `>=`, and a limit: `p99<=100ms`, `mean<=20ms`, `within(100ms)>=99%`, `cold<=1%`, `overhead<=0.5`,
 *   `overhead(p99)<=0.5` (among requests at or above it)
 * @throws {InputError} if it cannot be read
 * @example
 * goal("p99.9<=1s").asks.quantiles // => [0.999]
 */
export function goal(text: string): Goal {
  const [, name, level = "", inside, sign, right = ""] = form.exec(text.trim()) ?? [];
  const isUpper = sign === "<=" || sign === "<";
  const share = () => ({ text, isUpper, unit: "" as const, limit: shareOf(text, right) });
  const time = () => ({ text, isUpper, unit: "s" as const, limit: timeOf(text, right) });
  if (name === "p" && level !== "") {
    const q = levelOf(text, level);
    return {
      ...time(),
      asks: { quantiles: [q] },
      figure: ({ latency }) => latency.quantiles.find((row) => row.q === q)!.value,
    };
  }
  if (level === "" && name === "mean") return { ...time(), asks: {}, figure: ({ latency }) => latency.mean };
  if (level === "" && name === "cold") return { ...share(), asks: {}, figure: ({ cold }) => cold.probability };
  if (level === "" && name === "overhead" && inside?.startsWith("p")) {
    const q = levelOf(text, inside.slice(1));
    return {
      ...share(),
      asks: { quantiles: [q] },
      figure: ({ overheadAt }) => overheadAt.find((row) => row.q === q)!.value,
    };
  }
  if (level === "" && name === "overhead" && inside === undefined)
    return { ...share(), asks: {}, figure: ({ overhead }) => overhead };
  if (level === "" && name === "within" && inside !== undefined) {
    const objective = timeOf(text, inside);
    return { ...share(), asks: { objective }, figure: ({ latency }) => latency.withinObjective! };
  }
  throw unreadable(text, 'write a condition such as "p99<=100ms", "mean<=20ms", "within(100ms)>=99%", "cold<=1%"');
}

/** Whether an answer meets it; an unstable target meets no limit on its latency. */
export function meets({ figure, limit, isUpper }: Goal, answer: AvailableAnswer): boolean {
  const { value } = figure(answer);
  return isUpper ? value <= limit : value >= limit;
}

function levelOf(text: string, percent: string): number {
  const q = Number((Number(percent) / 100).toPrecision(12));
  if (!(q > 0 && q < 1)) throw unreadable(text, "a percentile lies between p0 and p100");
  return q;
}

function timeOf(text: string, right: string): number {
  const seconds = parseDuration(right);
  if (seconds === undefined || !(seconds > 0))
    throw unreadable(text, `"${right}" is not a duration; write one such as "100ms"`);
  return seconds;
}

function shareOf(text: string, right: string): number {
  const value = right.endsWith("%") ? Number(right.slice(0, -1)) / 100 : Number(right);
  if (right === "" || !(value >= 0 && value <= 1))
    throw unreadable(text, `"${right}" is not a share; write one such as "1%" or "0.01"`);
  return value;
}

const unreadable = (text: string, message: string): InputError =>
  new InputError(`--for "${text}"`, [{ path: "", message }]);
