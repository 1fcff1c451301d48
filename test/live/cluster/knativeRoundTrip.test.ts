import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knativeScenario } from "../../../src/live/cluster/importKnative.ts";
import { annotationPrefix, clusterSettingsOf, readSettings } from "../../../src/live/cluster/knativeAnnotations.ts";
import type { KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";
import { manifests } from "../../../src/live/cluster/manifests.ts";
import { clusterScaling, revisionFields } from "../../../src/policies/scaling/index.ts";
import { parseScenario, toScenario } from "../../../src/scenario/parse.ts";
import type { KnativeSpec } from "../../../src/scenario/scenario.ts";

const seconds = (low: number, high: number) => fc.integer({ min: low, max: high }).map((value) => `${value}s`);

/** Everything that a scenario can say of a Knative Service. */
const target = fc
  .record({
    containerConcurrency: fc.integer({ min: 0, max: 1000 }),
    cores: fc.constantFrom(0.25, 0.5, 1, 2, 1.5),
    metric: fc.constantFrom("concurrency" as const, "rps" as const),
    target: fc.option(
      fc.integer({ min: 1, max: 500 }).map((value) => value / 4),
      { nil: undefined },
    ),
    targetUtilization: fc.integer({ min: 1, max: 100 }).map((value) => value / 100),
    scales: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
    initialScale: fc.integer({ min: 1, max: 9 }),
    stableWindow: seconds(6, 3600),
    panicWindowPercentage: fc.integer({ min: 1, max: 100 }),
    panicThresholdPercentage: fc.integer({ min: 110, max: 1000 }),
    targetBurstCapacity: fc.integer({ min: -1, max: 500 }),
    scaleToZeroPodRetentionPeriod: seconds(0, 600),
    scaleDownDelay: seconds(0, 600),
    maxScaleUpRate: fc.integer({ min: 2, max: 2000 }),
    maxScaleDownRate: fc.integer({ min: 2, max: 20 }),
    scaleToZero: fc.boolean(),
    scaleToZeroGracePeriod: seconds(6, 300),
    timeout: seconds(1, 600),
    memory: fc.constantFrom("64MiB", "1GiB", "100MB", undefined),
  })
  .map(({ scales: [low, more], ...rest }) => ({
    kind: "knative" as const,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    minScale: low,
    maxScale: more === 0 ? 0 : low + more,
    live: { deploy: { image: "dev.local/work:1", namespace: "apps", port: 8080, cpu: 0.25 } },
  }));

const scenarioOf = (spec: object) =>
  toScenario({
    name: "faas",
    duration: "10min",
    arrivals: { kind: "poisson", rate: "10/s" },
    work: "10ms",
    targets: { faas: spec as never },
  });

const serviceOf = (scenario: ReturnType<typeof scenarioOf>): KubernetesObject =>
  manifests(scenario).targets[0]!.objects[0]!;

describe("Knative's settings, there and back", () => {
  it("a manifest, read as a live Service, is the same target", () => {
    fc.assert(
      fc.property(target, (spec) => {
        const scenario = scenarioOf(spec);
        const before = scenario.targets[0] as KnativeSpec;
        const read = knativeScenario(serviceOf(scenario), { autoscaler: clusterSettingsOf(before), defaults: {} });
        expect(parseScenario(read.scenario).targets[0]).toEqual(before);
        expect(read.notes).toEqual([]);
      }),
      { numRuns: 30, seed: 20260822 },
    );
  });

  it("reads annotations as the autoscaler itself does", () => {
    fc.assert(
      fc.property(target, (spec) => {
        const service = serviceOf(scenarioOf(spec));
        const template = service.spec as { template: { metadata: { annotations: Record<string, string> } } };
        const { annotations } = template.template.metadata;
        const own = Object.fromEntries(
          Object.entries(annotations).map(([key, value]) => [key.slice(annotationPrefix.length), value]),
        );
        const metric = own.metric as "concurrency" | "rps";
        const fields = revisionFields(clusterScaling, {
          metric,
          containerConcurrency: 0,
          reachable: true,
          annotations: own,
        });
        const read = readSettings("test", annotations, {});
        for (const [field, value] of Object.entries(read)) {
          expect(value).toEqual((fields as unknown as Record<string, unknown>)[field]);
        }
      }),
      { numRuns: 50, seed: 20260822 },
    );
  });
});

describe("a live Service that coldcast did not write", () => {
  const service = (annotations: Record<string, string>, container: object = {}): KubernetesObject => ({
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "hello", namespace: "apps" },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ image: "hello", ...container }] } } },
  });
  const read = (
    live: KubernetesObject,
    autoscaler: Record<string, string> = {},
    defaults: Record<string, string> = {},
  ) => {
    const { scenario, notes } = knativeScenario(live, { autoscaler, defaults });
    return { spec: parseScenario(scenario).targets[0] as KnativeSpec, notes };
  };

  it("has the cluster's configuration where it says nothing itself", () => {
    const autoscaler = {
      "stable-window": "2m",
      "container-concurrency-target-percentage": "0.8",
      "container-concurrency-target-default": "50",
      "enable-scale-to-zero": "false",
      "max-scale": "9",
    };
    const { spec } = read(service({}), autoscaler, { "container-concurrency": "3", "revision-timeout-seconds": "60" });
    expect(spec).toMatchObject({
      stableWindow: 120,
      targetUtilization: 0.8,
      target: 50,
      scaleToZero: false,
      maxScale: 9,
      containerConcurrency: 3,
      timeout: 60,
    });
  });

  it("keeps rates per second apart from concurrency", () => {
    const { spec } = read(service({ [`${annotationPrefix}metric`]: "rps" }), {
      "container-concurrency-target-percentage": "50",
      "container-concurrency-target-default": "7",
      "requests-per-second-target-default": "150",
    });
    expect(spec).toMatchObject({ metric: "rps", target: 150, targetUtilization: 0.7 });
  });

  it("is scaled by the HPA where its class says so", () => {
    const { spec } = read(
      service({
        [`${annotationPrefix}class`]: "hpa.autoscaling.knative.dev",
        [`${annotationPrefix}metric`]: "cpu",
        [`${annotationPrefix}target`]: "60",
        [`${annotationPrefix}max-scale`]: "12",
      }),
    );
    expect(spec.autoscaler).toMatchObject({ kind: "hpa", metric: "cpu", target: 0.6, min: 1, max: 12 });
  });

  it("tells what it had to leave out", () => {
    const { notes } = read(service({ [`${annotationPrefix}activation-scale`]: "3" }));
    expect(notes).toEqual([
      "The annotation autoscaling.knative.dev/activation-scale is none that a scenario has; it is left out.",
      "The container has no CPU limit: one core is assumed.",
    ]);
  });

  it("names the setting that makes no sense", () => {
    expect(() => read(service({ [`${annotationPrefix}window`]: "soon" }))).toThrow(
      /knative apps\/hello: autoscaling\.knative\.dev\/window: .*1h30m/,
    );
    expect(() => read(service({}, { resources: { limits: { cpu: "lots" } } }))).toThrow(/"lots" is not a quantity/);
  });
});
