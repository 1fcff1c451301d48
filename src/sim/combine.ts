import {
  type AvailableAnswer,
  type Breakdown,
  type ColdAnswer,
  type Counts,
  type Estimate,
  failureKinds,
  type LatencyAnswer,
  type StageAnswer,
} from "../scenario/answer.ts";
import { edgeParts } from "../scenario/edge.ts";
import { latencyAnswer, share } from "../scenario/latencyAnswer.ts";
import { joinSamples, type LatencySample } from "../scenario/latencyRecorder.ts";
import { oneRun } from "../scenario/oneRun.ts";
import { resourcesOf, type Usage } from "../scenario/resources.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { Histogram, middleOf } from "../stats/histogram.ts";
import { type Interval, type RatioPart, ratioInterval, unknown } from "../stats/intervals.ts";
import type { ReplicationResult } from "./runRecorder.ts";
import { partNames, type SectionData } from "./section.ts";
import { isStable } from "./stable.ts";
import { joinTimelines } from "./timeline.ts";
import { independentBatches, warningsOf } from "./warnings.ts";

/**
 * One target's answer from its replications: figures pooled over all, intervals from the scatter between them (one long run: between its batches).
 *
 * @throws {Error} when the scenario has no such target or there is no result
 */
export function combineReplications(
  scenario: Scenario,
  targetName: string,
  results: readonly ReplicationResult[],
): AvailableAnswer {
  const target = scenario.targets.find(({ name }) => name === targetName);
  if (target === undefined || results.length === 0) throw new Error(`nothing was simulated for target ${targetName}`);
  const { sections, alike } =
    results.length > 1
      ? { sections: results.flatMap((result) => result.sections), alike: false }
      : independentBatches(results[0]!.sections);
  const perTime = (pick: (section: SectionData) => number) => rateOf(sections, pick);
  const latencies = sections.map((section) => section.latency);
  const latency = latencyAnswer(latencies, scenario.report);
  const isServer = target.kind === "server";
  const series = results.map((result) => result.series);
  const warnings = warningsOf(scenario, target, { series, mean: latency.mean, alike });
  return {
    name: target.name,
    kind: target.kind,
    method: methodOf(target, results),
    status: "simulated",
    stable: isStable(scenario, target),
    ...(warnings.length > 0 && { warnings }),
    counts: countsOf(results),
    latency: results.length > 1 ? { ...latency, oneRun: oneRun(latencies, scenario.report) } : latency,
    breakdown: breakdownOf(sections),
    ...(target.kind === "pipeline" && { stages: stagesOf(scenario, target.stages, sections) }),
    ...(target.kind === "edge" && {
      stages: stagesOf(
        scenario,
        edgeParts.map((name) => ({ name, kind: name })),
        sections,
      ),
    }),
    overhead: overheadOf(sections, 0),
    overheadAt: scenario.report.quantiles.map((q) => ({ q, value: overheadAt(sections, q) })),
    cold: coldOf(scenario, target, sections),
    instanceStart: lawOf(scenario, sections, ({ instanceStart }) => instanceStart),
    instances: {
      total: perTime(({ integrals }) => integrals[0]!),
      starting: perTime(({ integrals }) => integrals[1]!),
      ready: perTime(({ integrals }) => integrals[2]!),
      busy: perTime(({ integrals }) => integrals[3]!),
      idle: perTime(({ integrals }) => integrals[2]! - integrals[3]!),
    },
    states:
      isServer && target.servers === 1
        ? {
            off: asShare(perTime(({ integrals, span }) => span - integrals[1]! - integrals[2]!)),
            starting: asShare(perTime(({ integrals }) => integrals[1]!)),
            idle: asShare(perTime(({ integrals }) => integrals[2]! - integrals[3]!)),
            busy: asShare(perTime(({ integrals }) => integrals[3]!)),
          }
        : null,
    resources: resourcesOf(target, sections.map(usageOf)),
    timeline: joinTimelines(results.map(({ timeline }) => timeline)),
    lateness: null,
    uncorrected: null,
  };
}

function coldOf(scenario: Scenario, target: TargetSpec, sections: readonly SectionData[]): ColdAnswer {
  const perRequest = (pick: (section: SectionData) => number) =>
    share(sections.map((section) => ({ sum: pick(section), weight: section.latency.moments.count })));
  // An autoscaler orders pods for load, not for one request.
  const byRequests = target.kind === "server" || target.kind === "perRequest" || target.kind === "edge";
  return {
    probability: perRequest((section) => section.cold),
    triggered: byRequests ? perRequest((section) => section.triggered) : null,
    inTriggerBatch: byRequests ? perRequest((section) => section.inTriggerBatch) : null,
    busyPeriod:
      target.kind === "server" || target.kind === "edge" ? perRequest((section) => section.inColdBusyPeriod) : null,
    startsPerSecond: rateOf(sections, (section) => section.starts),
    duration: lawOf(scenario, sections, ({ coldDuration }) => coldDuration),
  };
}

