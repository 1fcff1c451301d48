import type { Seconds } from "../base/units.ts";
import { distribution } from "../distributions/index.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import { type FittedLaw, fitLine, fitTimes } from "../stats/fit.ts";
import type { Fit } from "./calibrate.ts";
import type { OutcomeLog } from "./outcomes.ts";
import { startSteps } from "./watch/podLog.ts";
import { ableSince, type PodRecord, type ServesFrom } from "./watch/podRecord.ts";

/** What was measured of one target. */
export interface MeasuredTarget {
  readonly log: OutcomeLog;
  /** On the schedule's clock; absent where it did not run in a cluster. */
  readonly pods?: readonly PodRecord[] | undefined;
}

interface StartFit {
  /** Fields of the scenario's target. */
  readonly fields: object;
  readonly fits: readonly Fit[];
}

const startPart: Partial<Record<TargetSpec["kind"], string>> = {
  server: "coldStart",
  perRequest: "coldStart",
  knative: "podStart",
  spinkube: "instanceStart",
};

/**
 * The laws of a target's starts: of each instance that served, of each request's own for WaaS, and of each pod that was
 * ordered during the measurement, with its steps.
 *
 * @param rows the completed requests
 */
export function fitStarts(target: TargetSpec, { log, pods }: MeasuredTarget, rows: readonly number[]): StartFit {
  const part = startPart[target.kind];
  if (part === undefined) return { fields: {}, fits: [] };
  const perRequest = target.kind === "spinkube";
  const ofPods = pods === undefined ? { fields: {}, fits: [] } : fitPods(target, pods);
  if (ofPods.fits.length > 0 && !perRequest) return ofPods;
  const own = fitPart(target, part, perRequest ? startsOfRequests(log, rows) : startsOfInstances(log, rows));
  return { fields: { ...own.fields, ...ofPods.fields }, fits: [...own.fits, ...ofPods.fits] };
}

function fitPart(target: TargetSpec, part: string, values: readonly Seconds[]): StartFit {
  if (values.length === 0) return { fields: {}, fits: [] };
  const fit = fitOf(target, part, values);
  return { fields: { [part]: fit.law }, fits: [fit.fit] };
}

function fitOf(target: TargetSpec, part: string, values: readonly Seconds[]) {
  const { law, n, ks, note } = fitTimes(values);
  const fit: Fit = { target: target.name, part, family: law.kind, parameters: parametersOf(law), n, ks, note };
  return { law, fit };
}

function startsOfRequests(log: OutcomeLog, rows: readonly number[]): Seconds[] {
  return rows.map((i) => log.start[i]!).filter((value) => value >= 0);
}

/** One value per instance, in the order in which they first served. */
export function startsOfInstances(log: OutcomeLog, rows: readonly number[]): Seconds[] {
  const starts = new Map<number, Seconds>();
  for (const i of rows) {
    const instance = log.instance[i]!;
    if (instance >= 0 && log.start[i]! >= 0 && !starts.has(instance)) starts.set(instance, log.start[i]!);
  }
  return [...starts.values()];
}

/** What ends a start: a scaled host counts its pods when Kubernetes does, a server that was off is there when requests get to it. */
export const servesFrom: Partial<Record<TargetSpec["kind"], ServesFrom>> = {
  knative: "serving",
  server: "reachable",
  perRequest: "reachable",
};

/** How long each pod took that was ordered during the measurement, from its order until it could serve. */
export function startsOfPods(target: TargetSpec, pods: readonly PodRecord[]): Seconds[] {
  return pods
    .filter(({ at }) => at.ordered >= 0)
    .map((pod) => ableSince(pod, servesFrom[target.kind] ?? "ready") - pod.at.ordered)
    .filter((took) => took >= 0);
}

