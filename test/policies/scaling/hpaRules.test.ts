import { describe, expect, it } from "vitest";
import { hpaBehavior } from "../../../src/policies/scaling/hpaBehavior.ts";
import {
  limitByBehavior,
  limitWithoutBehavior,
  scaleDownLimit,
  scaleUpLimit,
} from "../../../src/policies/scaling/hpaLimits.ts";
import { type HpaMetric, replicasForMetrics } from "../../../src/policies/scaling/hpaMetrics.ts";
import { hpaPodGroup, type PodView } from "../../../src/policies/scaling/hpaPodGroups.ts";
import { utilizationReplicas } from "../../../src/policies/scaling/hpaPodMetric.ts";
import { stabilizeBothWays, stabilizeDown } from "../../../src/policies/scaling/hpaRecommendations.ts";
import { averageValueReplicas, valueReplicas } from "../../../src/policies/scaling/hpaReplicas.ts";
import { changeWithin, storeScaleEvent } from "../../../src/policies/scaling/hpaScaleEvents.ts";
import { withinTolerance } from "../../../src/policies/scaling/hpaTolerance.ts";

const tolerance = { down: 0.1, up: 0.1 };

describe("the group of a pod", () => {
  const pod: PodView = {
    phase: "Running",
    startedAtSeconds: 0,
    readiness: { ready: true, changedAtSeconds: 20 },
    metric: { takenAtSeconds: 80, windowSeconds: 60 },
  };
  const groupOf = (change: Partial<PodView>, nowSeconds = 100, resource: string | null = "cpu") =>
    hpaPodGroup(
      { ...pod, ...change },
      { nowSeconds, resource, cpuInitializationSeconds: 300, initialReadinessDelaySeconds: 30 },
    );
  const unreadySince = (changedAtSeconds: number) => ({ readiness: { ready: false, changedAtSeconds } });

  it("waits for a whole window since it became ready, while it may be initialising", () => {
    expect(groupOf({})).toBe("ready");
    expect(groupOf({ metric: { takenAtSeconds: 79.9, windowSeconds: 60 } })).toBe("unready");
    expect(groupOf(unreadySince(20))).toBe("unready");
    expect(groupOf({ metric: { takenAtSeconds: 30, windowSeconds: 60 } }, 299)).toBe("unready");
    expect(groupOf({ metric: { takenAtSeconds: 30, windowSeconds: 60 } }, 300)).toBe("ready");
  });

  it("counts later, unless the pod was never ready", () => {
    expect(groupOf(unreadySince(200), 400)).toBe("ready");
    expect(groupOf(unreadySince(29), 400)).toBe("unready");
    expect(groupOf(unreadySince(30), 400)).toBe("ready");
  });

  it("needs a start and a condition for the processor alone", () => {
    expect([groupOf({ readiness: null }), groupOf({ startedAtSeconds: null })]).toEqual(["unready", "unready"]);
    expect([groupOf({ readiness: null }, 100, "memory"), groupOf({ readiness: null }, 100, null)]).toEqual([
      "ready",
      "ready",
    ]);
  });

  it("looks at the phase first", () => {
    expect(groupOf({ deleted: true, phase: "Pending" })).toBe("ignored");
    expect(groupOf({ phase: "Failed" })).toBe("ignored");
    expect(groupOf({ phase: "Pending", metric: null })).toBe("unready");
    expect(groupOf({ metric: null })).toBe("missing");
  });
});

describe("usage", () => {
  it("is cut to whole percent and whole thousandths", () => {
    const ready = (usageMilli: number) => ({ group: "ready", usageMilli, requestMilli: 1000 }) as const;
    const given = { currentReplicas: 2, pods: [ready(500), ready(509)], targetPercent: 50, tolerance };
    expect(utilizationReplicas(given)).toEqual({ replicas: 2, usageMilli: 504, utilizationPercent: 50 });
  });

  it("of no pods at all is nothing for each, and asks afresh", () => {
    const given = { statusReplicas: 0, targetMilli: 10_000, tolerance };
    expect(averageValueReplicas({ ...given, valueMilli: 0 })).toEqual({ replicas: 0, usageMilli: 0 });
    expect(averageValueReplicas({ ...given, valueMilli: 25_000 })).toEqual({ replicas: 3, usageMilli: 0 });
  });

  it("that no replica count can hold is cut to what one can", () => {
    const given = { currentReplicas: 9, readyPods: 9, valueMilli: 1e18, targetMilli: 1, tolerance };
    expect(valueReplicas(given).replicas).toBe(2 ** 31 - 1);
  });
});

