import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { horizontalPodAutoscaler, hpaSettings } from "../../../src/policies/scaling/hpa.ts";
import { kedaPauses, pausedBehavior } from "../../../src/policies/scaling/kedaAnnotations.ts";
import { type FallbackBehavior, kedaFallback } from "../../../src/policies/scaling/kedaFallback.ts";
import { kafkaScaler } from "../../../src/policies/scaling/kedaKafkaScaler.ts";
import { parseKafkaTrigger } from "../../../src/policies/scaling/kedaKafkaTrigger.ts";
import { requestScale } from "../../../src/policies/scaling/kedaRequestScale.ts";
import { kedaHpaReplicas, scaledObjectSettings } from "../../../src/policies/scaling/kedaScaledObject.ts";
import { kedaScaleLoop } from "../../../src/policies/scaling/kedaScaleLoop.ts";

const noPauses = kedaPauses({});
const seconds = (max: number) => fc.integer({ min: 0, max });
const counts = fc
  .record({
    min: fc.integer({ min: 0, max: 5 }),
    idle: fc.option(fc.constant(0)),
    max: fc.integer({ min: 5, max: 20 }),
  })
  .map(({ min, idle, max }) => ({
    minReplicaCount: min,
    maxReplicaCount: max,
    idleReplicaCount: min > 0 ? idle : null,
  }));
const view = fc.record({
  nowSeconds: seconds(2000),
  active: fc.boolean(),
  failed: fc.boolean(),
  currentReplicas: fc.integer({ min: 0, max: 20 }),
  createdAtSeconds: fc.constant(-Infinity),
  lastActiveSeconds: fc.option(seconds(2000)),
});

describe("a request to scale", () => {
  it("only ever goes to 0, idle, or the minimum", () => {
    fc.assert(
      fc.property(counts, view, (spec, seen) => {
        const settings = scaledObjectSettings(spec);
        const { replicas } = requestScale(settings, noPauses, seen);
        const goals = [seen.currentReplicas, 0, settings.idleReplicas, Math.max(1, settings.minReplicas)];
        expect(goals).toContain(replicas);
        if (seen.active) expect(replicas).toBeGreaterThanOrEqual(Math.max(1, seen.currentReplicas));
        if (replicas === 0 && seen.currentReplicas > 0) expect(seen.active || seen.failed).toBe(false);
      }),
      { seed: 31 },
    );
  });

  it("leaves a workload above its minimum to the autoscaler", () => {
    fc.assert(
      fc.property(counts, view, (spec, seen) => {
        fc.pre(spec.minReplicaCount > 0 && spec.idleReplicaCount === null);
        fc.pre(seen.currentReplicas >= spec.minReplicaCount);
        expect(requestScale(scaledObjectSettings(spec), noPauses, seen).replicas).toBe(seen.currentReplicas);
      }),
      { seed: 32 },
    );
  });

  const running = { nowSeconds: 1000, active: false, failed: false, currentReplicas: 4, createdAtSeconds: 0 };

  it("waits for the cooldown, or for the initial one before any activity", () => {
    const settings = scaledObjectSettings({ initialCooldownPeriodSeconds: 999 });
    const after = (lastActiveSeconds: number | null, nowSeconds: number) =>
      requestScale(settings, noPauses, { ...running, nowSeconds, lastActiveSeconds }).replicas;
    expect([after(700, 1000), after(700, 1000.5), after(null, 999), after(null, 999.5)]).toEqual([4, 0, 4, 0]);
  });

  it("stays while a trigger fails, unless the fallback is none", () => {
    const failed = { ...running, failed: true, lastActiveSeconds: null };
    const outcome = (fallbackReplicas?: number) =>
      requestScale(scaledObjectSettings(fallbackReplicas === undefined ? {} : { fallbackReplicas }), noPauses, failed);
    expect(outcome()).toMatchObject({ replicas: 4, readyCondition: "False" });
    expect(outcome(6)).toMatchObject({ replicas: 4, readyCondition: "True" });
    expect(outcome(0)).toMatchObject({ replicas: 0 });
    const partly = requestScale(scaledObjectSettings({}), noPauses, { ...failed, active: true });
    expect(partly).toMatchObject({ replicas: 4, readyCondition: "Unknown", refreshesLastActive: false });
  });

  it("goes to idle and from there at once to the minimum", () => {
    const settings = scaledObjectSettings({ minReplicaCount: 3, idleReplicaCount: 0 });
    expect(requestScale(settings, noPauses, { ...running, lastActiveSeconds: null }).replicas).toBe(0);
    const woken = { ...running, currentReplicas: 0, active: true, lastActiveSeconds: null };
    expect(requestScale(settings, noPauses, woken)).toMatchObject({ replicas: 3, refreshesLastActive: true });
    const there = { ...woken, currentReplicas: 3, failed: true };
    expect(requestScale(settings, noPauses, there)).toMatchObject({ replicas: 3, refreshesLastActive: false });
  });

  it("obeys its annotations", () => {
    const say = (annotations: Readonly<Record<string, string>>, active: boolean, currentReplicas: number) => {
      const seen = { ...running, active, currentReplicas, lastActiveSeconds: null };
      const pauses = kedaPauses(
        Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`autoscaling.keda.sh/${key}`, value])),
      );
      return requestScale(scaledObjectSettings({}), pauses, seen).replicas;
    };
    expect(say({ paused: "true" }, false, 4)).toBe(4);
    expect(say({ paused: "false" }, false, 4)).toBe(0);
    expect(say({ "paused-replicas": "2" }, true, 4)).toBe(2);
    expect(say({ "paused-scale-in": "true" }, false, 4)).toBe(4);
    expect(say({ "paused-scale-out": "yes" }, true, 0)).toBe(0);
    expect(say({ "force-activation": "true" }, false, 0)).toBe(1);
    expect(() => say({ "paused-replicas": "two" }, true, 4)).toThrow(/paused-replicas/);
  });
});

