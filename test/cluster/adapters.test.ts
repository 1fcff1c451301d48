import { globSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type DistributionSpec, distribution } from "../../src/distributions/index.ts";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import type { KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { deploymentAt } from "../../src/live/deployment.ts";
import { fitProbes, probe } from "../../src/live/probe.ts";
import { replay } from "../../src/live/replay.ts";
import { startSteps } from "../../src/live/watch/podLog.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import type { KnativeSpec } from "../../src/scenario/scenario.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { crdFiles } from "./crds.ts";
import { deployment, knativeService, PlayedKnative, pause, service, spinApp } from "./played.ts";

const namespace = `coldcast-adapters-${process.pid}`;
const scenario = parseScenario(`
name: adapters
seed: 5
duration: 4s
arrivals: { kind: poisson, rate: 20/s }
work: { kind: exponential, mean: 4ms }
targets:
  faas: { kind: knative }
  waas: { kind: spinkube, replicas: 1 }
`);

let kubernetes: Kubernetes;

async function run(target: "faas" | "waas", where: string, patienceSeconds = 60) {
  const result = await replay(
    scenario,
    schedule(scenario),
    deploymentAt({ [target]: where }, "rig", { patienceSeconds }),
    {
      targets: [target],
    },
  );
  const log = result.outcomes.get(target)!;
  return { answer: result.answer.targets[0] as AvailableAnswer, log, pods: result.pods.get(target)! };
}

/** Every request completed and is known to be of a pod that was seen. */
function expectAttributed({ answer, log, pods }: Awaited<ReturnType<typeof run>>): void {
  expect(answer.counts).toMatchObject({ completed: log.length, failed: {}, dropped: 0, unsent: 0 });
  const names = new Set(pods.pods.map(({ name }) => name));
  expect(log.instances.filter((id) => !names.has(id))).toEqual([]);
  expect(log.instance.every((instance) => instance >= 0)).toBe(true);
  expect(log.cold.every((cold) => cold >= 0)).toBe(true);
}

/** Without a cluster these are skipped, by name. */
describe.skipIf(process.env.KUBECONFIG === undefined)("adapters on a real API server", () => {
  beforeAll(async () => {
    kubernetes = await openKubernetes();
    for (const file of globSync(crdFiles).filter((name) => /serving|spin/.test(name))) {
      for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
        const object = document.toJS() as KubernetesObject | null;
        if (object?.kind === "CustomResourceDefinition") await kubernetes.apply(object, { force: true });
      }
    }
    for (const kind of [knativeService("", ""), spinApp("", "")])
      while (!(await kubernetes.has(kind))) await pause(100);
    await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });
  afterAll(async () => {
    await kubernetes.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
    await kubernetes.close();
  });

  describe("a Knative Service, its controllers played", () => {
    const name = "hello";
    let knative: PlayedKnative;
    beforeAll(async () => {
      knative = new PlayedKnative(kubernetes, namespace, name);
      await knative.open();
      await kubernetes.apply(knativeService(namespace, name));
    });
    afterAll(() => knative.close());
    const where = `knative:${namespace}/${name}`;

    it("that is not there, or not in the cluster at all, is said so", async () => {
      await expect(run("faas", `knative:${namespace}/other`)).rejects.toThrow("there is no such Knative Service");
    });

    it("that never becomes ready ends the wait with its reason", async () => {
      const silent = /the Service did not become Ready within 1 s: its status says nothing/;
      await expect(run("faas", where, 1)).rejects.toThrow(silent);
      await knative.status({ ready: "False", reason: "RevisionFailed", message: "the image cannot be resolved" });
      await expect(run("faas", where, 1)).rejects.toThrow(
        "Ready is False (RevisionFailed) the image cannot be resolved",
      );
    });

    it("is waited for, reached by its gateway under its own host, and watched", async () => {
      const becoming = knative.revision(1, 1);
      const result = await run("faas", where);
      await becoming;
      expectAttributed(result);
      expect(result.answer.method).toContain("gateway kourier-system/kourier, sent to the load balancer 127.0.0.1");
      expect(result.answer.method).toContain("revision hello-00001");
      expect([...knative.hosts]).toEqual([`${name}.${namespace}.example.com`]);
      expect(result.answer.cold.probability.value).toBe(0);
      expect(result.answer.instances.ready!.value).toBeCloseTo(1, 6);
    });

    it("whose revision is replaced during the replay is recorded so, and loses nothing", async () => {
      const replacing = pause(1500).then(() => knative.revision(2, 1));
      const result = await run("faas", where);
      await replacing;
      expectAttributed(result);
      expect(result.answer.method).toContain(
        "the revision was replaced during the replay: hello-00001, then hello-00002",
      );
      expect(result.log.instances).toHaveLength(2);
      expect(result.pods.events.some(({ reason, detail }) => reason === "revision" && detail === "hello-00002")).toBe(
        true,
      );
    });

    it("from zero has cold requests, and a start whose steps are measured", async () => {
      await knative.scale("hello-00002", 0);
      const result = await run("faas", `${where}@zero`);
      expectAttributed(result);
      const { cold, method, timeline } = result.answer;
      expect(method).toMatch(/1 pod started, medians: control 0\.\d+ s, schedule/);
      expect(timeline!.starting.some((pods) => pods! > 0)).toBe(true);
      expect(cold.probability.value).toBeGreaterThan(0.05);
      expect(result.log.cold[0]).toBe(1);
      expect(cold.duration!.mean.value).toBeGreaterThan(0.05);
      expect(cold.duration!.mean.value).toBeLessThan(result.log.latency[0]!);
      const steps = startSteps(result.pods.pods, 0);
      for (const step of ["control", "schedule", "sandbox", "containers", "process", "readiness"]) {
        expect([step, steps.get(step)!.length]).toEqual([step, 1]);
      }
      const [pod] = result.pods.pods.filter(({ at }) => at.ordered >= 0);
      const sum = [...steps.values()].flat().reduce((total, each) => total + each, 0);
      expect(sum).toBeCloseTo(pod!.at.ready - pod!.at.ordered, 1);
    });

    it("is calibrated by probes, its starts step by step", async () => {
      knative.idleMs = 300;
      const faas = scenario.targets[0]!;
      const probes = await probe(scenario, faas, {
        ratePerSecond: 20,
        seed: 9,
        plan: { coldStarts: 2, idleRequests: 30, ramp: [1], rampSeconds: 2, startsAtOnce: [] },
        deployment: ({ zero }) =>
          deploymentAt({ faas: `${where}${zero ? "@zero" : ""}` }, "rig", { patienceSeconds: 60 }),
        options: {},
        onPart: () => {},
      });
      const { scenario: fitted, fits } = fitProbes(scenario, new Map([["faas", probes]]), {
        answerSha256: "0".repeat(64),
        seed: 9,
      });
      const { podStart, workFactor } = fitted.targets[0] as KnativeSpec;
      expect(workFactor).toBeGreaterThan(0.9);
      expect(distribution(podStart as DistributionSpec).mean).toBeGreaterThan(0.05);
      expect(distribution(podStart as DistributionSpec).mean).toBeLessThan(10);
      const parts = fits.map(({ part }) => part);
      for (const step of ["control", "schedule", "sandbox", "containers", "process", "readiness"]) {
        expect(parts).toContain(`podStart.${step}`);
      }
    });
  });

  describe("a Deployment whose Service has no address", () => {
    it("is reached through the API server, and the answer says so", async () => {
      const labels = { app: "headless" };
      await kubernetes.apply(deployment(namespace, "headless", { labels }));
      const { spec, ...rest } = service(namespace, "headless", labels);
      await kubernetes.apply({ ...rest, spec: { ...(spec as object), clusterIP: "None" } });
      const result = await run("faas", `deployment:${namespace}/headless`);
      expectAttributed(result);
      expect(result.answer.method).toMatch(/sent through the API server to the one pod headless-/);
    });
  });

  describe("a SpinApp, its operator played", () => {
    const name = "spin";
    const labels = { "core.spinkube.dev/app-name": name };
    const where = `spinkube:${namespace}/${name}`;
    beforeAll(async () => {
      await kubernetes.apply(spinApp(namespace, name));
    });

    it("of which no Deployment is made ends the wait with what to look at", async () => {
      await expect(run("waas", where, 1)).rejects.toThrow(
        /the spin-operator made no Deployment of it within 1 s: .* SpinAppExecutor "containerd-shim-spin"/,
      );
    });

    it("whose image is missing ends the wait with the pod's trouble", async () => {
      await kubernetes.apply(deployment(namespace, name, { labels, broken: true }));
      await expect(run("waas", where, 6)).rejects.toThrow(
        /did not become ready within 6 s: 0 of 1 pods are ready; pod spin-.*: (ErrImagePull|ImagePullBackOff)/,
      );
    });

    it("is waited for, reached by its Service, and watched; also from zero", async () => {
      await kubernetes.apply(deployment(namespace, name, { labels }));
      await kubernetes.apply(service(namespace, name, labels));
      const warm = await run("waas", where);
      expectAttributed(warm);
      expect(warm.answer.method).toContain("SpinApp by executor containerd-shim-spin");
      const cold = await run("waas", `${where}@zero`);
      expectAttributed(cold);
      expect(cold.log.cold[0]).toBe(1);
      expect(cold.answer.cold.duration!.mean.value).toBeGreaterThan(0.05);
    });
  });
});
