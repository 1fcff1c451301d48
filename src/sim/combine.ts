import { type AvailableAnswer, type Breakdown, type Counts, type Estimate, failureKinds } from "../scenario/answer.ts";
import { latencyAnswer, share } from "../scenario/latencyAnswer.ts";
import { joinSamples } from "../scenario/latencyRecorder.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { Histogram, middleOf } from "../stats/histogram.ts";
import { type Interval, type RatioPart, ratioInterval, unknown } from "../stats/intervals.ts";
import type { ReplicationResult } from "./runRecorder.ts";
import { partNames, type SectionData } from "./section.ts";
import { isStable } from "./stable.ts";
import { joinTimelines } from "./timeline.ts";

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
  const sections = results.flatMap((result) => result.sections);
  const perRequest = (pick: (section: SectionData) => number) =>
    share(sections.map((section) => ({ sum: pick(section), weight: section.latency.moments.count })));
  const perTime = (pick: (section: SectionData) => number) =>
    nonNegative(ratioInterval(sections.map((section) => ({ sum: pick(section), weight: section.span }))));
  const latency = latencyAnswer(
    sections.map((section) => section.latency),
    scenario.report,
  );
  const byAutoscaler = target.kind === "knative" || target.kind === "spinkube";
  const isServer = target.kind === "server";
  const has = (pick: (section: SectionData) => number) => sections.some((section) => pick(section) > 0);
  return {
    name: target.name,
    kind: target.kind,
    method: methodOf(target, results),
    status: "simulated",
    stable: isStable(scenario, target),
    counts: countsOf(results),
    latency,
    breakdown: breakdownOf(sections),
    overhead: overheadOf(sections, () => 0),
    overheadAt: scenario.report.quantiles.map((q) => ({ q, value: overheadAt(sections, q) })),
    cold: {
      probability: perRequest((section) => section.cold),
      triggered: byAutoscaler ? null : perRequest((section) => section.triggered),
      inTriggerBatch: byAutoscaler ? null : perRequest((section) => section.inTriggerBatch),
      busyPeriod: isServer ? perRequest((section) => section.inColdBusyPeriod) : null,
      startsPerSecond: perTime((section) => section.starts),
      duration: has((section) => section.starts)
        ? latencyAnswer(
            sections.map((section) => section.coldDuration),
            scenario.report,
          )
        : null,
    },
    instanceStart: has((section) => section.instanceStart.moments.count)
      ? latencyAnswer(
          sections.map((section) => section.instanceStart),
          scenario.report,
        )
      : null,
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
            off: perTime(({ integrals, span }) => span - integrals[1]! - integrals[2]!),
            starting: perTime(({ integrals }) => integrals[1]!),
            idle: perTime(({ integrals }) => integrals[2]! - integrals[3]!),
            busy: perTime(({ integrals }) => integrals[3]!),
          }
        : null,
    resources: null,
    timeline: joinTimelines(results.map(({ timeline }) => timeline)),
    lateness: null,
    uncorrected: null,
  };
}

function countsOf(results: readonly ReplicationResult[]): Counts {
  const sum = (pick: (result: ReplicationResult) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  const failed: Partial<Record<(typeof failureKinds)[number], number>> = {};
  for (const [i, kind] of failureKinds.entries()) {
    const count = sum((result) => result.failed[i]!);
    if (count > 0) failed[kind] = count;
  }
  const scheduled = sum((result) => result.scheduled);
  return {
    scheduled,
    sent: scheduled,
    completed: sum((result) => result.completed),
    failed,
    dropped: 0,
    unsent: 0,
    measured: sum((result) => result.measured),
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

/** 1 − ΣW/ΣL among the requests whose latency lies in a bucket from `first` on. */
function overheadOf(sections: readonly SectionData[], first: () => number): Estimate {
  const bucket = first();
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
  const { value, low, high } = ratioInterval(parts);
  return { value: Math.max(0, value), low: Math.max(0, low), high: Math.min(1, high) };
}

function overheadAt(sections: readonly SectionData[], q: number): Estimate {
  const all = joinSamples(sections.map(({ latency }) => latency));
  if (all.moments.count === 0) return unknown;
  const histogram = new Histogram();
  histogram.addCounts(all.counts);
  return overheadOf(sections, () => histogram.bucketAt(q));
}

const nonNegative = ({ value, low, high }: Interval): Estimate => ({ value, low: low < 0 ? 0 : low, high });

function methodOf(target: TargetSpec, results: readonly ReplicationResult[]): string {
  const requests = results.reduce((sum, { scheduled }) => sum + scheduled, 0);
  const runs = results.length === 1 ? "one run, intervals from its batches" : `${results.length} replications`;
  return `discrete-event simulation of the ${target.kind} target, ${requests} requests in ${runs}`;
}
