import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterScaling, goDuration, knativeSettings, revisionFields } from "../../src/policies/scaling/index.ts";

const revision = { metric: "concurrency", containerConcurrency: 0, reachable: true, annotations: {} } as const;

describe("the fields of a live revision", () => {
  it("are Knative's defaults where nobody says anything", () => {
    const settings = knativeSettings(revisionFields(clusterScaling, revision));
    expect(settings).toMatchObject({
      targetValue: 70,
      totalValue: 100,
      stableWindowSeconds: 60,
      panicWindowSeconds: 6,
    });
    expect(settings).toMatchObject({ panicThreshold: 2, activationTimeoutSeconds: 630, maxScale: Infinity });
  });

  it("follow the annotations", () => {
    const annotations = {
      target: "20",
      "target-utilization-percentage": "50",
      "min-scale": "3",
      "max-scale": "8",
      "panic-threshold-percentage": "150.5",
      window: "1m30s",
      "target-burst-capacity": "-1",
    };
    expect(knativeSettings(revisionFields(clusterScaling, { ...revision, annotations }))).toMatchObject({
      targetValue: 10,
      totalValue: 20,
      minScale: 3,
      maxScale: 8,
      panicThreshold: 1.505,
      stableWindowSeconds: 90,
      panicWindowSeconds: 9,
      targetBurstCapacity: -1,
    });
  });

  it("follow every annotation there is", () => {
    const annotations = {
      "activation-scale": "4",
      "initial-scale": "2",
      "panic-window-percentage": " 20 ",
      "scale-down-delay": "15s",
      "scale-to-zero-pod-retention-period": "1m",
      "progress-deadline": "2m",
    };
    const fields = revisionFields(clusterScaling, { ...revision, annotations });
    expect(fields).toMatchObject({
      activationScale: 4,
      initialScale: 2,
      panicWindowPercentage: 20,
      scaleDownDelay: 15,
    });
    expect(fields).toMatchObject({ scaleToZeroPodRetentionPeriod: 60, activationTimeout: 150, minActivators: 2 });
    const first = (annotation: string, allowZeroInitialScale: boolean) =>
      revisionFields(
        { ...clusterScaling, initialScale: 3, allowZeroInitialScale },
        { ...revision, annotations: { "initial-scale": annotation } },
      ).initialScale;
    expect([first("0", false), first("0", true), first("5", false)]).toEqual([3, 0, 5]);
    expect(revisionFields({ ...clusterScaling, maxScale: 9 }, revision).maxScale).toBe(9);
  });

  it("aim at the share of their own metric", () => {
    const cluster = { ...clusterScaling, concurrencyTargetPercentage: 80, requestsPerSecondTargetPercentage: 60 };
    const target = (metric: "concurrency" | "rps") =>
      knativeSettings(revisionFields(cluster, { ...revision, metric })).targetValue;
    expect([target("concurrency"), target("rps")]).toEqual([80, 120]);
  });

  it("keep no minimum where no route leads", () => {
    const annotations = { "min-scale": "3" };
    expect(revisionFields(clusterScaling, { ...revision, annotations, reachable: false }).minScale).toBe(0);
  });

  it("are refused where an annotation is not what it should be", () => {
    for (const annotations of [{ target: "many" }, { "initial-scale": "" }, { window: "1 minute" }]) {
      expect(() => revisionFields(clusterScaling, { ...revision, annotations })).toThrow(RangeError);
    }
    const blank = { ...revision, annotations: { "min-scale": " " } };
    const message = "revisionFields: annotation min-scale must be a number, got  ";
    expect(() => revisionFields(clusterScaling, blank)).toThrow(message);
  });
});

describe("Go's durations", () => {
  it("are sums of their parts", () => {
    const law = fc.property(fc.nat({ max: 99 }), fc.nat({ max: 59 }), fc.nat({ max: 59 }), (h, m, s) => {
      expect(goDuration(`${h}h${m}m${s}s`)).toBe(3600 * h + 60 * m + s);
      expect(goDuration(`-${h}h${m}m${s}s`)).toBe(h + m + s === 0 ? 0 : -(3600 * h + 60 * m + s));
    });
    fc.assert(law, { seed: 20260822 });
    expect([goDuration("0"), goDuration("1.5s"), goDuration(".5h"), goDuration("250ms")]).toEqual([0, 1.5, 1800, 0.25]);
    expect([goDuration("+5s"), goDuration("1us"), goDuration("1µs"), goDuration("2ns")]).toEqual([5, 1e-6, 1e-6, 2e-9]);
    expect(goDuration("-0s")).toBe(0);
    expect(() => goDuration("5")).toThrow('goDuration: a duration must be written as in "1h30m", got 5');
    for (const text of ["", "5", "5 s", "1d", "1min", "s"]) expect(() => goDuration(text)).toThrow(RangeError);
  });
});
