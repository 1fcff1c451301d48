import { expect } from "vitest";
import { concurrencyReporter } from "../../src/policies/scaling/concurrencyReporter.ts";
import {
  type DecisionSettings,
  initialDecision,
  isNews,
  noDecision,
  sameSign,
  scalingDecision,
} from "../../src/policies/scaling/decision.ts";
import { maxWindow, timeWindow } from "../../src/policies/scaling/maxWindow.ts";
import { metricCollector } from "../../src/policies/scaling/metricCollector.ts";
import { metricTarget, panicWindow } from "../../src/policies/scaling/metricTarget.ts";
import { linearWindow, smoothingCoefficient, weightedWindow } from "../../src/policies/scaling/metricWindow.ts";
import { activatorCount } from "../../src/policies/scaling/podAutoscaler.ts";
import { withoutProxied } from "../../src/policies/scaling/queueProxyStat.ts";
import { roundToDigits } from "../../src/policies/scaling/round.ts";
import { extrapolate, sampleSize } from "../../src/policies/scaling/sampleSize.ts";
import { activatorChecks } from "./platformActivator.ts";
import { hpaChecks } from "./platformHpa.ts";
import { kedaChecks } from "./platformKeda.ts";
import { kpaReconcile, kpaScale } from "./platformReconciler.ts";
import { revisionChecks } from "./platformRevision.ts";

/** A case as the file has it; every field is read by name and a surprise fails the assertion. */
// biome-ignore lint/suspicious/noExplicitAny: the files are data of many shapes
export type Case = any;

/** How the cases of each group are run; throws or fails an assertion when one does not hold. */
export const platformChecks: Readonly<Record<string, (given: Case) => void>> = {
  ...hpaChecks,
  ...kedaChecks,
  ...activatorChecks,
  ...revisionChecks,
  scale,
  buckets,
  collector,
  kpa_scale: kpaScale,
  kpa_reconcile: kpaReconcile,
  activator_concurrency_reporter: activatorReporter,
  start_in_panic: ({ readyAtConstruction, expect: wanted }) => {
    const state = scalingDecision({ nowSeconds: 0, readyPods: readyAtConstruction }, 0);
    expect({ inPanic: state.panicking, maxPanicPods: state.panicPodsMax }).toEqual(wanted);
  },
  resolve_metric_target: ({ config, pa, expect: wanted }) => {
    const share = pa.metric === "rps" ? config.targetUtilization : config.ccTargetFraction;
    const annotated = pa.targetUtilizationPercentageAnnotation;
    const { target, total } = metricTarget({
      metric: pa.metric,
      containerConcurrency: pa.containerConcurrency,
      target: pa.targetAnnotation,
      utilization: annotated === null ? share : annotated / 100,
      concurrencyDefault: config.ccTargetDefault,
      requestsPerSecondDefault: config.rpsTargetDefault,
    });
    near(target, wanted.target);
    near(total, wanted.total);
  },
  panic_window: (given) =>
    near(panicWindow(given.stableWindowS, given.panicWindowPercentage), given.expectPanicWindowS),
  decider_initial_status: ({ expect: wanted, initialScale, ...settings }) => {
    const { desired, excessBurstCapacity } = initialDecision(settings, initialScale);
    expect({ desired, ebc: excessBurstCapacity }).toEqual(wanted);
  },
  same_sign: ({ a, b, expect: wanted }) => expect(sameSign(a, b)).toBe(wanted),
  notify: ({ start, results }) => {
    let before = { desired: start.desired, excessBurstCapacity: start.ebc };
    for (const { desired, ebc, expectNotify } of results) {
      const after = { desired, excessBurstCapacity: ebc };
      expect(isNews(before, after)).toBe(expectNotify);
      before = after;
    }
  },
  num_activators: ({ expect: wanted, id: _, ...input }) =>
    expect(activatorCount({ ...input, minActivators: 2 })).toBe(wanted),
  sample_size: ({ population, expect: wanted }) => expect(sampleSize(population)).toBe(wanted),
  scrape_extrapolation: (given) => {
    const names: Record<string, string> = {
      averageConcurrentRequests: "sampledAverageConcurrency",
      averageProxiedConcurrentRequests: "sampledProxiedConcurrency",
      requestCount: "sampledRequestCount",
      proxiedRequestCount: "sampledProxiedRequestCount",
    };
    for (const [name, wanted] of Object.entries(given.expect)) {
      near(extrapolate(given[names[name]!], given.pods), wanted as number);
    }
  },
  smoothing_coefficient: ({ numBuckets, expect: wanted, tolerance }) =>
    near(smoothingCoefficient(numBuckets), wanted, tolerance),
  round_to_n_digits: ({ digits, value, expect: wanted }) => expect(roundToDigits(value, digits)).toBe(wanted),
  max_window: ({ size, indices, values, expectCurrentAfterEach }) => {
    const window = maxWindow(size);
    const seen = indices.map((index: number, i: number) => {
      window.record(index, values[i]);
      return window.current;
    });
    expect(seen).toEqual(expectCurrentAfterEach);
  },
  time_window: ({ durationS, granularityS, values, expect: wanted }) => {
    const window = timeWindow({ durationSeconds: durationS, granularitySeconds: granularityS });
    for (const [at, value] of values) window.record(at, value);
    expect(window.current).toBe(wanted);
  },
};

export function near(got: number, wanted: number, tolerance = 1e-9): void {
  expect(Math.abs(got - wanted), `${got} against ${wanted}`).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(wanted)),
  );
}

