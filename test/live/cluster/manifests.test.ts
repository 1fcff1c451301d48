import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { fieldAt, type KubernetesObject } from "../../../src/live/cluster/kubernetesObject.ts";
import { kustomizeFiles, yamlStream } from "../../../src/live/cluster/kustomization.ts";
import { manifests, placesOf } from "../../../src/live/cluster/manifests.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { everyJob, everyManifest } from "./everyManifest.ts";
import { podSecurityProblems } from "./podSecurity.ts";
import { problemsOf } from "./schemas.ts";

const made = everyManifest();
const written = [...made.shared, ...made.targets.flatMap((target) => target.objects)];
const objects = [...written, ...everyJob()];
const named = (kind: string, name: string): KubernetesObject =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)!;
const small = (targets: string) =>
  parseScenario(
    `{ name: small, duration: 1min, arrivals: { kind: poisson, rate: 1/s }, work: 1ms, targets: { ${targets} } }`,
  );
const image = 'image: "dev.local/work:1"';

describe("manifests, held against the real schemas", () => {
  it.each(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const))("%s", (_, object) => {
    expect(problemsOf(object)).toEqual([]);
    expect(podSecurityProblems(object)).toEqual([]);
  });

  it("would notice a wrong field, in every kind", () => {
    for (const object of objects.filter(({ spec }) => spec !== undefined)) {
      const wrong = { ...object, spec: { ...(object.spec as object), replicass: 1 } };
      expect(problemsOf(wrong), object.kind).not.toEqual([]);
    }
    expect(problemsOf({ ...named("RuntimeClass", "wasmtime"), handlers: "x" })).not.toEqual([]);
  });

  it("are of every kind that there is", () => {
    expect([...new Set(objects.map(({ kind }) => kind))].sort()).toEqual([
      "Broker",
      "ConfigMap",
      "Deployment",
      "HorizontalPodAutoscaler",
      "Job",
      "KafkaSink",
      "KafkaSource",
      "KafkaTopic",
      "Namespace",
      "NetworkPolicy",
      "PersistentVolumeClaim",
      "Role",
      "RoleBinding",
      "RuntimeClass",
      "ScaledObject",
      "Service",
      "ServiceAccount",
      "SpinApp",
      "SpinAppExecutor",
      "Trigger",
    ]);
  });
});

