import type { Seconds } from "../base/units.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import { type OutcomeLog, outcomeKinds } from "./outcomes.ts";

/** The code of `completed` in an outcome log. */
export const completed = outcomeKinds.indexOf("completed");

/** The requests that figures are about: completed, and arrived from the warm-up on. */
export function measuredRows(log: OutcomeLog, warmup: Seconds): Int32Array {
  const rows = new Int32Array(log.length);
  let count = 0;
  for (let i = 0; i < log.length; i++) {
    if (log.outcome[i] === completed && log.at[i]! >= warmup) rows[count++] = i;
  }
  return rows.subarray(0, count);
}

/**
 * A request's work as the function measured it; where it does not say, all the time behind the network; where the answer tells neither, as it was
 * asked for. Never above the latency.
 */
export function workOf(log: OutcomeLog, i: number, spec: TargetSpec): Seconds {
  const told = [log.workDone[i]!, log.compute[i]!].find((seconds) => !Number.isNaN(seconds));
  return Math.min(told ?? log.work[i]! * spec.workFactor, log.latency[i]!);
}

/** The rows of a column, less another column's. */
export function columnOf(column: Float64Array, rows: Int32Array, less?: Float64Array): Float64Array {
  return Float64Array.from(rows, (i) => column[i]! - (less === undefined ? 0 : less[i]!));
}

/** Without the entries that are not known. */
export const knownOf = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));
