import { describe, expect, it } from "vitest";
import { knativeAutoscaler, knativeSettings, podAutoscaler, wakesAtOnce } from "../../src/policies/scaling/index.ts";

const settings = knativeSettings({
  containerConcurrency: 1,
  metric: "concurrency",
  target: null,
  targetUtilization: 0.7,
  minScale: 0,
  maxScale: Infinity,
  initialScale: 1,
  stableWindow: 60,
  panicWindowPercentage: 10,
  panicThresholdPercentage: 200,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  targetBurstCapacity: 211,
  scaleToZero: true,
  scaleToZeroGracePeriod: 30,
  scaleToZeroPodRetentionPeriod: 0,
  scaleDownDelay: 0,
  minActivators: 2,
});

describe("the autoscaler", () => {
  it("changes nothing without data", () => {
    const autoscaler = knativeAutoscaler(settings, { nowSeconds: 0, readyPods: 0 });
    expect(autoscaler.decide(2, 0).valid).toBe(false);
  });

  it("answers a burst in panic, and comes down by halves once the windows are empty", () => {
    const autoscaler = knativeAutoscaler(settings, { nowSeconds: 0, readyPods: 1 });
    let pods = 1;
    const course: number[] = [];
    for (let now = 0; now < 220; now++) {
      autoscaler.record(now, { concurrency: now < 30 ? 35 : 0, requestsPerSecond: 0 });
      if (now % 2 === 1) continue;
      const { desired, panicking } = autoscaler.decide(now, pods);
      if (now === 0) expect({ desired, panicking }).toEqual({ desired: 50, panicking: true });
      if (desired !== pods) course.push(desired);
      pods = desired;
    }
    expect(course[0]).toBe(50);
    expect(course.at(-1)).toBe(0);
    for (const [i, count] of course.entries()) {
      if (i > 0) expect(count).toBeGreaterThanOrEqual(Math.floor(course[i - 1]! / 2));
    }
  });

  it("is woken at once at zero only", () => {
    expect(wakesAtOnce(0, 1)).toBe(true);
    expect(wakesAtOnce(0, 0)).toBe(false);
    expect(wakesAtOnce(-1, 1)).toBe(false);
  });
});

describe("the way to zero", () => {
  /** Reconciles at news and at the instants asked for; returns when the last pod goes. */
  const goneAfter = (overrides: Partial<typeof settings>, excessBurstCapacity: number): number => {
    const reconciler = podAutoscaler({ ...settings, ...overrides }, { nowSeconds: 0, replicas: 1, mode: "serve" });
    reconciler.reconcile(0, { desired: 1, excessBurstCapacity, readyPods: 1 });
    let now = 100; // The tick on which the window is empty.
    for (let step = 0; step < 10; step++) {
      const state = reconciler.reconcile(now, { desired: 0, excessBurstCapacity, readyPods: 1 });
      if (state.replicas === 0) return now - 100;
      expect(state.checkAgainAtSeconds).toBeGreaterThanOrEqual(now);
      expect(state.checkAgainAtSeconds).toBeLessThan(Infinity);
      now = state.checkAgainAtSeconds;
    }
    throw new Error("never");
  };

  // Knative 1.23 recorded: the last pod is deleted two seconds, a tick, after the one before it, and not a recheck later.
  it("is gone at once where the activator has been in the path, after the grace period where it has not", () => {
    expect(goneAfter({}, -100)).toBe(0);
    expect(goneAfter({}, 5)).toBe(30);
  });

  it("waits for the retention period", () => expect(goneAfter({ podRetentionSeconds: 45 }, -100)).toBe(45));

  it("stays at one where zero is not allowed", () => {
    const reconciler = podAutoscaler({ ...settings, scaleToZero: false }, { nowSeconds: 0, replicas: 3 });
    expect(reconciler.reconcile(100, { desired: 0, excessBurstCapacity: -1, readyPods: 3 }).replicas).toBe(1);
  });
});