describe("what a manifest says", () => {
  const containerOf = (name: string, kind = "Deployment"): unknown =>
    fieldAt(named(kind, name), "spec", "template", "spec", "containers", 0);

  it("a server is as many pods with as many slots as the scenario says", () => {
    expect(fieldAt(named("Deployment", "server"), "spec", "replicas")).toBe(2);
    expect(fieldAt(containerOf("server"), "env")).toContainEqual({ name: "COLDCAST_CONCURRENCY", value: "4" });
    expect(fieldAt(containerOf("server"), "resources")).toEqual({
      requests: { cpu: "250m", memory: "64Mi" },
      limits: { cpu: "1", memory: "64Mi" },
    });
  });

  it("a function of one's own is only asked whether it listens", () => {
    expect(fieldAt(containerOf("own-function"), "readinessProbe")).toEqual({
      tcpSocket: { port: "http" },
      periodSeconds: 1,
    });
    expect(fieldAt(containerOf("server"), "readinessProbe", "httpGet", "path")).toBe("/coldcast/ready");
  });

  it("Knative Eventing calls a pipeline's function in the trigger's place, with its retries and dead letters", () => {
    const source = named("KafkaSource", "by-source");
    expect(source.spec).toMatchObject({
      topics: ["camera.enriched"],
      consumerGroup: "coldcast-trigger-by-source",
      consumers: 2,
      ordering: "unordered",
      delivery: { retry: 4, timeout: "PT20S", deadLetterSink: { ref: { kind: "KafkaSink", name: "every-form-dead" } } },
      sink: { ref: { apiVersion: "v1", kind: "Service", name: "by-source" } },
    });
    expect(named("KafkaSink", "every-form-dead").spec).toMatchObject({ topic: "camera.dead", contentMode: "binary" });
    // What KEDA looks at is the lag of whoever calls.
    const metadata = (name: string) => fieldAt(named("ScaledObject", name), "spec", "triggers", 0, "metadata");
    expect(metadata("by-source")).toMatchObject({
      topic: "camera.enriched",
      consumerGroup: "coldcast-trigger-by-source",
    });
    expect(metadata("by-broker-too")).toMatchObject({
      topic: "knative-broker-coldcast-every-form",
      consumerGroup: "knative-trigger-coldcast-by-broker-too",
    });
  });

  it("topics that several pipelines share are written once", () => {
    const names = objects.filter(({ kind }) => kind === "KafkaTopic").map(({ metadata }) => metadata.name);
    expect(names).toContain("camera.enriched");
    expect(new Set(names).size).toBe(names.length);
  });

  it("a Broker is filled once, and emptied by a Trigger for each function", () => {
    const of = (kind: string) => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
    expect(of("Broker")).toEqual(["every-form"]);
    expect(of("KafkaSource")).toEqual(["by-source", "every-form"]);
    expect(fieldAt(named("KafkaSource", "every-form"), "spec", "sink", "ref", "kind")).toBe("Broker");
    expect(of("Trigger")).toEqual(["by-broker", "by-broker-too"]);
    const order = (name: string) => named("Trigger", name).metadata.annotations;
    expect(order("by-broker")).toEqual({ "kafka.eventing.knative.dev/delivery.order": "ordered" });
    expect(order("by-broker-too")).toEqual({ "kafka.eventing.knative.dev/delivery.order": "unordered" });
    expect(fieldAt(named("Trigger", "by-broker"), "spec", "subscriber", "ref")).toEqual({
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      name: "by-broker",
    });
    expect(made.notes.join("\n")).toContain(
      "by-broker: the Broker finds Kafka by knative-eventing/kafka-broker-config",
    );
  });

  it("dispatch is refused where there is no pipeline", () => {
    const wrong = small(`f: { kind: server, live: { deploy: { ${image}, dispatch: broker } } }`);
    expect(() => manifests(wrong)).toThrow("dispatch is for the function of a pipeline");
  });

  it("what an autoscaler owns is not applied, and cpu is a share of the whole request", () => {
    expect(fieldAt(named("Deployment", "wasm"), "spec", "replicas")).toBeUndefined();
    expect(fieldAt(containerOf("wasm"), "resources", "requests", "cpu")).toBe("1");
    expect(fieldAt(named("HorizontalPodAutoscaler", "wasm"), "spec", "metrics", 0, "resource", "target")).toEqual({
      type: "Utilization",
      averageUtilization: 60,
    });
    expect(fieldAt(named("HorizontalPodAutoscaler", "by-rate"), "spec", "metrics", 0, "pods", "target")).toEqual({
      type: "AverageValue",
      averageValue: "12500m",
    });
  });

  it("KEDA's trigger holds strings, and its Deployment is the one that the operator makes", () => {
    const { spec } = named("ScaledObject", "waas-by-lag");
    expect(fieldAt(spec, "scaleTargetRef")).toEqual({ apiVersion: "apps/v1", kind: "Deployment", name: "waas-by-lag" });
    expect(fieldAt(spec, "triggers", 0, "metadata")).toMatchObject({ lagThreshold: "5", partitionLimitation: "1-4,8" });
    expect(fieldAt(named("SpinApp", "waas-by-lag"), "spec", "enableAutoscaling")).toBe(true);
    expect(fieldAt(named("SpinApp", "waas-by-lag"), "spec", "replicas")).toBeUndefined();
    expect(fieldAt(named("KafkaTopic", "waas-by-lag"), "spec", "partitions")).toBe(12);
  });

  it("Pod Security is restricted, except where an operator's pods are not", () => {
    const level = (name: string) => named("Namespace", name).metadata.labels?.["pod-security.kubernetes.io/enforce"];
    expect([level("coldcast"), level("spin")]).toEqual(["restricted", "baseline"]);
  });

  it("pods take requests and nothing else, and call nobody", () => {
    const deny = named("NetworkPolicy", "every-form-default-deny").spec;
    expect(deny).toEqual({
      podSelector: { matchLabels: { "coldcast.dev/scenario": "every-form" } },
      policyTypes: ["Ingress", "Egress"],
    });
    expect(fieldAt(named("NetworkPolicy", "waas").spec, "ingress", 0, "ports")).toEqual([
      { protocol: "TCP", port: 80 },
    ]);
  });

  it("what belongs to the whole cluster is a note, not an object", () => {
    expect(made.notes.filter((note) => !note.includes("Broker"))).toEqual([
      expect.stringMatching(/faas: .*patch configmap config-autoscaler.*"60s"/),
    ]);
  });

  it("a replay is told where each target is", () => {
    expect(placesOf(made)).toMatchObject({
      server: "deployment:coldcast/server",
      faas: "knative:coldcast/faas",
      waas: "spinkube:spin/waas",
      wasm: "deployment:coldcast/wasm",
    });
  });
});

describe("what has no manifest", () => {
  it("needs an image", () => {
    expect(() => manifests(small("a: { kind: server }"))).toThrow(/targets\.a\.live\.deploy: name the image/);
  });

  it("may stand beside what has one, but cannot be asked for", () => {
    const scenario = small(
      `a: { kind: server, live: { deploy: { ${image} } } }, b: { kind: perRequest, coldStart: 1s, keepAlive: 1s }`,
    );
    expect(manifests(scenario).targets.map(({ target }) => target)).toEqual(["a"]);
    expect(() => manifests(scenario, { targets: ["b"] })).toThrow(/a perRequest target has no form in Kubernetes/);
  });

  it("names that Kubernetes cannot tell apart are refused", () => {
    const two = `a_b: { kind: server, live: { deploy: { ${image} } } }, a.b: { kind: server, live: { deploy: { ${image} } } }`;
    expect(() => manifests(small(two))).toThrow(/"a_b" and "a\.b" would both be named a-b/);
  });

  it("a server cannot be a Knative Service, and the HTTP add-on is deployed by hand", () => {
    expect(() => manifests(small(`a: { kind: server, live: { deploy: { as: knative, ${image} } } }`))).toThrow(
      /cannot be deployed as knative/,
    );
    const http = `a: { kind: spinkube, autoscaler: { kind: keda, trigger: http }, live: { deploy: { ${image} } } }`;
    expect(() => manifests(small(http))).toThrow(/HTTP add-on is deployed by hand/);
  });
});

describe("the files of a folder", () => {
  const files = kustomizeFiles(made, "a comment");

  it("are listed for kustomize, each with what it is called after", () => {
    const list = files.get("kustomization.yaml")!;
    expect(list).toMatch(/^# a comment\n/);
    expect([...files.keys()].filter((name) => name !== "kustomization.yaml").every((name) => list.includes(name))).toBe(
      true,
    );
    expect(files.has("targets/waas-by-lag.yaml")).toBe(true);
  });

  it("hold the very objects, and words that YAML 1.1 takes for something else stay text", () => {
    const stream = yamlStream(objects);
    const parsed = parseAllDocuments(stream, { version: "1.1" }).map((document) => document.toJS() as unknown);
    expect(parsed).toEqual(objects);
  });
});
