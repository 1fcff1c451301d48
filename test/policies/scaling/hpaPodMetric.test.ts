import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PodUsage, podAverageReplicas, utilizationReplicas } from "../../../src/policies/scaling/hpaPodMetric.ts";

const tolerance = { down: 0.1, up: 0.1 };
const pods = fc.array(
  fc.record<PodUsage>({
    group: fc.constantFrom("ready", "ready", "unready", "missing", "ignored"),
    usageMilli: fc.integer({ min: 0, max: 3000 }),
    requestMilli: fc.integer({ min: 1, max: 2000 }),
  }),
  { minLength: 1, maxLength: 12 },
);
const current = fc.integer({ min: 1, max: 12 });
const target = fc.integer({ min: 1, max: 200 });
const only = (all: readonly PodUsage[], ...groups: readonly string[]) =>
  all.filter(({ group }) => groups.includes(group));
const replicasOf = (result: object): number => ("replicas" in result ? (result.replicas as number) : Number.NaN);

describe("a metric of the pods", () => {
  it("is not read off pods that are on their way out, starting, or without a figure", () => {
    const input = { currentReplicas: 2, targetPercent: 50, tolerance };
    for (const group of ["unready", "missing", "ignored"] as const) {
      const given = [{ group, usageMilli: 900, requestMilli: 1000 }];
      expect(utilizationReplicas({ ...input, pods: given })).toHaveProperty("failure");
    }
    expect(utilizationReplicas({ ...input, pods: [] })).toHaveProperty("failure");
  });

  it("needs requests only for a share of them", () => {
    const given = { currentReplicas: 1, pods: [{ group: "ready", usageMilli: 900 }] as const, tolerance };
    expect(utilizationReplicas({ ...given, targetPercent: 50 })).toHaveProperty("failure");
    expect(podAverageReplicas({ ...given, targetMilli: 450 })).toEqual({ replicas: 2, usageMilli: 900 });
  });

  it("does not look at ignored pods", () => {
    fc.assert(
      fc.property(current, target, pods, (currentReplicas, targetPercent, all) => {
        const rest = only(all, "ready", "unready", "missing");
        const given = { currentReplicas, targetPercent, tolerance };
        fc.pre(rest.length > 0);
        expect(utilizationReplicas({ ...given, pods: all })).toEqual(utilizationReplicas({ ...given, pods: rest }));
      }),
      { seed: 11 },
    );
  });

  it("never turns the direction round because some pods have no figure", () => {
    fc.assert(
      fc.property(current, target, pods, (currentReplicas, targetPercent, all) => {
        const [ready, missing] = [only(all, "ready"), only(all, "missing")];
        fc.pre(ready.length > 0 && missing.length > 0);
        const given = { currentReplicas, targetPercent, tolerance };
        const result = utilizationReplicas({ ...given, pods: all });
        if (!("replicas" in result)) throw new Error(result.failure);
        if (result.utilizationPercent > targetPercent) expect(result.replicas).toBeGreaterThanOrEqual(currentReplicas);
        else expect(result.replicas).toBeLessThanOrEqual(currentReplicas);
      }),
      { seed: 12 },
    );
  });

  it("makes the change smaller, never larger, for pods without a figure", () => {
    fc.assert(
      fc.property(target, pods, (targetMilli, all) => {
        const given = { currentReplicas: only(all, "ready", "unready", "missing").length, targetMilli, tolerance };
        fc.pre(only(all, "ready").length > 0);
        const careful = replicasOf(podAverageReplicas({ ...given, pods: all }));
        const everyone = all.map((pod) => (pod.group === "ignored" ? pod : ({ ...pod, group: "ready" } as const)));
        const idle = everyone.map((pod, i) => (all[i]!.group === "ready" ? pod : { ...pod, usageMilli: 0 }));
        const low = replicasOf(podAverageReplicas({ ...given, pods: idle }));
        expect(careful).toBeGreaterThanOrEqual(Math.min(low, given.currentReplicas));
      }),
      { seed: 13 },
    );
  });

  it("counts every pod once where all are ready", () => {
    fc.assert(
      fc.property(
        current,
        target,
        fc.array(fc.nat(3000), { minLength: 1, maxLength: 9 }),
        (now, targetMilli, usages) => {
          const ready = usages.map((usageMilli): PodUsage => ({ group: "ready", usageMilli }));
          const result = podAverageReplicas({ currentReplicas: now, pods: ready, targetMilli, tolerance });
          const average = Math.trunc(usages.reduce((a, b) => a + b, 0) / usages.length);
          const ratio = average / targetMilli;
          const replicas = ratio >= 0.9 && ratio <= 1.1 ? now : Math.ceil(ratio * usages.length);
          expect(result).toEqual({ replicas, usageMilli: average });
        },
      ),
      { seed: 14 },
    );
  });
});