function settingsOf(spec: Case): DecisionSettings {
  return {
    targetValue: spec.targetValue,
    totalValue: spec.totalValue,
    targetBurstCapacity: spec.targetBurstCapacity,
    panicThreshold: spec.panicThreshold,
    maxScaleUpRate: spec.maxScaleUpRate,
    maxScaleDownRate: spec.maxScaleDownRate,
    stableWindowSeconds: spec.stableWindowS,
    scaleDownDelaySeconds: spec.scaleDownDelayS,
    activationScale: spec.activationScale,
    reachable: spec.reachable,
  };
}

function scale({ spec, readyAtConstruction, prep, steps, ebcTolerance }: Case): void {
  let current = spec;
  const state = scalingDecision({ nowSeconds: 0, readyPods: readyAtConstruction }, spec.scaleDownDelayS, {
    seconds: prep.panicTime ?? undefined,
    pods: prep.maxPanicPods ?? undefined,
  });
  for (const step of steps) {
    current = { ...current, ...step.specUpdate };
    const noData = step.metricsError === true || step.podCountError === true;
    const decision = noData
      ? noDecision
      : state.decide(settingsOf(current), {
          nowSeconds: step.t,
          readyPods: step.ready,
          stableValue: step.stable,
          panicValue: step.panic,
        });
    const { valid, desired, ebc, ...rest } = step.expect;
    expect({ t: step.t, valid: decision.valid, desired: decision.desired }).toEqual({ t: step.t, valid, desired });
    expect(Math.abs(decision.excessBurstCapacity - ebc)).toBeLessThanOrEqual(ebcTolerance);
    for (const [name, wanted] of Object.entries(rest)) {
      if (name === "panicTime" && wanted === null) expect(state.panicking).toBe(false);
      else if (name === "panicTime") expect(state.panicSeconds).toBe(wanted);
      else if (name === "inPanic") expect(state.panicking).toBe(wanted);
      else if (name === "maxPanicPods") expect(state.panicPodsMax).toBe(wanted);
      else throw new Error(`unknown expectation ${name}`);
    }
  }
}

function buckets({ algorithm, windowS, granularityS, ops }: Case): void {
  const window = (algorithm === "linear" ? linearWindow : weightedWindow)(windowS, granularityS);
  const check: Readonly<Record<string, (op: Case) => void>> = {
    record: ({ t, v }) => window.record(t, v),
    average: ({ t, expect: wanted }) => near(window.average(t), wanted, 1e-6),
    isEmpty: ({ t, expect: wanted }) => expect(window.isEmpty(t)).toBe(wanted),
    bucketCount: ({ expect: wanted }) => expect(window.bucketCount).toBe(wanted),
    sum: ({ t, expect: wanted }) =>
      near(
        window.nonZero(t).reduce((sum, [, v]) => sum + v, 0),
        wanted,
        1e-6,
      ),
    nonZeroBuckets: ({ t, expect: wanted }) => expect(window.nonZero(t)).toEqual(wanted),
    resize: ({ windowS: size, now, expectBuckets, expectFirstWriteReset }) => {
      window.resize(size, now);
      expect(window.bucketCount).toBe(expectBuckets);
      if (expectFirstWriteReset !== undefined) expect(window.hasFirstWrite).toBe(!expectFirstWriteReset);
    },
  };
  for (const op of ops) (check[op.op] ?? unknownOperation(op.op))(op);
}

function collector({ stableWindowS, panicWindowS, scrapeTarget, ops }: Case): void {
  const told = metricCollector({
    stableWindowSeconds: stableWindowS,
    panicWindowSeconds: panicWindowS,
    aggregation: "linear",
    scrapes: scrapeTarget,
  });
  for (const op of ops) {
    if (op.op === "scrape" || op.op === "record") {
      const stat = withoutProxied({
        concurrency: op.concurrency ?? 0,
        proxiedConcurrency: op.proxiedConcurrency ?? 0,
        requestsPerSecond: op.rps ?? 0,
        proxiedRequestsPerSecond: op.proxiedRps ?? 0,
      });
      for (let n = 0; n < (op.count ?? 1); n++) told.record(op.t, stat);
    } else if (op.op === "read") {
      const values: Record<string, number | undefined> = {
        stableConcurrency: told.concurrency(op.t)?.stable,
        panicConcurrency: told.concurrency(op.t)?.panic,
        stableRPS: told.requestsPerSecond(op.t)?.stable,
        panicRPS: told.requestsPerSecond(op.t)?.panic,
      };
      if (op.expect === "ErrNoData" || op.expectError !== undefined) expect(told.concurrency(op.t)).toBeNull();
      else for (const [name, wanted] of Object.entries(op.expect)) near(values[name]!, wanted as number, 1e-6);
    } else unknownOperation(op.op);
  }
}

function activatorReporter({ ops, expect: wanted }: Case): void {
  const revisions = new Map<string, ReturnType<typeof concurrencyReporter>>();
  const told: Case[] = [];
  const tell = (rev: string, stat: ReturnType<ReturnType<typeof concurrencyReporter>["report"]>) => {
    if (stat === null) return;
    told.push({ rev, averageConcurrentRequests: stat.concurrency, requestCount: stat.requestsPerSecond });
  };
  for (const op of ops) {
    const now = (op.tMs ?? 0) / 1000;
    if (op.op === "report") {
      for (const [rev, reporter] of revisions) tell(rev, reporter.report(now));
      continue;
    }
    const reporter = revisions.get(op.rev) ?? concurrencyReporter(now);
    revisions.set(op.rev, reporter);
    if (op.op === "in") tell(op.rev, reporter.enter(now));
    else if (op.op === "out") reporter.leave(now);
    else unknownOperation(op.op);
  }
  const ofEach = (stats: Case[]) => [...revisions.keys()].map((rev) => stats.filter((stat) => stat.rev === rev));
  expect(ofEach(told)).toEqual(ofEach(wanted));
}

function unknownOperation(name: string): never {
  throw new Error(`unknown operation ${name}`);
}
