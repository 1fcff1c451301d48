import type { Seconds } from "../base/units.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import { type OutcomeLog, outcomeKinds } from "./outcomes.ts";

/** With fewer requests than this of one kind, the next rule is tried. */
const enoughAlone = 20;
/** The share of the smallest remainders that stands for requests that did not wait, where none is known not to have. */
const lowShare = 0.1;

/** How requests that cannot have waited were found. */
export type Rule = "all" | "alone" | "first" | "low";
export const ruleText: Readonly<Record<Rule, string>> = {
  all: "all requests, as none waits for another here",
  alone: "requests that ran alone",
  first: "requests that arrived when none was in flight",
  low: "too few ran alone: the smallest tenth of what latency leaves beside work",
};

/** What latency leaves beside work, of requests that cannot have waited for another, by the first rule that finds enough. */
export function unhindered(
  target: TargetSpec,
  log: OutcomeLog,
  warm: readonly number[],
  remainder: (i: number) => Seconds,
): { readonly values: Seconds[]; readonly rule: Rule } {
  const neverWaits = target.kind === "perRequest" && target.maxInstances === Infinity;
  if (neverWaits || (target.kind === "spinkube" && target.workIs === "io"))
    return { values: warm.map(remainder), rule: "all" };
  const { arrivedToNone, leftToNone } = neighbours(log);
  const first = warm.filter((i) => arrivedToNone[i] === 1);
  const alone = first.filter((i) => leftToNone[i] === 1);
  if (alone.length >= enoughAlone) return { values: alone.map(remainder), rule: "alone" };
  if (first.length >= enoughAlone) return { values: first.map(remainder), rule: "first" };
  const smallest = warm.map(remainder).sort((a, b) => a - b);
  return { values: smallest.slice(0, Math.max(1, Math.ceil(lowShare * smallest.length))), rule: "low" };
}

/** For each request of a log in order of arrival: was none other in flight at its arrival, and did none arrive before its end? */
function neighbours(log: OutcomeLog): { readonly arrivedToNone: Uint8Array; readonly leftToNone: Uint8Array } {
  const arrivedToNone = new Uint8Array(log.length);
  const leftToNone = new Uint8Array(log.length);
  const order = Array.from({ length: log.length }, (_, i) => i).sort((a, b) => log.at[a]! - log.at[b]!);
  let lastEnd = -Infinity;
  for (const [k, i] of order.entries()) {
    const at = log.at[i]!;
    // A request that never came to an end that we know of is in flight for good where it was sent at all.
    const sent = outcomeKinds[log.outcome[i]!] !== "dropped" && !Number.isNaN(log.lateness[i]!);
    const end = Number.isNaN(log.latency[i]!) ? (sent ? Infinity : at) : at + log.latency[i]!;
    const next = order[k + 1];
    arrivedToNone[i] = at >= lastEnd ? 1 : 0;
    leftToNone[i] = next === undefined || log.at[next]! >= end ? 1 : 0;
    lastEnd = Math.max(lastEnd, end);
  }
  return { arrivedToNone, leftToNone };
}

/** Requests that completed in a known time. */
export function completedRows(log: OutcomeLog): number[] {
  const rows: number[] = [];
  for (let i = 0; i < log.length; i++) {
    if (outcomeKinds[log.outcome[i]!] === "completed" && !Number.isNaN(log.latency[i]!)) rows.push(i);
  }
  return rows;
}

/** The p-quantile of values, at least one. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]!;
}