function fitPods(target: TargetSpec, pods: readonly PodRecord[]): StartFit {
  const whole = startsOfPods(target, pods);
  if (whole.length === 0) return { fields: {}, fits: [] };
  const part = "podStart" in target ? "podStart" : "coldStart";
  const { law, fit } = fitOf(target, part, whole);
  const steps = [...startSteps(pods, 0)].filter(([, values]) => values.length > 0);
  const ofSteps = steps.map(([step, values]) => fitOf(target, `${part}.${step}`, values).fit);
  const delays = steps.find(([step]) => step === "readiness")?.[1] ?? [];
  const readyDelay = target.kind === "knative" && delays.length > 0 ? { readyDelay: fitTimes(delays).law } : {};
  return { fields: { [part]: law, ...readyDelay }, fits: [fit, ...ofSteps] };
}

/** Starts that were ordered together, and how long each took. */
export interface StartGroup {
  readonly seconds: readonly Seconds[];
}

/**
 * How starts slow each other: the CPU time of one, as the slope of how long starts take over how many share a core.
 *
 * With n starts at once on c cores each takes `startWork`·(max(1, n/c) − 1) longer than alone.
 *
 * @returns nothing where the groups do not differ in size, or the slope could be 0
 */
export function fitStartWork(target: TargetSpec, groups: readonly StartGroup[]): StartFit {
  if (target.kind !== "knative" && target.kind !== "spinkube") return { fields: {}, fits: [] };
  const cores = target.nodes?.cores ?? target.cores;
  const points = groups.flatMap(({ seconds }) =>
    seconds.map((took) => [Math.max(seconds.length / cores, 1) - 1, took] as const),
  );
  const line = fitLine(
    points.map(([x]) => x),
    points.map(([, y]) => y),
  );
  const base = { target: target.name, part: "startWork", family: "linear", ks: null } as const;
  if (line === null || !(line.slope > 2 * line.slopeStandardError)) {
    const parameters: Record<string, number> = line === null ? {} : { slopeSeconds: line.slope };
    const note = "starts at once did not take longer than one: none is fitted";
    return { fields: {}, fits: [{ ...base, parameters, n: points.length, note }] };
  }
  const parameters = {
    seconds: line.slope,
    standardError: line.slopeStandardError,
    aloneSeconds: line.intercept,
    r2: determination(points, line),
  };
  const note = `${groups.length} groups of up to ${Math.max(...groups.map(({ seconds }) => seconds.length))} starts at once`;
  // A start cannot compute longer than it lasts.
  const value = Math.min(line.slope, distributionMean(target) ?? line.slope);
  return {
    fields: { startWork: { kind: "deterministic", value } },
    fits: [{ ...base, parameters, n: points.length, note }],
  };
}

function distributionMean(target: TargetSpec): number | undefined {
  if (!("podStart" in target) || target.podStart === null || target.podStart.kind === "steps") return undefined;
  return distribution(target.podStart).mean;
}

/** The share of the variance that the line explains. */
function determination(
  points: readonly (readonly [number, number])[],
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
): number {
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const total = points.reduce((sum, [, y]) => sum + (y - mean) ** 2, 0);
  const rest = points.reduce((sum, [x, y]) => sum + (y - intercept - slope * x) ** 2, 0);
  return total > 0 ? 1 - rest / total : 1;
}

/** A fitted law's parameters by name, times in seconds. */
export function parametersOf(law: FittedLaw): Readonly<Record<string, number>> {
  switch (law.kind) {
    case "deterministic":
      return { value: law.value };
    case "lognormal":
      return { mean: law.mean, scv: law.scv };
    case "shifted":
      return { by: law.by, mean: law.of.mean, scv: law.of.scv };
    case "mixture":
      return Object.fromEntries(
        law.of.flatMap(({ weight, of }, i) => [
          [`weight${i + 1}`, weight],
          [`mean${i + 1}`, of.mean],
          [`scv${i + 1}`, of.scv],
        ]),
      );
    case "empirical":
      return { values: law.values.length, mean: law.values.reduce((sum, value) => sum + value, 0) / law.values.length };
  }
}
