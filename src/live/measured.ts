import type { Seconds } from "../base/units.ts";
import {
  type AvailableAnswer,
  type Counts,
  type Estimate,
  exactly,
  type FailureKind,
  type InstancesAnswer,
  type LatencyAnswer,
  type QuantileEstimate,
  type StatesAnswer,
} from "../scenario/answer.ts";
import { latencyAnswerOf } from "../scenario/latencyAnswer.ts";
import { latencyOverTime } from "../scenario/latencyOverTime.ts";
import type { ReportSpec, Scenario, TargetSpec } from "../scenario/scenario.ts";
import { unknown } from "../stats/intervals.ts";
import { coldAnswer } from "./measuredCold.ts";
import { breakdownOf } from "./measuredParts.ts";
import { columnOf, completed, knownOf, measuredRows, workOf } from "./measuredRows.ts";
import { networkAndCompute } from "./measuredStages.ts";
import { timelineOf } from "./measuredTimeline.ts";
import type { Occupancy } from "./occupancy.ts";
import { type OutcomeLog, outcomeKinds } from "./outcomes.ts";
import { ratioOverTime } from "./ratioOverTime.ts";
import type { TargetReport } from "./targets/target.ts";

const dropped = outcomeKinds.indexOf("dropped");
const unsent = outcomeKinds.indexOf("unsent");

/**
 * What one target's outcome log says, as an answer.
 *
 * Everything is of completed requests that arrived from the warm-up on, except the counts, which take in every request.
 * Quantiles are order statistics. Intervals come from the scatter between stretches of time (`windowInterval`), because requests in one burst or
 * queue share their fate.
 */
export function measuredAnswer(
  scenario: Scenario,
  spec: TargetSpec,
  log: OutcomeLog,
  report: TargetReport,
): AvailableAnswer {
  const rows = measuredRows(log, scenario.warmup);
  const counts = countsOf(log, scenario.warmup);
  const latencies = columnOf(log.latency, rows);
  const instants = columnOf(log.at, rows);
  const overTime = (values: Float64Array): LatencyAnswer => latencyOverTime(values, instants, scenario.report);
  const starts = spec.kind === "spinkube" ? knownOf(columnOf(log.start, rows)) : new Float64Array();
  const { occupancy } = report;
  const told = networkAndCompute(log, rows, scenario.report);
  return {
    name: spec.name,
    kind: spec.kind,
    method: methodOf({ notes: [...told.notes, ...(report.notes ?? [])] }),
    status: "measured",
    stable: true,
    counts,
    latency: latencyOverTime(latencies, instants, scenario.report, { failedAt: failedAt(log, scenario.warmup) }),
    breakdown: breakdownOf(log, rows, spec),
    ...(told.stages.length > 0 && { stages: told.stages }),
    ...overheads(log, rows, spec, scenario.report),
    cold: coldAnswer({ spec, log, rows, occupancy, report: scenario.report, warmup: scenario.warmup }),
    instanceStart: starts.length === 0 ? null : latencyAnswerOf(starts, scenario.report),
    instances: instancesOf(occupancy),
    states: spec.kind === "server" && spec.servers === 1 && occupancy !== undefined ? statesOf(occupancy) : null,
    resources: null,
    timeline: timelineOf(log, occupancy),
    lateness: overTime(columnOf(log.lateness, rows)),
    uncorrected: overTime(columnOf(log.latency, rows, log.lateness)),
  };
}

/** When requests arrived that were measured and did not complete. */
function failedAt(log: OutcomeLog, warmup: Seconds): Float64Array {
  return log.at.filter((at, i) => {
    const kind = log.outcome[i]!;
    return at >= warmup && kind !== completed && kind !== dropped && kind !== unsent;
  });
}

function countsOf(log: OutcomeLog, warmup: Seconds): Counts {
  const byKind = new Array<number>(outcomeKinds.length).fill(0);
  let measured = 0;
  for (let i = 0; i < log.length; i++) {
    const kind = log.outcome[i]!;
    byKind[kind]!++;
    if (kind !== dropped && kind !== unsent && log.at[i]! >= warmup) measured++;
  }
  const failed: Partial<Record<FailureKind, number>> = {};
  for (const [code, kind] of outcomeKinds.entries()) {
    if (kind === "completed" || kind === "dropped" || kind === "unsent") continue;
    if (byKind[code]! > 0) failed[kind] = byKind[code]!;
  }
  return {
    scheduled: log.length,
    // What was in flight at an interruption has no outcome: it counts as unsent, and only there.
    sent: log.length - byKind[dropped]! - byKind[unsent]!,
    completed: byKind[completed]!,
    failed,
    dropped: byKind[dropped]!,
    unsent: byKind[unsent]!,
    measured,
  };
}

/** 1 − E[work]/E[latency] over all, and among the requests at or above each quantile of latency. */
function overheads(
  log: OutcomeLog,
  rows: Int32Array,
  spec: TargetSpec,
  report: ReportSpec,
): { overhead: Estimate; overheadAt: readonly QuantileEstimate[] } {
  const slowestLast = rows.toSorted((a, b) => log.latency[a]! - log.latency[b]!);
  const from = (first: number): Estimate => {
    const inTime = slowestLast.slice(first).sort();
    const { value, low, high } = ratioOverTime(log, inTime, (i) => ({
      sum: log.latency[i]! - workOf(log, i, spec),
      weight: log.latency[i]!,
    }));
    return { value, low: Math.max(low, 0), high: Math.min(high, 1) };
  };
  return {
    overhead: from(0),
    overheadAt: report.quantiles.map((q) => ({
      q,
      value: from(Math.max(Math.ceil(q * rows.length - 1e-9) - 1, 0)),
    })),
  };
}

function instancesOf(occupancy: Occupancy | undefined): InstancesAnswer {
  if (occupancy === undefined) return { total: unknown, starting: null, ready: null, busy: null, idle: null };
  const { starting, ready, busy } = occupancy;
  return {
    total: exactly(starting + ready),
    starting: exactly(starting),
    ready: exactly(ready),
    busy: exactly(busy),
    idle: exactly(Math.max(ready - busy, 0)),
  };
}

const statesOf = ({ states }: Occupancy): StatesAnswer => ({
  off: exactly(states.off),
  starting: exactly(states.starting),
  idle: exactly(states.idle),
  busy: exactly(states.busy),
});

function methodOf({ notes = [] }: TargetReport): string {
  const words =
    "open-loop replay, latency from the scheduled instant; intervals from the scatter between stretches of time";
  return notes.length === 0 ? words : `${words}; ${notes.join("; ")}`;
}
