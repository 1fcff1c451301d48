import type { Breakdown, Estimate } from "../scenario/answer.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import { meanInterval } from "../stats/intervals.ts";
import { RunningMoments } from "../stats/moments.ts";
import { workOf } from "./measuredRows.ts";
import type { OutcomeLog } from "./outcomes.ts";

/**
 * Where the measured time went, request by request; the parts of one request sum to its latency.
 *
 * work: as the function measured it. cold: from the arrival until the serving instance was ready. start: the request's
 * own Wasm instance. What remains outside the function is network up to what an idle target takes, and queue beyond.
 */
export function breakdownOf(log: OutcomeLog, rows: Int32Array, spec: TargetSpec): Breakdown {
  const rest = new Float64Array(rows.length);
  const [network, cold, start, queue, work] = [0, 1, 2, 3, 4].map(() => new RunningMoments());
  for (const [k, i] of rows.entries()) rest[k] = partsOf(log, i, spec).rest;
  const idle = idleRest(log, rows, rest);
  for (const [k, i] of rows.entries()) {
    const parts = partsOf(log, i, spec);
    const onTheWay = Math.min(rest[k]!, idle);
    network!.record(onTheWay);
    cold!.record(parts.cold);
    start!.record(parts.start);
    queue!.record(rest[k]! - onTheWay);
    work!.record(parts.work);
  }
  return {
    network: mean(network!),
    cold: mean(cold!),
    start: mean(start!),
    queue: mean(queue!),
    work: mean(work!),
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

function mean(moments: RunningMoments): Estimate {
  const { value, low, high } = meanInterval(moments);
  return { value, low: low < 0 ? 0 : low, high };
}
