import type { Seconds } from "../base/units.ts";
import type { Breakdown, Estimate } from "../scenario/answer.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import { workOf } from "./measuredRows.ts";
import type { OutcomeLog } from "./outcomes.ts";
import { ratioOverTime } from "./ratioOverTime.ts";

/**
 * Where the measured time went, request by request; the parts of one request sum to its latency.
 *
 * work: as the function measured it. cold: from the arrival until the serving instance was ready. start: the request's
 * own Wasm instance. Where the answer's headers tell the time behind the network, the rest of the latency is network, and
 * what remains of that time is queue. Elsewhere what remains outside the function is network up to what an idle target takes,
 * and queue beyond.
 */
export function breakdownOf(log: OutcomeLog, rows: Int32Array, spec: TargetSpec): Breakdown {
  const untold = rows.filter((i) => Number.isNaN(log.compute[i]!));
  const rest = Float64Array.from(untold, (i) => partsOf(log, i, spec).rest);
  const idle = idleRest(log, untold, rest);
  const unsure = (of: (i: number) => boolean): Seconds =>
    rows.length === 0 ? 0 : rows.reduce((sum, i) => sum + (of(i) ? log.computeWithin[i]! || 0 : 0), 0) / rows.length;
  const isWork = (i: number): boolean => Number.isNaN(log.workDone[i]!);
  const mean = (secondsOf: (parts: ReturnType<typeof partsOf>) => Seconds, within = 0): Estimate => {
    const { value, low, high } = ratioOverTime(log, rows, (i) => ({
      sum: secondsOf(partsOf(log, i, spec)),
      weight: 1,
    }));
    return { value, low: low < within ? 0 : low - within, high: high + within };
  };
  const networkOf = ({ outside, rest }: ReturnType<typeof partsOf>): Seconds => outside ?? Math.min(rest, idle);
  return {
    network: mean(
      networkOf,
      unsure(() => true),
    ),
    cold: mean(({ cold }) => cold),
    start: mean(({ start }) => start),
    queue: mean(
      (parts) => parts.rest - (parts.outside === null ? networkOf(parts) : 0),
      unsure((i) => !isWork(i)),
    ),
    work: mean(({ work }) => work, unsure(isWork)),
  };
}

function partsOf(log: OutcomeLog, i: number, spec: TargetSpec) {
  const told = log.compute[i]!;
  const latency = log.latency[i]!;
  const outside = Number.isNaN(told) ? null : Math.max(latency - told, 0);
  const inside = latency - (outside ?? 0);
  const work = Math.min(workOf(log, i, spec), inside);
  const ownStart = spec.kind === "spinkube" ? log.start[i]! : 0;
  const start = Math.min(Number.isNaN(ownStart) ? 0 : ownStart, inside - work);
  const wait = log.cold[i] === 1 ? log.instanceStarted[i]! - log.at[i]! : 0;
  const cold = Math.min(Math.max(wait, 0), inside - work - start);
  return { outside, work, start, cold, rest: Math.max(inside - work - start - cold, 0) };
}

/**
 * The time outside the function when nothing else is there: the median over warm requests that met no other request at
 * their arrival; without such requests the smallest of all.
 */
function idleRest(log: OutcomeLog, rows: Int32Array, rest: Float64Array): number {
  const alone: number[] = [];
  let busyUntil = -Infinity;
  for (const [k, i] of rows.entries()) {
    if (log.at[i]! > busyUntil && log.cold[i] !== 1) alone.push(rest[k]!);
    busyUntil = Math.max(busyUntil, log.at[i]! + log.latency[i]!);
  }
  if (alone.length === 0) return rest.length === 0 ? 0 : rest.reduce((a, b) => Math.min(a, b));
  return alone.sort((a, b) => a - b)[alone.length >> 1]!;
}