describe("metrics together", () => {
  const failed: HpaMetric = { kind: "failed", of: "external" };
  const value = (valueMilli: number): HpaMetric => ({
    kind: "object",
    targetType: "AverageValue",
    valueMilli,
    targetMilli: 1000,
  });
  const counts = { specReplicas: 3, statusReplicas: 3, tolerance };

  it("stay valid while the ones that are read do not scale down", () => {
    expect(replicasForMetrics([failed, value(3000)], counts)).toEqual({ replicas: 3, reason: "ValidMetricFound" });
    expect(replicasForMetrics([failed, value(2000)], counts)).toEqual({
      replicas: null,
      reason: "FailedGetExternalMetric",
    });
  });

  it("fail with the reason of the first that does", () => {
    const reasons = (["resource", "containerResource", "pods", "object", "external", "unknown"] as const).map(
      (of) => replicasForMetrics([{ kind: "failed", of }, failed], counts).reason,
    );
    expect(reasons).toEqual([
      "FailedGetResourceMetric",
      "FailedGetContainerResourceMetric",
      "FailedGetPodsMetric",
      "FailedGetObjectMetric",
      "FailedGetExternalMetric",
      "InvalidMetricSourceType",
    ]);
  });
});

describe("windows", () => {
  const log = [{ atSeconds: 0, replicas: 9 }];

  it("of an HPA without a behavior include their start", () => {
    const at = (nowSeconds: number) => stabilizeDown(log, { nowSeconds, desired: 2, windowSeconds: 300 });
    expect([at(300).replicas, at(300.1).replicas]).toEqual([9, 2]);
    expect([at(300).log.length, at(300.1).log.length]).toEqual([2, 1]);
  });

  it("of a behavior do not, and what lies on it is kept a little longer", () => {
    const windows = { currentReplicas: 9, desired: 2, upWindowSeconds: 0, downWindowSeconds: 300 };
    const at = (nowSeconds: number) => stabilizeBothWays(log, { ...windows, nowSeconds });
    expect([at(299.9).replicas, at(300).replicas]).toEqual([9, 2]);
    expect([at(300).log.length, at(300.1).log.length]).toEqual([2, 1]);
  });

  it("of rates do not either", () => {
    const events = [{ atSeconds: 0, change: 4, outdated: false }];
    expect([changeWithin(events, 59.9, 60), changeWithin(events, 60, 60)]).toEqual([4, 0]);
    const policies = [{ type: "Pods", value: 1, periodSeconds: 60 }] as const;
    const at = (nowSeconds: number) => storeScaleEvent(events, { nowSeconds, change: 1, policies });
    expect([at(60).length, at(60.1).length]).toEqual([2, 1]);
  });

  it("store nothing without a behavior", () => {
    expect(storeScaleEvent([], { nowSeconds: 0, change: 1, policies: null })).toEqual([]);
  });
});

describe("the reason of a limit", () => {
  const up = { currentReplicas: 4, desired: 99, minReplicas: 1 };

  it("is the maximum where both allow as much", () => {
    expect(limitWithoutBehavior({ ...up, maxReplicas: 8 })).toEqual({ replicas: 8, reason: "TooManyReplicas" });
    expect(limitWithoutBehavior({ ...up, maxReplicas: 9 })).toEqual({ replicas: 8, reason: "ScaleUpLimit" });
    const limited = (maxReplicas: number) =>
      limitByBehavior({ ...up, maxReplicas }, hpaBehavior({}), { up: [], down: [] }, 0);
    expect([limited(8), limited(9)].map(({ reason }) => reason)).toEqual(["TooManyReplicas", "ScaleUpLimit"]);
  });

  it("is the minimum where both allow as little", () => {
    const behavior = hpaBehavior({ scaleDown: { policies: [{ type: "Pods", value: 2, periodSeconds: 60 }] } });
    const limited = (minReplicas: number) =>
      limitByBehavior(
        { currentReplicas: 4, desired: 0, minReplicas, maxReplicas: 9 },
        behavior,
        { up: [], down: [] },
        0,
      );
    expect(limited(2)).toEqual({ replicas: 2, reason: "TooFewReplicas" });
    expect(limited(1)).toEqual({ replicas: 2, reason: "ScaleDownLimit" });
  });

  it("comes from a share rounded to the larger change up and to the larger change down", () => {
    const rules = { selectPolicy: "Max", policies: [{ type: "Percent", value: 50, periodSeconds: 60 }] } as const;
    const none = { up: [], down: [] };
    expect([scaleUpLimit(5, rules, none, 0), scaleDownLimit(5, rules, none, 0)]).toEqual([8, 2]);
    const disabled = { ...rules, selectPolicy: "Disabled" } as const;
    expect([scaleUpLimit(5, disabled, none, 0), scaleDownLimit(5, disabled, none, 0)]).toEqual([5, 5]);
  });
});

describe("the tolerance", () => {
  it("includes both its ends, and nothing that is no number", () => {
    const within = (ratio: number) => withinTolerance(ratio, tolerance);
    expect([0.9, 1, 1.1].map(within)).toEqual([true, true, true]);
    expect([0.899, 1.101, Number.NaN, Infinity].map(within)).toEqual([false, false, false, false]);
  });
});
