import { describe, expect, it } from "vitest";
import {
  type DecisionSettings,
  initialDecision,
  isNews,
  sameSign,
  scalingDecision,
} from "../../../src/policies/scaling/decision.ts";

const settings: DecisionSettings = {
  targetValue: 10,
  totalValue: 14,
  targetBurstCapacity: 20,
  panicThreshold: 2,
  maxScaleUpRate: 10,
  maxScaleDownRate: 2,
  stableWindowSeconds: 60,
  scaleDownDelaySeconds: 0,
  activationScale: 0,
  reachable: true,
};
const observed = (readyPods: number, stableValue: number, panicValue = 0, nowSeconds = 0) => ({
  nowSeconds,
  readyPods,
  stableValue,
  panicValue,
});
const once = (given: Partial<DecisionSettings>, observation: ReturnType<typeof observed>) =>
  scalingDecision({ nowSeconds: 0, readyPods: 0 }, 0).decide({ ...settings, ...given }, observation);

describe("panic", () => {
  it("is where a restarted autoscaler begins with more than one pod, because it has no history", () => {
    const one = scalingDecision({ nowSeconds: 100, readyPods: 1 }, 0);
    expect([one.panicking, one.panicSeconds, one.panicPodsMax]).toEqual([false, Number.NaN, 1]);
    const two = scalingDecision({ nowSeconds: 100, readyPods: 2 }, 0);
    expect([two.panicking, two.panicSeconds, two.panicPodsMax]).toEqual([true, 100, 2]);
    const given = scalingDecision({ nowSeconds: 100, readyPods: 1 }, 0, { seconds: 50, pods: 7 });
    expect([given.panicking, given.panicSeconds, given.panicPodsMax]).toEqual([true, 50, 7]);
  });

  it("begins at the threshold, never falls, and ends when a stable window has passed since", () => {
    const state = scalingDecision({ nowSeconds: 0, readyPods: 1 }, 0);
    expect(state.decide(settings, observed(2, 10, 30, 10))).toMatchObject({ panicking: false, desired: 1 });
    expect(state.decide(settings, observed(2, 10, 31, 20))).toMatchObject({ panicking: true, desired: 4 });
    expect(state.decide(settings, observed(4, 10, 10, 80))).toMatchObject({ panicking: true, desired: 4 });
    expect(state.panicPodsMax).toBe(4);
    expect(state.decide(settings, observed(4, 10, 10, 80.5))).toMatchObject({ panicking: false, desired: 2 });
    expect(state.panicPodsMax).toBe(0);
    // A start later in the day is no panic that has gone on since midnight.
    const quiet = scalingDecision({ nowSeconds: 0, readyPods: 1 }, 0);
    quiet.decide(settings, observed(1, 10, 10, 1000));
    expect(quiet.panicPodsMax).toBe(1);
  });
});

describe("one decision", () => {
  it("goes up by the factor and down to the share, of one pod at least", () => {
    expect(once({}, observed(2, 1000)).desired).toBe(20);
    expect(once({ maxScaleUpRate: 1.1 }, observed(0, 1000)).desired).toBe(2);
    expect(once({}, observed(9, 0)).desired).toBe(4);
    expect(once({ reachable: false }, observed(9, 0)).desired).toBe(0);
    expect(once({}, observed(3, 21)).desired).toBe(3);
  });

  it("jumps to the activation scale where there is any demand", () => {
    expect(once({ activationScale: 3 }, observed(1, 1)).desired).toBe(3);
    expect(once({ activationScale: 3 }, observed(1, 0)).desired).toBe(0);
    expect(once({ activationScale: 3 }, observed(1, 45)).desired).toBe(5);
    expect(once({ activationScale: 1 }, observed(1, 25)).desired).toBe(3);
  });

  it("holds the largest recent count for the delay, where a route leads to the revision", () => {
    const course = (reachable: boolean) => {
      const state = scalingDecision({ nowSeconds: 0, readyPods: 0 }, 6);
      const given = { ...settings, reachable };
      return [50, 0, 0, 0].map((value, i) => state.decide(given, observed(5, value, 0, 2 * i)).desired);
    };
    expect(course(true)).toEqual([5, 5, 5, 2]);
    expect(course(false)).toEqual([5, 0, 0, 0]);
  });

  it("tells what the pods could take beyond the burst: nothing without one, too little where the activator stays", () => {
    expect(once({}, observed(3, 0, 5)).excessBurstCapacity).toBe(3 * 14 - 20 - 5);
    expect(once({}, observed(0, 0, 0.5)).excessBurstCapacity).toBe(-21);
    expect(once({ targetBurstCapacity: 0 }, observed(3, 0, 5)).excessBurstCapacity).toBe(0);
    expect(once({ targetBurstCapacity: -1 }, observed(3, 0, 5)).excessBurstCapacity).toBe(-1);
  });
});

describe("before and after a decision", () => {
  it("the first excess is that of the initial pods", () => {
    const first = (targetBurstCapacity: number, scale = 1) =>
      initialDecision({ totalValue: 14.5, targetBurstCapacity }, scale);
    expect(first(20)).toEqual({ desired: -1, excessBurstCapacity: -5 });
    expect(first(20, 2).excessBurstCapacity).toBe(9);
    expect([first(0).excessBurstCapacity, first(-1).excessBurstCapacity]).toEqual([0, -1]);
    expect(first(14.9).excessBurstCapacity).toBe(0); // And no −0, which JSON has not.
  });

  it("news is another count, or an excess of another sign, 0 being none to worry about", () => {
    const said = { desired: 2, excessBurstCapacity: 3 };
    expect(isNews(said, { desired: 2, excessBurstCapacity: 0 })).toBe(false);
    expect(isNews({ ...said, excessBurstCapacity: 0 }, said)).toBe(false);
    expect(isNews(said, { desired: 2, excessBurstCapacity: -1 })).toBe(true);
    expect(isNews(said, { desired: 1, excessBurstCapacity: 3 })).toBe(true);
    expect([sameSign(-1, -2), sameSign(0, 1), sameSign(0, -1)]).toEqual([true, true, false]);
  });
});
