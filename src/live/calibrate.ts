import { InputError, type Issue } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { distribution } from "../distributions/index.ts";
import type { CalibrationSource, Scenario, TargetSpec } from "../scenario/scenario.ts";
import { withSha256 } from "../scenario/scenarioSha256.ts";
import { type FittedLaw, fitLine, fitTimes, type LineFit } from "../stats/fit.ts";
import { fitStarts, type MeasuredTarget, parametersOf } from "./fitStarts.ts";
import { heldBeyondWork } from "./heldSlot.ts";
import type { OutcomeLog } from "./outcomes.ts";
import { fitStages } from "./pipeline/fitStages.ts";
import { measuredStages } from "./pipeline/functionSpec.ts";
import type { StageLog } from "./pipeline/stageLog.ts";
import { completedRows, quantile, ruleText, unhindered } from "./unhindered.ts";
import type { PodRecord } from "./watch/podRecord.ts";

/** One fitted part of one target. */
export interface Fit {
  readonly target: string;
  /** The field of the scenario that it fills (workFactor, podStart and so on), or a step of it (podStart.schedule). */
  readonly part: string;
  readonly family: "linear" | "simulated" | FittedLaw["kind"];
  /** Times in seconds. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Observations that it rests on. */
  readonly n: number;
  /** Kolmogorov–Smirnov distance from the observations; null where the part is no law or restates them. */
  readonly ks: number | null;
  readonly note: string;
}

export interface Calibrated {
  /** The scenario with the fits in place of what it stated, marked with where they come from. */
  readonly scenario: Scenario;
  readonly fits: readonly Fit[];
}

/** What a measurement leaves beside its outcome logs, by target name. */
export interface Beside {
  readonly pods?: ReadonlyMap<string, readonly PodRecord[]>;
  readonly stages?: ReadonlyMap<string, StageLog>;
}

/**
 * A scenario's targets fitted to a measurement of them, from the outcome logs alone.
 *
 * Work factor: the slope of the measured on the scheduled work, and of a single slot its hand-over; the rest is overhead. Cold start: the
 * start of each instance that served (WaaS: of each request's own instance). Request overhead: latency less start and
 * work, of requests that cannot have waited (docs/report.md says which). The laws are `fitTimes`'s. What a log
 * cannot tell is left as stated. Targets without a log are left alone.
 *
 * @param outcomes logs by target name
 * @param source the measurement; a scenario fitted on a seed must be judged by another
 * @param beside by target name, what was seen of its pods: its starts then are the pods', each step told; and how long
 *   the events of a pipeline were in each stage, which is what its stages are fitted to
 * @throws {InputError} naming each target whose log holds no completed request, or where there is no log at all
 */
export function calibrate(
  scenario: Scenario,
  outcomes: ReadonlyMap<string, OutcomeLog>,
  source: CalibrationSource,
  beside: Beside = {},
): Calibrated {
  const issues = problems(scenario, outcomes, beside.stages);
  if (issues.length > 0) throw new InputError("outcomes", issues);
  const fits: Fit[] = [];
  const targets = scenario.targets.map((target) => {
    const log = outcomes.get(target.name);
    if (log === undefined) return target;
    const stages = beside.stages?.get(target.name);
    const result =
      target.kind === "pipeline"
        ? fitStages(target, { log, stages: stages! }, (called, calls) =>
            fitTarget(called, { log: calls, pods: beside.pods?.get(target.name) }),
          )
        : fitTarget(target, { log, pods: beside.pods?.get(target.name) });
    fits.push(...result.fits);
    return result.target;
  });
  return { scenario: withSha256({ ...scenario, targets, calibration: source }), fits };
}

function problems(
  scenario: Scenario,
  outcomes: ReadonlyMap<string, OutcomeLog>,
  stages: Beside["stages"] = new Map(),
): Issue[] {
  const logs = scenario.targets.flatMap((target) => {
    const log = outcomes.get(target.name);
    return log === undefined ? [] : [{ target, name: target.name, log }];
  });
  if (logs.length === 0) return [{ path: "", message: "no outcome log of any target of the scenario: nothing to fit" }];
  return logs.flatMap(({ target, name, log }): Issue[] => {
    if (target.kind === "pipeline" && measuredStages(target) === null)
      return [{ path: name, message: "only produce, aggregator, produce, trigger and a function can be fitted" }];
    if (target.kind === "pipeline" && !stages.has(name))
      return [{ path: name, message: "a pipeline is fitted to its stages: measure it by replay --through kafka" }];
    if (log.length === 0) return [{ path: name, message: "the outcome log is empty: nothing to fit" }];
    if (completedRows(log).length > 0) return [];
    return [{ path: name, message: `none of the ${log.length} requests completed: nothing to fit` }];
  });
}

function fitTarget(
  target: TargetSpec,
  measured: MeasuredTarget,
): { readonly target: TargetSpec; readonly fits: Fit[] } {
  const { log } = measured;
  const rows = completedRows(log);
  const work = withHold(fitWork(target, log, rows), target, log, rows);
  const start = fitStarts(target, measured, rows);
  const overhead = fitOverhead(target, log, rows, work);
  const fitted = { ...target, workFactor: work.factor, ...overhead.fields, ...start.fields } as TargetSpec;
  return { target: fitted, fits: [work.fit, ...start.fits, ...overhead.fits] };
}

