import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { importKnative } from "../../src/live/cluster/importKnative.ts";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import type { KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { kustomizeFiles } from "../../src/live/cluster/kustomization.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { everyJob, everyManifest, everyTarget } from "../live/cluster/everyManifest.ts";
import { defineKinds, noCluster } from "./lab.ts";

const namespace = `coldcast-manifests-${process.pid}`;
const made = everyManifest();
const written = [...made.shared, ...made.targets.flatMap((target) => target.objects)];
const objects = [...written, ...everyJob()];

/** As it is written, but where nothing else is. */
const here = (object: KubernetesObject): KubernetesObject =>
  object.metadata.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };

describe.skipIf(noCluster)("every manifest, tried on a real API server", () => {
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    kubernetes = await openKubernetes();
    await defineKinds(kubernetes);
    await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });
  afterAll(async () => {
    await kubernetes.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
    await kubernetes.close();
  });

  it.each(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const))(
    "%s",
    async (_, object) => {
      const applied = await kubernetes.apply(here(object), { dryRun: true, force: true });
      expect(applied.metadata.name).toBe(object.metadata.name);
    },
  );

  it.each(["faas", "faas-on-cpu"])("%s, applied, is imported as the target it was", async (name) => {
    const { targets } = parseScenario(everyTarget.replace("scaleToZeroGracePeriod: 60s", "minScale: 0"));
    const written = made.targets.find((target) => target.target === name)!.objects[0]!;
    await kubernetes.apply(here(written));
    const { scenario, notes } = await importKnative(kubernetes, { namespace, name });
    const before = targets.find((target) => target.name === name)!;
    const read = parseScenario(scenario).targets[0]!;
    const live = { deploy: { ...before.live!.deploy!, namespace, port: 8080 } };
    expect({ ...read, live: null }).toEqual({ ...before, live: null });
    expect(read.live!.deploy).toMatchObject({ image: live.deploy.image, namespace, port: 8080 });
    // No Knative is installed here, so its own ConfigMaps are not there.
    expect(notes).toEqual([expect.stringMatching(/could not be read/)]);
  });

  it("refuses a wrong field, in every kind", async () => {
    for (const object of objects.filter(({ spec }) => spec !== undefined)) {
      const wrong = { ...here(object), spec: { ...(object.spec as object), replicass: 1 } };
      await expect(kubernetes.apply(wrong, { dryRun: true, force: true }), object.kind).rejects.toThrow(/replicass/);
    }
  });

  it("refuses a wrong value", async () => {
    const topic = objects.find(({ kind }) => kind === "KafkaTopic")!;
    const none = { ...here(topic), spec: { ...(topic.spec as object), partitions: 0 } };
    await expect(kubernetes.apply(none, { dryRun: true })).rejects.toThrow(/greater than or equal to 1/);
  });

  it.each(globSync("k8s/**/kustomization.yaml").sort())(
    "%s is taken by kustomize, and what it makes by the API server",
    async (file) => {
      const text = execFileSync("kubectl", ["kustomize", dirname(file)], { encoding: "utf8" });
      const made = parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS() as KubernetesObject);
      expect(made.length).toBeGreaterThan(0);
      for (const object of made) {
        // Cilium's definitions are not at hand (k8s/cilium/README.md).
        if (object.kind === "CiliumNetworkPolicy") continue;
        const applied = await kubernetes.apply(here(object), { dryRun: true, force: true });
        expect(applied.metadata.name).toBe(object.metadata.name);
      }
    },
  );

  it("is the same through kustomize", () => {
    const folder = mkdtempSync(join(tmpdir(), "coldcast-kustomize-"));
    for (const [name, text] of kustomizeFiles(made)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const text = execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    const read = parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS() as KubernetesObject);
    const sorted = (list: readonly KubernetesObject[]) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const key = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata.namespace}/${metadata.name}`;
    expect(sorted(read)).toEqual(sorted(written));
  });
});
