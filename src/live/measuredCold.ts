import type { Seconds } from "../base/units.ts";
import { type ColdAnswer, type Estimate, exactly } from "../scenario/answer.ts";
import { latencyAnswerOf } from "../scenario/latencyAnswer.ts";
import type { ReportSpec, TargetSpec } from "../scenario/scenario.ts";
import { unknown, wilsonInterval } from "../stats/intervals.ts";
import { widest } from "../stats/timeWindows.ts";
import type { Occupancy } from "./occupancy.ts";
import type { OutcomeLog } from "./outcomes.ts";
import { ratioOverTime } from "./ratioOverTime.ts";

/** What was cold: counted request by request, and start by start where the target counts its instances. */
export function coldAnswer(input: {
  readonly spec: TargetSpec;
  readonly log: OutcomeLog;
  readonly rows: Int32Array;
  readonly occupancy: Occupancy | undefined;
  readonly report: ReportSpec;
  readonly warmup: Seconds;
}): ColdAnswer {
  const { spec, log, rows, occupancy, report, warmup } = input;
  const told = rows.filter((i) => log.cold[i] !== -1);
  const shareOf = (is: (row: number) => boolean): Estimate => {
    const alone = wilsonInterval(told.filter(is).length, told.length);
    const { value, low, high } = widest([alone, ratioOverTime(log, told, (i) => ({ sum: Number(is(i)), weight: 1 }))]);
    return { value, low: Math.max(low, 0), high: Math.min(high, 1) };
  };
  const byArrivals = (spec.kind === "server" || spec.kind === "perRequest") && told.length > 0;
  const triggers = byArrivals ? triggersOf(log) : new Set<number>();
  const triggerInstants = new Set([...triggers].map((i) => log.at[i]!));
  return {
    probability: told.length === 0 ? unknown : shareOf((i) => log.cold[i] === 1),
    triggered: byArrivals ? shareOf((i) => triggers.has(i)) : null,
    inTriggerBatch: byArrivals ? shareOf((i) => triggerInstants.has(log.at[i]!)) : null,
    busyPeriod: byArrivals && spec.kind === "server" && spec.servers === 1 ? busyPeriodShare(log, rows, shareOf) : null,
    startsPerSecond: occupancy === undefined ? null : startRate(occupancy),
    duration: durationOf(spec, log, occupancy, report, warmup),
  };
}

/** For each start that served someone, the first request it served cold: the one that made it start. */
function triggersOf(log: OutcomeLog): Set<number> {
  const first = new Map<number, number>();
  for (let i = 0; i < log.length; i++) {
    if (log.cold[i] === 1 && !first.has(log.instance[i]!)) first.set(log.instance[i]!, i);
  }
  return new Set(first.values());
}

/** A busy period begins with an arrival that finds all earlier requests gone, and is cold if that arrival was. */
function busyPeriodShare(
  log: OutcomeLog,
  rows: Int32Array,
  shareOf: (is: (row: number) => boolean) => ColdAnswer["probability"],
) {
  const inColdPeriod = new Uint8Array(log.length);
  let busyUntil = -Infinity;
  let isCold = false;
  for (let i = 0; i < log.length; i++) {
    if (Number.isNaN(log.latency[i]!)) continue;
    if (log.at[i]! >= busyUntil) isCold = log.cold[i] === 1;
    inColdPeriod[i] = Number(isCold);
    busyUntil = Math.max(busyUntil, log.at[i]! + log.latency[i]!);
  }
  return rows.length === 0 ? null : shareOf((i) => inColdPeriod[i] === 1);
}

function startRate({ starts, spanSeconds }: Occupancy) {
  return spanSeconds > 0 ? exactly(starts / spanSeconds) : null;
}

/** Per instance from its order until it was ready; what was there before the first request tells nothing. */
function durationOf(
  spec: TargetSpec,
  log: OutcomeLog,
  occupancy: Occupancy | undefined,
  report: ReportSpec,
  warmup: Seconds,
): ColdAnswer["duration"] {
  // A fresh instance per request is no start of a pod; those are told by who counts the pods.
  if (spec.kind === "spinkube" && occupancy === undefined) return null;
  const times =
    occupancy === undefined
      ? startsSeen(log, warmup)
      : occupancy.startSeconds.filter((_, i) => occupancy.orderedAtSeconds[i]! >= warmup);
  return times.length === 0 ? null : latencyAnswerOf(Float64Array.from(times), report);
}

/** The starts that answers tell of, one per instance. */
function startsSeen(log: OutcomeLog, warmup: Seconds): number[] {
  const seen = new Map<number, number>();
  for (let i = 0; i < log.length; i++) {
    const isKnown = log.instance[i]! >= 0 && !Number.isNaN(log.start[i]!);
    if (isKnown && log.instanceStarted[i]! >= warmup) seen.set(log.instance[i]!, log.start[i]!);
  }
  return [...seen.values()];
}