interface WorkFit {
  /** Of the scheduled work: what it takes to do. */
  readonly slope: number;
  /** What a request holds its slot for beyond its work. */
  readonly heldSeconds: Seconds;
  /** The two together, as a scenario can say it. */
  readonly factor: number;
  readonly fit: Fit;
}

function fitWork(
  target: TargetSpec,
  log: OutcomeLog,
  rows: readonly number[],
): Omit<WorkFit, "factor" | "heldSeconds"> {
  const known = rows.filter((i) => !Number.isNaN(log.workDone[i]!));
  const x = known.map((i) => log.work[i]!);
  const y = known.map((i) => log.workDone[i]!);
  const base = { target: target.name, part: "workFactor", family: "linear", ks: null } as const;
  const line = fitLine(x, y);
  if (line !== null && determined(line)) {
    const { slope, slopeStandardError: standardError, intercept: interceptSeconds, n } = line;
    return {
      slope,
      fit: {
        ...base,
        parameters: { factor: slope, standardError, interceptSeconds },
        n,
        note: "slope of measured on scheduled work",
      },
    };
  }
  const total = x.reduce((sum, value) => sum + value, 0);
  if (total > 0) {
    const slope = y.reduce((sum, value) => sum + value, 0) / total;
    const why = line === null ? "the work does not vary" : "the slope is not determined";
    if (slope > 0)
      return {
        slope,
        fit: { ...base, parameters: { factor: slope }, n: known.length, note: `${why}: ratio of the means` },
      };
  }
  const slope = target.workFactor;
  const why = known.length === 0 ? "no work was measured" : "there was no work to scale";
  return { slope, fit: { ...base, parameters: { factor: slope }, n: known.length, note: `${why}: as stated` } };
}

/**
 * The hand-over from one request to the next keeps a single slot busy though nobody works. A scenario has no field for
 * it, and at high load it decides how long others wait; so it counts as work, in proportion.
 */
function withHold(
  { slope, fit }: Omit<WorkFit, "factor" | "heldSeconds">,
  target: TargetSpec,
  log: OutcomeLog,
  rows: readonly number[],
): WorkFit {
  const meanWork = rows.reduce((sum, i) => sum + log.work[i]!, 0) / rows.length;
  const held = heldBeyondWork(target, log, rows, slope);
  if (held === null || !(meanWork > 0)) return { slope, heldSeconds: 0, factor: slope, fit };
  const factor = slope + held.seconds / meanWork;
  const note = `${fit.note}, and the slot's hand-over as work, from ${held.n} requests that followed another at once`;
  return {
    slope,
    heldSeconds: held.seconds,
    factor,
    fit: { ...fit, parameters: { ...fit.parameters, factor, slope, heldSeconds: held.seconds }, note },
  };
}

/** A slope counts when it is positive and known to within a fifth. */
const determined = ({ slope, slopeStandardError, n }: LineFit): boolean =>
  n >= 5 && slope > 0 && slopeStandardError <= slope / 5;

function fitOverhead(
  target: TargetSpec,
  log: OutcomeLog,
  rows: readonly number[],
  { slope, heldSeconds }: WorkFit,
): { readonly fields: object; readonly fits: Fit[] } {
  const perRequestStart = target.kind === "spinkube";
  const warm = perRequestStart ? rows : rows.filter((i) => log.cold[i] !== 1);
  if (warm.length === 0) return { fields: {}, fits: [] };
  const remainder = (i: number): Seconds => {
    const beside = log.latency[i]! - slope * log.work[i]! - (perRequestStart && log.start[i]! >= 0 ? log.start[i]! : 0);
    // The hand-over is a mean: a quick request must not be left with less than nothing.
    return beside - Math.min(heldSeconds, Math.max(0, 0.9 * beside));
  };
  const { values, rule } = unhindered(target, log, warm, remainder);

  // A stated network that the measurement has no room for was not on the way: the overhead then holds all there is.
  const network = distribution(target.network).mean;
  const travelled = network > 0 && quantile(values, 0.05) >= network;
  const times = values.map((value) => Math.max(0, travelled ? value - network : value));
  // The smallest tenth is cut off above, so only its middle is worth keeping.
  const { law, n, ks, note } = fitTimes(rule === "low" ? [quantile(times, 0.5)] : times);
  const nearby = network > 0 && !travelled ? "; the stated network was not on the way and is set to 0" : "";
  const fit = {
    target: target.name,
    part: "requestOverhead",
    family: law.kind,
    parameters: parametersOf(law),
    n,
    ks,
    note: `${ruleText[rule]}; ${note}${nearby}`,
  };
  return {
    fields: { requestOverhead: law, ...(nearby === "" ? {} : { network: { kind: "deterministic", value: 0 } }) },
    fits: [fit],
  };
}