/** The law of a time that not every target has; null where it never occurred. */
function lawOf(
  { report }: Scenario,
  sections: readonly SectionData[],
  pick: (section: SectionData) => LatencySample,
): LatencyAnswer | null {
  const samples = sections.map(pick);
  return samples.some(({ moments }) => moments.count > 0) ? latencyAnswer(samples, report) : null;
}

function usageOf({ integrals, parts, latency, span }: SectionData): Usage {
  return {
    instances: integrals[0]!,
    starting: integrals[1]!,
    busy: integrals[3]!,
    inService: parts[2]! + parts[3]! + parts[4]!,
    requests: latency.moments.count + latency.failures,
    span,
  };
}

/** Per second of the time that the averages cover. */
const rateOf = (sections: readonly SectionData[], pick: (section: SectionData) => number): Estimate =>
  nonNegative(ratioInterval(sections.map((section) => ({ sum: pick(section), weight: section.span }))));

function countsOf(results: readonly ReplicationResult[]): Counts {
  const sum = (pick: (result: ReplicationResult) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  const failed: Partial<Record<(typeof failureKinds)[number], number>> = {};
  for (const [i, kind] of failureKinds.entries()) {
    const count = sum((result) => result.failed[i]!);
    if (count > 0) failed[kind] = count;
  }
  const scheduled = sum((result) => result.scheduled);
  const attempts = sum((result) => result.attempts);
  return {
    scheduled,
    sent: scheduled,
    completed: sum((result) => result.completed),
    failed,
    dropped: 0,
    unsent: 0,
    measured: sum((result) => result.measured),
    ...(attempts > 0 && { attempts }),
  };
}

function breakdownOf(sections: readonly SectionData[]): Breakdown {
  const part = (index: number): Estimate =>
    nonNegative(
      ratioInterval(sections.map(({ parts, latency }) => ({ sum: parts[index]!, weight: latency.moments.count }))),
    );
  const [network, cold, start, queue, work] = partNames.map((_, index) => part(index)) as [
    Estimate,
    Estimate,
    Estimate,
    Estimate,
    Estimate,
  ];
  return { network, cold, start, queue, work };
}

/** How long the requests that passed all stages were in each. */
const stagesOf = (
  { report }: Scenario,
  stages: readonly { readonly name: string; readonly kind: string }[],
  sections: readonly SectionData[],
): StageAnswer[] =>
  stages.map(({ name, kind }, i) => {
    const samples = sections.flatMap((section) => section.stages[i] ?? []);
    if (samples.length === 0) return { name, kind, mean: unknown };
    const { mean, quantiles } = latencyAnswer(samples, report);
    return { name, kind, mean: nonNegative(mean), quantiles };
  });

/** 1 − ΣW/ΣL among the requests whose latency lies in this bucket or above. */
function overheadOf(sections: readonly SectionData[], bucket: number): Estimate {
  const parts = sections.map((section): RatioPart => {
    const { counts } = section.latency;
    let work = 0;
    let latency = 0;
    if (bucket === 0) {
      work = section.parts[partNames.indexOf("work")]!;
      latency = section.latency.moments.mean * section.latency.moments.count;
    } else {
      for (let i = bucket; i < counts.length; i++) {
        if (counts[i] === 0) continue;
        work += section.workByBucket[i]!;
        latency += counts[i]! * middleOf(i);
      }
    }
    return { sum: latency - work, weight: latency };
  });
  return asShare(ratioInterval(parts));
}

function overheadAt(sections: readonly SectionData[], q: number): Estimate {
  const all = joinSamples(sections.map(({ latency }) => latency));
  if (all.moments.count === 0) return unknown;
  const histogram = new Histogram();
  histogram.addCounts(all.counts);
  return overheadOf(sections, histogram.bucketAt(q));
}

/** Student's interval does not know that a share ends at 0 and 1. */
const asShare = ({ value, low, high }: Interval): Estimate => ({
  value: Math.min(1, Math.max(0, value)),
  low: Math.min(1, Math.max(0, low)),
  high: Math.min(1, Math.max(0, high)),
});

const nonNegative = ({ value, low, high }: Interval): Estimate => ({ value, low: low < 0 ? 0 : low, high });

function methodOf(target: TargetSpec, results: readonly ReplicationResult[]): string {
  const requests = results.reduce((sum, { scheduled }) => sum + scheduled, 0);
  const runs = results.length === 1 ? "one run, intervals from its batches" : `${results.length} replications`;
  return `discrete-event simulation of the ${target.kind} target, ${requests} requests in ${runs}`;
}
