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
 * own Wasm instance. What remains outside the function is network up to what an idle target takes, and queue beyond.
 */
export function breakdownOf(log: OutcomeLog, rows: Int32Array, spec: TargetSpec): Breakdown {
  const rest = new Float64Array(rows.length);
  for (const [k, i] of rows.entries()) rest[k] = partsOf(log, i, spec).rest;
  const idle = idleRest(log, rows, rest);
  const mean = (secondsOf: (parts: ReturnType<typeof partsOf>) => Seconds): Estimate => {
    const { value, low, high } = ratioOverTime(log, rows, (i) => ({
      sum: secondsOf(partsOf(log, i, spec)),
      weight: 1,
    }));
    return { value, low: low < 0 ? 0 : low, high };
  };
  return {
    network: mean((parts) => Math.min(parts.rest, idle)),
    cold: mean(({ cold }) => cold),
    start: mean(({ start }) => start),
    queue: mean((parts) => parts.rest - Math.min(parts.rest, idle)),
    work: mean(({ work }) => work),
  };
}

function partsOf(log: OutcomeLog, i: number, spec: TargetSpec) {
  const latency = log.latency[i]!;
  const work = workOf(log, i, spec);
  const ownStart = spec.kind === "spinkube" ? log.start[i]! : 0;
  const start = Math.min(Number.isNaN(ownStart) ? 0 : ownStart, latency - work);
  const wait = log.cold[i] === 1 ? log.instanceStarted[i]! - log.at[i]! : 0;
  const cold = Math.min(Math.max(wait, 0), latency - work - start);
  return { work, start, cold, rest: Math.max(latency - work - start - cold, 0) };
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
