import type { Distribution } from "../distributions/index.ts";
import { type AvailableAnswer, type Estimate, exactly, type LatencyAnswer } from "../scenario/answer.ts";
import type { ReportSpec, Scenario, ServerSpec } from "../scenario/scenario.ts";
import type { AddedTime } from "./addedTime.ts";

/** The answer where requests come faster than they can be served: every wait grows without bound. */
export function unstableAnswer(
  { report }: Scenario,
  target: ServerSpec,
  {
    work,
    added,
    load,
    method,
  }: {
    readonly work: Distribution;
    readonly added: readonly AddedTime[];
    readonly load: number;
    readonly method: string;
  },
): AvailableAnswer {
  const never = exactly(0);
  const always = exactly(1);
  return {
    name: target.name,
    kind: target.kind,
    method,
    status: "exact",
    reason: `the offered load is ${Number(load.toPrecision(4))} of what one instance can serve: the queue grows without bound`,
    stable: false,
    counts: null,
    latency: endless(report),
    breakdown: {
      network: exactly(added.reduce((sum, { mean }) => sum + mean, 0)),
      cold: never,
      start: never,
      queue: exactly(Infinity),
      work: exactly(work.mean),
    },
    overhead: always,
    overheadAt: report.quantiles.map((q) => ({ q, value: always })),
    cold: {
      probability: never,
      triggered: never,
      inTriggerBatch: never,
      busyPeriod: null,
      startsPerSecond: never,
      duration: null,
    },
    instanceStart: null,
    instances: { total: always, starting: never, ready: always, busy: always, idle: never },
    states: { off: never, starting: never, idle: never, busy: always },
    resources: null,
    timeline: null,
    lateness: null,
    uncorrected: null,
  };
}

function endless(report: ReportSpec): LatencyAnswer {
  const infinite: Estimate = exactly(Infinity);
  const seconds = Array.from({ length: 200 }, (_, k) => k);
  return {
    mean: infinite,
    variance: infinite,
    quantiles: report.quantiles.map((q) => ({ q, value: infinite })),
    cdf: report.cdfAt.map((at) => ({ at, value: exactly(0) })),
    buckets: [...report.buckets, Infinity].map((upTo) => ({ upTo, value: exactly(upTo === Infinity ? 1 : 0) })),
    curve: { seconds, probability: seconds.map(() => 0) },
    withinObjective: report.objective === null ? null : exactly(0),
  };
}
