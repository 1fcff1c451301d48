import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type HorizontalPodAutoscaler,
  horizontalPodAutoscaler,
  hpaSettings,
} from "../../../src/policies/scaling/hpa.ts";
import type { HpaBehaviorSpec, ScalingPolicy } from "../../../src/policies/scaling/hpaBehavior.ts";
import { hpaConstants } from "../../../src/policies/scaling/hpaConstants.ts";
import type { HpaMetric } from "../../../src/policies/scaling/hpaMetrics.ts";

const threshold = 10;
const lagMetric = (lag: number): HpaMetric => ({
  kind: "external",
  targetType: "AverageValue",
  valueMilli: lag * 1000,
  targetMilli: threshold * 1000,
});
const utilization = (percent: number): HpaMetric => ({
  kind: "resource",
  pods: [{ group: "ready", usageMilli: percent * 10, requestMilli: 1000 }],
  targetUtilizationPercent: 50,
});

/** The counts after each reconciliation, with pods that start at once. */
function play(autoscaler: HorizontalPodAutoscaler, lags: readonly number[], start: number): readonly number[] {
  const counts = [start];
  for (const [i, lag] of lags.entries()) {
    const replicas = counts.at(-1)!;
    const view = { specReplicas: replicas, statusReplicas: replicas, metrics: [lagMetric(lag)] };
    counts.push(autoscaler.reconcile(i * hpaConstants.syncSeconds, view).desired);
  }
  return counts;
}

const lags = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 60 });
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 40 }), fc.nat())
  .map(([min, width, at]) => ({ minReplicas: min, maxReplicas: min + width, start: min + (at % (width + 1)) }));
const policy = fc.record<ScalingPolicy>({
  type: fc.constantFrom("Pods", "Percent"),
  value: fc.integer({ min: 1, max: 150 }),
  periodSeconds: fc.integer({ min: 1, max: 120 }),
});
const rules = fc.record({
  stabilizationWindowSeconds: fc.integer({ min: 0, max: 200 }),
  selectPolicy: fc.constantFrom("Max", "Min", "Disabled"),
  policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
});
const behavior: fc.Arbitrary<HpaBehaviorSpec | null> = fc.option(fc.record({ scaleUp: rules, scaleDown: rules }));

