import { InputError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { ClusterEvent } from "./clusterWatch.ts";
import { type PodMoment, type PodRecord, podMoments, podRecord } from "./podRecord.ts";

/** What was seen of a target's pods beside its requests, on the schedule's clock. */
export interface PodLog {
  readonly pods: readonly PodRecord[];
  readonly events: readonly ClusterEvent[];
}

/** The steps of a start (as in a scenario's `podStart.steps`, and the way to it), each from one moment to the next. */
const steps = [
  ["control", "ordered", "created"],
  ["schedule", "created", "scheduled"],
  ["sandbox", "scheduled", "sandboxed"],
  ["pull", "sandboxed", "pulled"],
  ["containers", "pulled", "started"],
  ["process", "started", "serving"],
  ["readiness", "serving", "ready"],
  ["endpoint", "ready", "reachable"],
] as const satisfies readonly (readonly [string, PodMoment, PodMoment])[];

/**
 * How long each step of the pods' starts took, of pods that were ordered from `fromSeconds` on.
 *
 * News of two moments can come at once or in the wrong order; a step is never less than nothing.
 */
export function startSteps(pods: readonly PodRecord[], fromSeconds: Seconds): ReadonlyMap<string, readonly Seconds[]> {
  const found = new Map<string, Seconds[]>(steps.map(([name]) => [name, []]));
  for (const { at } of pods) {
    if (!(at.ordered >= fromSeconds) || Number.isNaN(at.ready)) continue;
    for (const [name, from, to] of steps) {
      const took = at[to] - at[from];
      if (!Number.isNaN(took)) found.get(name)!.push(Math.max(took, 0));
    }
  }
  return found;
}

/** The starts of pods ordered from `fromSeconds` on in a line, the median of each step; null where there was none. */
export function describeStarts(pods: readonly PodRecord[], fromSeconds: Seconds): string | null {
  const found = [...startSteps(pods, fromSeconds)].filter(([, values]) => values.length > 0);
  const count = Math.max(0, ...found.map(([, values]) => values.length));
  if (count === 0) return null;
  const parts = found.map(([step, values]) => {
    const median = values.toSorted((a, b) => a - b)[values.length >> 1]!;
    return `${step} ${median.toFixed(3)} s`;
  });
  return `${count} ${count === 1 ? "pod" : "pods"} started, medians: ${parts.join(", ")}`;
}

/** The same log on another clock. */
export function shiftPodLog({ pods, events }: PodLog, by: Seconds): PodLog {
  return {
    pods: pods.map((pod) => ({
      ...pod,
      at: Object.fromEntries(podMoments.map((moment) => [moment, pod.at[moment] + by])) as PodRecord["at"],
    })),
    events: events.map((event) => ({ ...event, atSeconds: event.atSeconds + by })),
  };
}

const podHeader = ["pod", ...podMoments.map((moment) => `${moment}_seconds`)].join(",");
/** As it was before it was known when a pod could be reached. */
const formerHeader = podHeader.replace(",reachable_seconds", "");
const eventHeader = "at_seconds,kind,object,reason,detail";

/** `NAME.pods.csv`, line by line: an empty cell was never heard of. */
export function* podCsvLines({ pods }: PodLog): Generator<string> {
  yield podHeader;
  for (const { name, at } of pods) {
    yield [name, ...podMoments.map((moment) => (Number.isNaN(at[moment]) ? "" : at[moment]))].join(",");
  }
}

/** `NAME.events.csv`, line by line. */
export function* eventCsvLines({ events }: PodLog): Generator<string> {
  yield eventHeader;
  for (const { atSeconds, kind, object, reason, detail } of events) {
    yield [atSeconds, kind, object, reason, quoted(detail)].join(",");
  }
}

/**
 * Pods from their CSV.
 *
 * @throws {InputError} with every line that cannot be used (the first ten)
 */
export function parsePods(text: string, file: string): readonly PodRecord[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  if (header !== podHeader && header !== formerHeader) {
    throw new InputError(file, [{ path: "", line: 1, message: `the first line of a pod log must be "${podHeader}"` }]);
  }
  const moments = header === podHeader ? podMoments : podMoments.filter((moment) => moment !== "reachable");
  const issues: { path: string; line: number; message: string }[] = [];
  const pods = lines.map((line, i) => {
    const [name, ...cells] = line.split(",");
    const record = podRecord(name!);
    const bad = cells.length !== moments.length || cells.some((cell) => !Number.isFinite(Number(cell)));
    if (bad) issues.push({ path: "", line: i + 2, message: `expected a name and ${moments.length} numbers` });
    for (const [k, moment] of moments.entries()) {
      record.at[moment] = cells[k] === "" ? Number.NaN : Number(cells[k]);
    }
    return record;
  });
  if (issues.length > 0) throw new InputError(file, issues.slice(0, 10));
  return pods;
}

/** One line and one cell, whatever Kubernetes wrote. */
function quoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