describe("the annotations of a pause", () => {
  const read = (value: string) => kedaPauses({ "autoscaling.keda.sh/paused": value });

  it("are off where Go reads false, and on where it reads anything else", () => {
    for (const text of ["0", "f", "F", "false", "False", "FALSE"]) expect(read(text).paused, text).toBe(false);
    for (const text of ["1", "true", "yes", ""]) expect(read(text).paused, text).toBe(true);
  });

  it("name a whole count", () => {
    const count = (value: string) => kedaPauses({ "autoscaling.keda.sh/paused-replicas": value }).pausedReplicas;
    expect([count("12"), count("+3"), count("0")]).toEqual([12, 3, 0]);
    for (const text of ["", "-1", "1.5", "a1", "1a"]) expect(() => count(text), text).toThrow("must be a whole number");
  });

  it("leave the conditions as they were", () => {
    const seen = { nowSeconds: 0, active: true, failed: true, currentReplicas: 4, createdAtSeconds: 0 };
    const say = (name: string, value: string) =>
      requestScale(scaledObjectSettings({}), kedaPauses({ [`autoscaling.keda.sh/${name}`]: value }), {
        ...seen,
        lastActiveSeconds: null,
      });
    const left = { activeCondition: "Unknown", readyCondition: "True", refreshesLastActive: false };
    expect(say("paused", "true")).toEqual({ ...left, replicas: 4 });
    expect(say("paused-replicas", "2")).toEqual({ ...left, replicas: 2 });
    const idle = requestScale(scaledObjectSettings({}), noPauses, { ...seen, active: false, lastActiveSeconds: null });
    expect(idle).toEqual({
      replicas: 4,
      activeCondition: "False",
      readyCondition: "False",
      refreshesLastActive: false,
    });
  });
});

describe("the loop between 0 and 1", () => {
  it("reaches 0 at the first poll more than the cooldown after the last active one", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30, noNaN: true }), seconds(900), (phase, quietAt) => {
        const loop = kedaScaleLoop(scaledObjectSettings({}), { createdAtSeconds: phase });
        let now = phase;
        let replicas = 0;
        let lastActivePoll = -Infinity;
        while (replicas > 0 || now <= quietAt) {
          const active = now <= quietAt;
          if (active) lastActivePoll = now;
          const outcome = loop.poll(now, { active, failed: false, currentReplicas: replicas });
          if (outcome.replicas === 0 && replicas > 0) {
            // The instant is kept in whole seconds.
            expect(now).toBeGreaterThan(Math.floor(lastActivePoll) + 300);
            expect(now).toBeLessThanOrEqual(lastActivePoll + 330 + 1e-9);
          }
          replicas = outcome.replicas;
          now = outcome.nextPollAtSeconds;
        }
        expect(replicas).toBe(0);
      }),
      { seed: 33 },
    );
  });

  it("polls again after the interval, or as soon as a longer check is done", () => {
    const loop = kedaScaleLoop(scaledObjectSettings({ pollingIntervalSeconds: 5 }), { createdAtSeconds: 0 });
    const idle = { active: false, failed: false, currentReplicas: 0 };
    expect(loop.poll(10, idle).nextPollAtSeconds).toBe(15);
    expect(loop.poll(15, { ...idle, checkSeconds: 7 }).nextPollAtSeconds).toBe(22);
  });

  it("needs no cooldown where no poll ever found activity", () => {
    const loop = kedaScaleLoop(scaledObjectSettings({}), { createdAtSeconds: 0 });
    expect(loop.poll(1, { active: false, failed: false, currentReplicas: 2 }).replicas).toBe(0);
  });

  it("remembers a status that is there already", () => {
    const start = { createdAtSeconds: -1000, lastActiveSeconds: -100 };
    const loop = kedaScaleLoop(scaledObjectSettings({}), start);
    const idle = { active: false, failed: false, currentReplicas: 1 };
    expect([loop.poll(200, idle).replicas, loop.poll(230, idle).replicas]).toEqual([1, 0]);
  });
});