describe("a horizontal pod autoscaler", () => {
  it("stays within its bounds", () => {
    fc.assert(
      fc.property(bounds, behavior, lags, ({ start, ...limits }, how, load) => {
        const counts = play(horizontalPodAutoscaler(hpaSettings({ ...limits, behavior: how })), load, start);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(limits.minReplicas);
        expect(Math.max(...counts)).toBeLessThanOrEqual(limits.maxReplicas);
      }),
      { seed: 1 },
    );
  });

  it("without a behavior grows to at most twice the count or 4, and falls only after 300 s of wishing so", () => {
    fc.assert(
      fc.property(bounds, lags, ({ start, ...limits }, load) => {
        const counts = play(horizontalPodAutoscaler(hpaSettings(limits)), load, start);
        for (const [i, after] of counts.entries()) {
          const before = counts[i - 1] ?? after;
          expect(after).toBeLessThanOrEqual(Math.max(2 * before, 4));
          // The count the first reconciliation finds holds as long as a wish.
          if (i <= 300 / hpaConstants.syncSeconds + 1) expect(after).toBeGreaterThanOrEqual(Math.min(before, start));
        }
      }),
      { seed: 2 },
    );
  });

  it("keeps to a single rate, counted from what there was a period ago", () => {
    fc.assert(
      fc.property(bounds, policy, policy, lags, ({ start, ...limits }, up, down, load) => {
        const how = {
          scaleUp: { policies: [up] },
          scaleDown: { policies: [down], stabilizationWindowSeconds: 0 },
        };
        const counts = play(horizontalPodAutoscaler(hpaSettings({ ...limits, behavior: how })), load, start);
        for (let i = 1; i < counts.length; i++) {
          const [before, after] = [counts[i - 1]!, counts[i]!];
          const { type, value, periodSeconds } = after > before ? up : down;
          // A change at exactly the period's start is not counted any more.
          const ago = counts[Math.max(0, i - Math.ceil(periodSeconds / hpaConstants.syncSeconds))]!;
          if (after > before) {
            expect(after).toBeLessThanOrEqual(type === "Pods" ? ago + value : Math.ceil(ago * (1 + value / 100)));
          } else if (after < before) {
            expect(after).toBeGreaterThanOrEqual(type === "Pods" ? ago - value : Math.trunc(ago * (1 - value / 100)));
          }
        }
      }),
      { seed: 3 },
    );
  });

  it("changes nothing within the tolerance", () => {
    fc.assert(
      fc.property(
        behavior,
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.9, max: 1.1, noNaN: true }),
        (how, n, share) => {
          const autoscaler = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 100, behavior: how }));
          const metrics: HpaMetric[] = [
            { kind: "external", targetType: "AverageValue", valueMilli: Math.round(n * share * 1e6), targetMilli: 1e6 },
          ];
          const ratio = Math.round(n * share * 1e6) / (1e6 * n);
          fc.pre(ratio >= 0.9 && ratio <= 1.1);
          expect(autoscaler.reconcile(0, { specReplicas: n, statusReplicas: n, metrics }).rescale).toBe(false);
        },
      ),
      { seed: 4 },
    );
  });

  it("never asks for fewer when the load is higher", () => {
    fc.assert(
      fc.property(bounds, behavior, fc.nat(600), fc.nat(600), ({ start, ...limits }, how, a, b) => {
        const settings = hpaSettings({ ...limits, behavior: how });
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((lag) => {
          const autoscaler = horizontalPodAutoscaler(settings, { recommendations: [] });
          return play(autoscaler, [lag], start).at(-1)!;
        });
        // Within the tolerance the count stays, which may be one more than the exact count just above it.
        expect(low).toBeLessThanOrEqual(Math.max(high!, start));
        expect(high).toBeGreaterThanOrEqual(Math.min(low!, start));
      }),
      { seed: 5 },
    );
  });

  it("takes the larger of two metrics", () => {
    fc.assert(
      fc.property(bounds, behavior, fc.nat(300), fc.nat(300), ({ start, ...limits }, how, a, b) => {
        const settings = hpaSettings({ ...limits, behavior: how });
        const desired = (...metrics: HpaMetric[]) => {
          const autoscaler = horizontalPodAutoscaler(settings, { recommendations: [] });
          return autoscaler.reconcile(0, { specReplicas: start, statusReplicas: start, metrics }).desired;
        };
        const [first, second] = [lagMetric(a), utilization(b)];
        expect(desired(first, second)).toBe(Math.max(desired(first), desired(second)));
      }),
      { seed: 6 },
    );
  });

  it("does not scale down while a metric fails", () => {
    fc.assert(
      fc.property(bounds, behavior, fc.nat(600), ({ start, ...limits }, how, lag) => {
        const autoscaler = horizontalPodAutoscaler(hpaSettings({ ...limits, behavior: how }), { recommendations: [] });
        const metrics: HpaMetric[] = [{ kind: "failed", of: "pods" }, lagMetric(lag)];
        const decision = autoscaler.reconcile(0, { specReplicas: start, statusReplicas: start, metrics });
        expect(decision.desired).toBeGreaterThanOrEqual(start);
      }),
      { seed: 7 },
    );
  });

  it("leaves a count of 0 alone unless its minimum is 0", () => {
    const view = { specReplicas: 0, statusReplicas: 0, metrics: [lagMetric(500)] };
    const disabled = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 9 })).reconcile(0, view);
    expect(disabled).toMatchObject({ desired: 0, rescale: false, scalingActive: { reason: "ScalingDisabled" } });
    const enabled = horizontalPodAutoscaler(hpaSettings({ minReplicas: 0, maxReplicas: 9 })).reconcile(0, view);
    expect(enabled.desired).toBe(4);
    const idle = { ...view, metrics: [lagMetric(0)] };
    expect(horizontalPodAutoscaler(hpaSettings({ minReplicas: 0, maxReplicas: 9 })).reconcile(0, idle).desired).toBe(0);
  });

  it("brings a count outside its bounds to the next bound, without metrics", () => {
    const autoscaler = horizontalPodAutoscaler(hpaSettings({ minReplicas: 3, maxReplicas: 5 }));
    expect(autoscaler.reconcile(0, { specReplicas: 9, statusReplicas: 9, metrics: [] })).toEqual({
      desired: 5,
      rescale: true,
      ableToScale: { status: true, reason: "SucceededRescale" },
      scalingActive: null,
      scalingLimited: null,
    });
    expect(autoscaler.reconcile(15, { specReplicas: 1, statusReplicas: 1, metrics: [] }).desired).toBe(3);
  });

  it("grows 1, 5, 10, 20, 40 with the default behavior, and not twice in one period", () => {
    const autoscaler = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 100, behavior: {} }));
    expect(play(autoscaler, [640, 640, 640, 640], 1)).toEqual([1, 5, 10, 20, 40]);
    const early = { specReplicas: 40, statusReplicas: 40, metrics: [lagMetric(640)] };
    expect(autoscaler.reconcile(45 + 14, early)).toMatchObject({
      desired: 40,
      scalingLimited: { reason: "ScaleUpLimit" },
    });
  });

  it("has a tolerance for each direction", () => {
    const how = { scaleUp: { tolerance: 0.5 }, scaleDown: { tolerance: 0, stabilizationWindowSeconds: 0 } };
    const desired = (lag: number) =>
      play(horizontalPodAutoscaler(hpaSettings({ maxReplicas: 100, behavior: how })), [lag], 10).at(-1);
    expect([desired(150), desired(151), desired(100), desired(90)]).toEqual([10, 16, 10, 9]);
  });

  it("says what limits it", () => {
    const reason = (lag: number, start: number) => {
      const autoscaler = horizontalPodAutoscaler(hpaSettings({ minReplicas: 2, maxReplicas: 10 }));
      const { ableToScale, scalingActive, scalingLimited } = autoscaler.reconcile(0, {
        specReplicas: start,
        statusReplicas: start,
        metrics: [lagMetric(lag)],
      });
      return [ableToScale.reason, scalingActive?.reason, scalingLimited?.status, scalingLimited?.reason];
    };
    expect(reason(30, 3)).toEqual(["ReadyForNewScale", "ValidMetricFound", false, "DesiredWithinRange"]);
    expect(reason(90, 3)).toEqual(["SucceededRescale", "ValidMetricFound", true, "ScaleUpLimit"]);
    expect(reason(900, 9)).toEqual(["SucceededRescale", "ValidMetricFound", true, "TooManyReplicas"]);
    expect(reason(0, 9)).toEqual(["ScaleDownStabilized", "ValidMetricFound", false, "DesiredWithinRange"]);
  });

  it("without a behavior is held back only on the way down, also where the wish is more than the count", () => {
    const start = { recommendations: [{ atSeconds: 0, replicas: 9 }] };
    const view = { specReplicas: 5, statusReplicas: 5, metrics: [lagMetric(60)] };
    const decision = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 5 }), start).reconcile(60, view);
    expect(decision).toMatchObject({ desired: 5, ableToScale: { reason: "ScaleDownStabilized" } });
  });

  it("says what it could not read, and that it is switched off, and changes nothing", () => {
    const view = { specReplicas: 3, statusReplicas: 3, metrics: [{ kind: "failed", of: "external" } as const] };
    const autoscaler = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 9 }));
    const nothing = {
      rescale: false,
      ableToScale: { status: true, reason: "SucceededGetScale" },
      scalingLimited: null,
    };
    expect(autoscaler.reconcile(0, view)).toEqual({
      ...nothing,
      desired: 3,
      scalingActive: { status: false, reason: "FailedGetExternalMetric" },
    });
    expect(autoscaler.reconcile(15, { ...view, specReplicas: 0, statusReplicas: 0 })).toEqual({
      ...nothing,
      desired: 0,
      scalingActive: { status: false, reason: "ScalingDisabled" },
    });
    expect(autoscaler.reconcile(30, { ...view, metrics: [lagMetric(30)] })).toEqual({
      desired: 3,
      rescale: false,
      ableToScale: { status: true, reason: "ReadyForNewScale" },
      scalingActive: { status: true, reason: "ValidMetricFound" },
      scalingLimited: { status: false, reason: "DesiredWithinRange" },
    });
  });

  it("refuses settings that contradict each other", () => {
    expect(() => hpaSettings({ minReplicas: 3, maxReplicas: 2 })).toThrow(
      "hpaSettings: minReplicas must be in [0, maxReplicas], got 3",
    );
    expect(() => hpaSettings({ maxReplicas: 2, tolerance: Number.NaN })).toThrow(
      "hpaSettings: tolerance must be ≥ 0, got NaN",
    );
    expect(() => hpaSettings({ minReplicas: -1, maxReplicas: 2 })).toThrow("got -1");
    expect(hpaSettings({ minReplicas: 0, maxReplicas: 0 }).minReplicas).toBe(0);
    expect(hpaSettings({ minReplicas: 2, maxReplicas: 2, tolerance: 0 }).tolerance).toBe(0);
  });
});
