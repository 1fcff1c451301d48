import { describe, expect, it } from "vitest";
import { clusterScaling, knativeSettings, podAutoscaler, revisionFields } from "../../../src/policies/scaling/index.ts";
import { activatorCount, type PodAutoscalerStart, scaleStatus } from "../../../src/policies/scaling/podAutoscaler.ts";
import { type ScaleInput, scaleToZero } from "../../../src/policies/scaling/scaleToZero.ts";

const idle: ScaleInput = {
  desired: 0,
  minScale: 0,
  maxScale: Infinity,
  initialScale: 1,
  initialised: true,
  reachable: true,
  scaleToZero: true,
  stableWindowSeconds: 60,
  scaleToZeroGraceSeconds: 30,
  podRetentionSeconds: 0,
  activationTimeoutSeconds: 630,
  targetBurstCapacity: 211,
  phase: "active",
  phaseForSeconds: 0,
  mode: "serve",
  proxyForSeconds: 0,
  activatorInPath: false,
};
/** The count, whether it is ordered, and when to look again. */
const outcome = (input: Partial<ScaleInput>) => {
  const { desired, apply, checkAgainSeconds } = scaleToZero({ ...idle, ...input });
  return [desired, apply, checkAgainSeconds];
};

describe("a wish", () => {
  it("is nothing to act on before the first decision, unless a start is under way", () => {
    expect(outcome({ desired: -1 })).toEqual([-1, false, null]);
    expect(outcome({ desired: -1, phase: "inactive" })).toEqual([-1, false, null]);
    expect(outcome({ desired: -1, phase: "activating", minScale: 2 })).toEqual([2, true, null]);
  });

  it("is kept within the bounds, of which the lower is the stronger and needs a route", () => {
    expect(outcome({ desired: 5 })).toEqual([5, true, null]);
    expect(outcome({ desired: 5, maxScale: 2 })).toEqual([2, true, null]);
    expect(outcome({ desired: 1, maxScale: 2, minScale: 4 })).toEqual([4, true, null]);
    expect(outcome({ desired: 1, minScale: 4, reachable: false })).toEqual([1, true, null]);
  });

  it("is at least the initial scale until that was reached", () => {
    const starting = { desired: 1, initialised: false };
    expect(outcome({ ...starting, initialScale: 3 })).toEqual([3, true, null]);
    expect(outcome({ ...starting, initialScale: 3, minScale: 5 })).toEqual([5, true, null]);
    expect(outcome({ ...starting, initialScale: 3, initialised: true })).toEqual([1, true, null]);
    expect(outcome({ ...starting, initialScale: 3, reachable: false })).toEqual([1, true, null]);
    // One pod is no minimum: without load it may go.
    expect(outcome({ initialised: false, initialScale: 1, phaseForSeconds: 60 })).toEqual([0, false, null]);
  });
});

describe("the way to zero", () => {
  it("is closed where zero is not allowed", () => {
    expect(outcome({ scaleToZero: false, phaseForSeconds: 999 })).toEqual([1, true, null]);
  });

  it("begins a stable window after the revision became active", () => {
    expect(outcome({ phaseForSeconds: 20 })).toEqual([1, true, 40]);
    expect(outcome({ phaseForSeconds: 60 })).toEqual([0, false, null]);
    expect(outcome({ phaseForSeconds: 60, mode: "proxy" })).toEqual([0, false, 3]);
  });

  it("gives a start up after its time", () => {
    expect(outcome({ phase: "activating", phaseForSeconds: 629 })).toEqual([-1, false, 630]);
    expect(outcome({ phase: "activating", phaseForSeconds: 630 })).toEqual([0, true, null]);
  });

  const inactive = { phase: "inactive", mode: "proxy", activatorInPath: true } as const;

  it("needs the activator in the path, which a probe finds, unless it always is", () => {
    const seen = { ...idle, ...inactive, activatorInPath: false };
    const probing = { desired: 0, apply: false, checkAgainSeconds: null, probeAgain: true };
    expect(scaleToZero(seen)).toEqual(probing);
    expect(scaleToZero({ ...seen, targetBurstCapacity: -1, phaseForSeconds: 30 })).toMatchObject({
      apply: true,
      probeAgain: false,
    });
  });

  it("ends after the grace period of the activator in the path, and not before the retention of a pod is over", () => {
    expect(outcome({ ...inactive, phaseForSeconds: 30 })).toEqual([0, true, null]);
    expect(outcome({ ...inactive, phaseForSeconds: 5, proxyForSeconds: 25 })).toEqual([0, false, 5]);
    expect(outcome({ ...inactive, phaseForSeconds: 5, proxyForSeconds: 30 })).toEqual([0, true, null]);
    const retained = { ...inactive, podRetentionSeconds: 50, proxyForSeconds: 99 };
    expect(outcome({ ...retained, phaseForSeconds: 35 })).toEqual([0, false, 15]);
    expect(outcome({ ...retained, phaseForSeconds: 50 })).toEqual([0, true, null]);
    expect(outcome({ ...retained, phaseForSeconds: 5, reachable: false })).toEqual([0, true, null]);
  });
});

const settings = knativeSettings(
  revisionFields(clusterScaling, { metric: "concurrency", containerConcurrency: 0, reachable: true, annotations: {} }),
);
const reconciler = (start: Partial<PodAutoscalerStart>, overrides: Partial<typeof settings> = {}) => {
  const { reconcile } = podAutoscaler({ ...settings, ...overrides }, { nowSeconds: 0, replicas: 1, ...start });
  return (now: number, desired: number, excessBurstCapacity: number, readyPods: number) =>
    reconcile(now, { desired, excessBurstCapacity, readyPods });
};