describe("a fallback", () => {
  const behaviors = fc.constantFrom<FallbackBehavior>(
    "static",
    "currentReplicas",
    "currentReplicasIfHigher",
    "currentReplicasIfLower",
  );

  it("makes the autoscaler arrive at its replicas after too many failures in a row", () => {
    const trigger = parseKafkaTrigger({ bootstrapServers: "k", consumerGroup: "g", topic: "t", lagThreshold: "7" });
    fc.assert(
      fc.property(
        behaviors,
        fc.nat(4),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 3, max: 9 }),
        (behavior, borne, replicas, now) => {
          const settings = { failureThreshold: borne, replicas, behavior, targetAverageValue: trigger.lagThreshold };
          const fallback = kedaFallback(settings);
          expect(fallback.report(123, now)).toBe(123);
          for (let i = 0; i < borne; i++) expect(fallback.report(null, now)).toBeNull();
          const metrics = [kafkaScaler(trigger).hpaMetric(fallback.report(null, now))];
          const autoscaler = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 50 }), { recommendations: [] });
          const wanted = {
            static: replicas,
            currentReplicas: now,
            currentReplicasIfHigher: Math.max(replicas, now),
            currentReplicasIfLower: Math.min(replicas, now),
          };
          const seen = { specReplicas: now, statusReplicas: now, metrics };
          expect(autoscaler.reconcile(0, seen).desired).toBe(Math.min(wanted[behavior], Math.max(2 * now, 4)));
          expect(fallback.report(5, now)).toBe(5);
        },
      ),
      { seed: 34 },
    );
  });

  it("cuts the fraction of the target off, and needs one", () => {
    const settings = { failureThreshold: 0, replicas: 3, behavior: "static", targetAverageValue: 7.9 } as const;
    expect(kedaFallback(settings).report(null, 1)).toBe(21);
    expect(() => kedaFallback({ ...settings, targetAverageValue: 0 })).toThrow(
      "kedaFallback: targetAverageValue must be > 0, got 0",
    );
  });

  it("is off with a negative number", () => {
    const settings = { failureThreshold: -1, replicas: 3, behavior: "static", targetAverageValue: 10 } as const;
    expect(kedaFallback(settings, 100).report(null, 1)).toBeNull();
    expect(kedaFallback({ ...settings, failureThreshold: 1, replicas: -3 }, 100).report(null, 1)).toBeNull();
    expect(kedaFallback({ ...settings, failureThreshold: 0, replicas: 0 }).report(null, 1)).toBe(0);
  });
});

describe("a pause and the autoscaler", () => {
  it("disables one direction and gives the other the defaults of a behavior", () => {
    const step = (scaleInPaused: boolean, scaleOutPaused: boolean, lag: number) => {
      const behavior = pausedBehavior(null, { scaleInPaused, scaleOutPaused });
      const autoscaler = horizontalPodAutoscaler(hpaSettings({ maxReplicas: 100, behavior }), { recommendations: [] });
      const metric = {
        kind: "external",
        targetType: "AverageValue",
        valueMilli: lag * 1000,
        targetMilli: 1e4,
      } as const;
      return autoscaler.reconcile(0, { specReplicas: 10, statusReplicas: 10, metrics: [metric] }).desired;
    };
    expect([step(false, false, 10), step(true, false, 10), step(false, true, 10)]).toEqual([1, 10, 1]);
    expect([step(false, false, 900), step(true, false, 900), step(false, true, 900)]).toEqual([20, 20, 10]);
  });
});

describe("the counts of a ScaledObject", () => {
  it("are refused where they contradict each other", () => {
    const made = (spec: Parameters<typeof scaledObjectSettings>[0]) => () => scaledObjectSettings(spec);
    expect(made({ minReplicaCount: 3, maxReplicaCount: 2 })).toThrow(
      "ScaledObject: minReplicaCount must be ≤ maxReplicaCount 2, got 3",
    );
    expect(made({ idleReplicaCount: 0 })).toThrow("ScaledObject: idleReplicaCount must be < minReplicaCount 0, got 0");
    expect(made({ minReplicaCount: 2, idleReplicaCount: 2 })).toThrow("must be < minReplicaCount 2, got 2");
    expect(made({ minReplicaCount: 2, maxReplicaCount: 2 })().minReplicas).toBe(2);
    expect(scaledObjectSettings({ minReplicaCount: 2, idleReplicaCount: 0 })).toMatchObject({
      idleReplicas: 0,
      maxReplicas: 100,
      pollingSeconds: 30,
    });
    const spec = { pollingIntervalSeconds: 5, cooldownPeriodSeconds: 7, initialCooldownPeriodSeconds: 9 };
    expect(scaledObjectSettings({ ...spec, maxReplicaCount: 4, fallbackReplicas: 0 })).toEqual({
      minReplicas: 0,
      maxReplicas: 4,
      idleReplicas: null,
      pollingSeconds: 5,
      cooldownSeconds: 7,
      initialCooldownSeconds: 9,
      fallbackReplicas: 0,
    });
    expect([kedaHpaReplicas({}), kedaHpaReplicas({ minReplicaCount: 3, maxReplicaCount: 5 })]).toEqual([
      { min: 1, max: 100 },
      { min: 3, max: 5 },
    ]);
  });
});
