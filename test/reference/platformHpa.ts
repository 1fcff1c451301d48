import { expect } from "vitest";
import {
  changeWithin,
  type HpaBehaviorSpec,
  type HpaMetric,
  horizontalPodAutoscaler,
  hpaBehavior,
  hpaConstants,
  hpaPodGroup,
  hpaSettings,
  limitByBehavior,
  limitWithoutBehavior,
  type PodUsage,
  type PodView,
  replicasForMetric,
  type ScalingRules,
  scaleDownLimit,
  scaleUpLimit,
  stabilizeBothWays,
  stabilizeDown,
  storeScaleEvent,
} from "../../src/policies/scaling/index.ts";
import { type CaseCheck, expectFields, group } from "./oracleGroup.ts";

const tolerance = { down: hpaConstants.tolerance, up: hpaConstants.tolerance };
/** Kubernetes' own tests run with another growth limit than its releases. */
const testScaleUpLimitFactor = 8;

type Rules = "default" | ScalingRules | null;

interface Aged {
  readonly ageS: number;
}
interface GivenEvent extends Aged {
  readonly change: number;
}
interface GivenRecommendation extends Aged {
  readonly value: number;
}
interface Bounds {
  readonly currentReplicas: number;
  readonly desired: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

const events = (given: readonly GivenEvent[]) =>
  given.map(({ change, ageS }) => ({ atSeconds: -ageS, change, outdated: false }));
const recommendations = (given: readonly GivenRecommendation[]) =>
  given.map(({ value, ageS }) => ({ atSeconds: -ageS, replicas: value }));
const rules = (given: Rules): Partial<ScalingRules> | null => (given === "default" ? {} : given);

/** The groups that were taken from Kubernetes. */
export const hpaChecks: Readonly<Record<string, CaseCheck>> = {
  external_object_metrics: group<
    Omit<GivenMetric, "kind"> & {
      metricKind: string;
      currentReplicas?: number;
      statusReplicas?: number;
      expect: object | "error";
    }
  >(
    "metricKind targetType currentReplicas statusReplicas readyPods metricValueMilli targetMilli expect",
    ({ metricKind: kind, currentReplicas: specReplicas = Number.NaN, statusReplicas = Number.NaN, ...given }) => {
      const counts = { specReplicas, statusReplicas, tolerance };
      expectProposal(replicasForMetric(metricOf({ ...given, kind }), counts), given.expect);
    },
  ),

  resource_and_pods_metrics: group<{ metricKind: string; currentReplicas: number; expect: object | "error" }>(
    "metricKind currentReplicas pods targetUtilizationPercent targetAverageMilli expect",
    (given) => {
      const counts = { specReplicas: given.currentReplicas, statusReplicas: given.currentReplicas, tolerance };
      expectProposal(replicasForMetric(metricOf({ ...given, kind: given.metricKind }), counts), given.expect);
    },
  ),

  group_pods: group<GroupPodsCase>(
    "pods metrics resource cpuInitializationPeriodS delayOfInitialReadinessStatusS expect",
    ({ pods, metrics, ...given }) => {
      const settings = {
        nowSeconds: 0,
        resource: given.resource === "" ? null : given.resource,
        cpuInitializationSeconds: given.cpuInitializationPeriodS,
        initialReadinessDelaySeconds: given.delayOfInitialReadinessStatusS,
      };
      const of = (wanted: string) =>
        pods.filter((pod) => hpaPodGroup(podView(pod, metrics[pod.name]), settings) === wanted).map(({ name }) => name);
      const { readyPodCount, ...named } = given.expect;
      expect(of("ready")).toHaveLength(readyPodCount);
      for (const [name, members] of Object.entries(named)) expect(of(name), name).toEqual(members);
    },
  ),

  stabilize_no_behavior: group<{
    windowS: number;
    recommendations: readonly GivenRecommendation[];
    desired: number;
    expect: object;
  }>("windowS recommendations desired expect", (given) => {
    const input = { nowSeconds: 0, desired: given.desired, windowSeconds: given.windowS };
    const { replicas, log } = stabilizeDown(recommendations(given.recommendations), input);
    expectFields({ stabilized: replicas, logLength: log.length }, given.expect);
  }),

  limits_no_behavior: group<Bounds & { scaleUpLimitFactor: number; scaleUpLimitMinimum: number; expect: object }>(
    "currentReplicas desired minReplicas maxReplicas scaleUpLimitFactor scaleUpLimitMinimum expect",
    (given) => {
      const { replicas, reason } = limitWithoutBehavior(given);
      expectFields({ replicas, condition: reason }, given.expect);
    },
  ),

  behavior_limits: group<{ direction: "up" | "down"; currentReplicas: number; rules: ScalingRules; expect: number }>(
    "direction currentReplicas rules expect",
    (given) => {
      const limit = { up: scaleUpLimit, down: scaleDownLimit }[given.direction];
      expect(limit(given.currentReplicas, given.rules, { up: [], down: [] }, 0)).toBe(given.expect);
    },
  ),

  behavior_rate: group<
    Bounds & {
      scaleUpEvents: readonly GivenEvent[];
      scaleDownEvents: readonly GivenEvent[];
      scaleUp: Rules;
      scaleDown: Rules;
      expect: object;
    }
  >(
    "currentReplicas desired minReplicas maxReplicas scaleUpEvents scaleDownEvents scaleUp scaleDown expect",
    (given) => {
      const behavior = hpaBehavior({ scaleUp: rules(given.scaleUp), scaleDown: rules(given.scaleDown) });
      const past = { up: events(given.scaleUpEvents), down: events(given.scaleDownEvents) };
      const { replicas, reason } = limitByBehavior(given, behavior, past, 0);
      expectFields({ replicas, condition: reason }, given.expect);
    },
  ),

  store_scale_events: group<{
    currentReplicas: number;
    newReplicas: number;
    previousEvents: readonly GivenEvent[];
    rules: ScalingRules | null;
    expect: object;
  }>("currentReplicas newReplicas previousEvents rules expect", (given) => {
    const before = events(given.previousEvents);
    const after = storeScaleEvent(before, {
      nowSeconds: 0,
      change: Math.abs(given.newReplicas - given.currentReplicas),
      policies: given.rules?.policies ?? null,
    });
    const storedEvents = after.map(({ change, outdated }) => ({ change, outdated }));
    expectFields({ replicasChangeInLast60s: changeWithin(before, 0, 60), storedEvents }, given.expect);
  }),

  stabilize_with_behavior: group<{
    recommendations: readonly GivenRecommendation[];
    currentReplicas: number;
    desired: number;
    scaleUpStabilizationS: number;
    scaleDownStabilizationS: number;
    expect: object;
  }>("recommendations currentReplicas desired scaleUpStabilizationS scaleDownStabilizationS expect", (given) => {
    const { replicas, log } = stabilizeBothWays(recommendations(given.recommendations), {
      nowSeconds: 0,
      currentReplicas: given.currentReplicas,
      desired: given.desired,
      upWindowSeconds: given.scaleUpStabilizationS,
      downWindowSeconds: given.scaleDownStabilizationS,
    });
    expectFields({ stabilized: replicas, storedRecommendations: log.map((entry) => entry.replicas) }, given.expect);
  }),

  reconcile: group<{
    minReplicas: number;
    maxReplicas: number;
    specReplicas: number;
    statusReplicas: number;
    metrics: readonly GivenMetric[];
    recommendations: readonly GivenRecommendation[] | null;
    scaleUp: Rules;
    scaleDown: Rules;
    expect: object;
  }>(
    "minReplicas maxReplicas specReplicas statusReplicas metrics recommendations scaleUp scaleDown expect",
    (given) => {
      const behavior = behaviorOf(given);
      const settings = hpaSettings({ ...given, behavior, scaleUpLimitFactor: testScaleUpLimitFactor });
      const start = given.recommendations === null ? {} : { recommendations: recommendations(given.recommendations) };
      const decision = horizontalPodAutoscaler(settings, start).reconcile(0, {
        specReplicas: given.specReplicas,
        statusReplicas: given.statusReplicas,
        metrics: given.metrics.map(metricOf),
      });
      const found = {
        desired: decision.desired,
        ableToScaleReason: decision.ableToScale.reason,
        scalingActiveReason: decision.scalingActive?.reason,
        scalingLimitedReason: decision.scalingLimited?.reason,
      };
      expectFields(found, given.expect);
    },
  ),

  derived_trajectories: group<{
    behavior: { readonly scaleUp?: Rules; readonly scaleDown?: Rules } | "default" | null;
    lagThreshold: number;
    minReplicas: number;
    maxReplicas: number;
    steps: readonly { t: number; lag: number; statusReplicas: number; desired: number }[];
  }>("behavior lagThreshold minReplicas maxReplicas syncPeriodS steps", (given) => {
    const { scaleUp = null, scaleDown = null } = given.behavior === "default" ? {} : (given.behavior ?? {});
    const behavior = given.behavior === null ? null : { scaleUp: rules(scaleUp), scaleDown: rules(scaleDown) };
    const autoscaler = horizontalPodAutoscaler(hpaSettings({ ...given, behavior }));
    const targetMilli = given.lagThreshold * 1000;
    for (const { t, lag, statusReplicas, desired } of given.steps) {
      const metric = { kind: "external", targetType: "AverageValue", valueMilli: lag * 1000, targetMilli } as const;
      const view = { specReplicas: statusReplicas, statusReplicas, metrics: [metric] };
      expect(autoscaler.reconcile(t, view).desired, `at ${t} s`).toBe(desired);
    }
  }),
};

interface GivenMetric {
  readonly kind: string;
  readonly targetType?: string;
  readonly metricValueMilli?: number | null;
  readonly targetMilli?: number;
  readonly readyPods?: number;
  readonly pods?: readonly PodUsage[];
  readonly targetUtilizationPercent?: number;
  readonly targetAverageMilli?: number;
}

function metricOf(given: GivenMetric): HpaMetric {
  const { kind, targetType, metricValueMilli: valueMilli, targetMilli = Number.NaN, pods = [] } = given;
  const { readyPods, targetUtilizationPercent, targetAverageMilli = Number.NaN } = given;
  switch (kind) {
    case "invalid":
      return { kind: "failed", of: "unknown" };
    case "external":
    case "object":
      if (typeof valueMilli !== "number") return { kind: "failed", of: kind };
      if (targetType === "AverageValue") return { kind, targetType, valueMilli, targetMilli };
      if (targetType !== "Value" || readyPods === undefined) throw new Error(`no test for the target ${targetType}`);
      return { kind, targetType, valueMilli, targetMilli, readyPods };
    case "pods":
      return { kind, pods, targetAverageMilli };
    case "resource":
    case "containerResource":
      return targetUtilizationPercent === undefined
        ? { kind, pods, targetAverageMilli }
        : { kind, pods, targetUtilizationPercent };
    default:
      throw new Error(`no test for the metric kind ${kind}`);
  }
}

function expectProposal(proposal: ReturnType<typeof replicasForMetric>, expected: object | "error"): void {
  if (expected === "error") expect(proposal).toHaveProperty("failure");
  else {
    expect(proposal).not.toHaveProperty("failure");
    const usageMilli = "usageMilli" in proposal ? proposal.usageMilli : null;
    expectFields({ ...proposal, averageMilli: usageMilli }, expected);
  }
}

interface GivenPod {
  readonly name: string;
  readonly phase: PodView["phase"];
  readonly deleted?: boolean;
  readonly startAgeS?: number | null;
  readonly readyCondition?: { readonly status: boolean; readonly transitionAgeS: number } | null;
}
interface GivenPodMetric {
  readonly ageS: number | null;
  readonly windowS: number;
}
interface GroupPodsCase {
  readonly pods: readonly GivenPod[];
  readonly metrics: Readonly<Record<string, GivenPodMetric>>;
  readonly resource: string;
  readonly cpuInitializationPeriodS: number;
  readonly delayOfInitialReadinessStatusS: number;
  readonly expect: { readonly readyPodCount: number } & Readonly<Record<"unready" | "missing" | "ignored", string[]>>;
}

/** Ages become instants before 0; a figure without an age was taken long ago. */
function podView(pod: GivenPod, metric: GivenPodMetric | undefined): PodView {
  const { readyCondition: ready = null, startAgeS = null } = pod;
  return {
    phase: pod.phase,
    deleted: pod.deleted ?? false,
    startedAtSeconds: startAgeS === null ? null : -startAgeS,
    readiness: ready === null ? null : { ready: ready.status, changedAtSeconds: -ready.transitionAgeS },
    metric: metric === undefined ? null : { takenAtSeconds: -(metric.ageS ?? Infinity), windowSeconds: metric.windowS },
  };
}

/** An object with rules for either direction has a behavior. */
function behaviorOf({
  scaleUp,
  scaleDown,
}: {
  readonly scaleUp: Rules;
  readonly scaleDown: Rules;
}): HpaBehaviorSpec | null {
  return scaleUp === null && scaleDown === null ? null : { scaleUp: rules(scaleUp), scaleDown: rules(scaleDown) };
}