describe("a reconciler that is told nothing of the past", () => {
  it("takes pods for a revision that serves, and none for one that does not", () => {
    expect(reconciler({})(0, -1, 0, 1)).toMatchObject({ replicas: 1, mode: "serve", phase: "active" });
    const asleep = reconciler({ replicas: 0 })(0, -1, 0, 0);
    expect(asleep).toMatchObject({ replicas: 0, mode: "proxy", phase: "inactive", checkAgainAtSeconds: Infinity });
  });

  it("takes the activator for in the path, and the initial scale for reached", () => {
    expect(reconciler({ phase: "inactive" })(10, 0, -1, 1)).toMatchObject({ replicas: 1, checkAgainAtSeconds: 30 });
    expect(reconciler({ phase: "inactive", mode: "serve" })(10, 0, -1, 1).checkAgainAtSeconds).toBe(11);
    expect(reconciler({ replicas: 3 }, { initialScale: 3 })(0, 1, 0, 3).replicas).toBe(1);
  });
});

describe("a reconciler", () => {
  it("holds the initial scale until so many pods are ready", () => {
    const step = reconciler({ replicas: 3, initialised: false, phase: "activating" }, { initialScale: 3 });
    expect(step(0, 1, 0, 2)).toMatchObject({ replicas: 3, phase: "activating" });
    expect(step(2, 1, 0, 3)).toMatchObject({ replicas: 3, phase: "active" });
    expect(step(4, 1, 0, 3)).toMatchObject({ replicas: 1, phase: "active" });
  });

  it("of a revision that may begin with no pod is inactive from the start", () => {
    const step = reconciler({ replicas: 0, initialised: false, phase: "activating" }, { initialScale: 0 });
    expect(step(0, -1, 0, 0).phase).toBe("inactive");
  });

  it("leaves the pods of a start alone while nobody knows what is wanted", () => {
    const step = reconciler({ replicas: 2, phase: "activating" });
    expect(step(0, -1, 0, 0)).toMatchObject({ replicas: 2, phase: "activating" });
    // And one that sleeps goes on sleeping, whatever pods are left.
    expect(reconciler({ phase: "inactive" })(0, -1, 0, 1).phase).toBe("inactive");
    expect(reconciler({ phase: "inactive" })(0, 1, 0, 1).phase).toBe("active");
    expect(reconciler({})(0, -1, 0, 0).phase).toBe("activating");
  });

  it("keeps to the minimum where a route leads, also in what it counts as serving", () => {
    expect(reconciler({}, { minScale: 2 })(0, 0, 0, 1)).toMatchObject({ replicas: 2, phase: "activating" });
    expect(reconciler({}, { minScale: 2, reachable: false })(0, 1, 0, 1)).toMatchObject({
      replicas: 1,
      phase: "active",
    });
  });

  it("counts the stable window from when the revision became active, in whole seconds", () => {
    const step = reconciler({ nowSeconds: 0.9, mode: "serve" });
    for (const now of [20, 40]) expect(step(now, 1, 5, 1).phase).toBe("active");
    expect(step(60, 0, 5, 1)).toMatchObject({ replicas: 1, phase: "inactive", mode: "proxy", checkAgainAtSeconds: 60 });
  });

  it("counts the grace period from when the activator came into the path", () => {
    const step = reconciler({ mode: "serve" }, { scaleToZeroGraceSeconds: 60 });
    expect(step(5.7, 1, -1, 1).mode).toBe("proxy");
    expect(step(20, 1, -1, 1).mode).toBe("proxy");
    expect(step(70, 0, -1, 1)).toMatchObject({ replicas: 1, phase: "inactive", checkAgainAtSeconds: 70 });
    expect(step(71, 0, -1, 1).replicas).toBe(0);
    const late = reconciler({ mode: "serve" }, { scaleToZeroGraceSeconds: 60 });
    late(50, 1, -1, 1);
    late(70, 0, -1, 1);
    expect(late(71, 0, -1, 1)).toMatchObject({ replicas: 1, checkAgainAtSeconds: 110 });
  });

  it("looks again later where the last pod had gone before", () => {
    expect(reconciler({ replicas: 0, phase: "active" })(60, 0, 0, 0).checkAgainAtSeconds).toBe(63);
  });

  it("asks for activators enough for the pods and the burst", () => {
    expect(reconciler({})(0, 1, 0, 10).activators).toBe(13);
    const input = {
      readyPods: 10,
      totalValue: 100,
      targetBurstCapacity: 211,
      activatorCapacity: 100,
      minActivators: 2,
    };
    expect(activatorCount({ ...input, targetBurstCapacity: 0 })).toBe(2);
    expect(activatorCount({ ...input, targetBurstCapacity: -1 })).toBe(10);
    expect(activatorCount({ ...input, readyPods: 0, targetBurstCapacity: 1 })).toBe(2);
  });

  it("shows a wish of none, and the last one where it knows none", () => {
    expect(scaleStatus({ actual: 1, desired: 2 }, { ready: 1, want: 0 })).toEqual({ actual: 1, desired: 0 });
    expect(scaleStatus({ actual: 1, desired: 2 }, { ready: 0, want: -1 })).toEqual({ actual: 0, desired: 2 });
  });
});
