import { globSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Kubernetes, openKubernetes } from "../../src/live/cluster/kubernetes.ts";
import type { KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { noCluster } from "./lab.ts";

const namespace = `coldcast-gpu-${process.pid}`;
const objects = globSync("k8s/gpu/*.yaml")
  .sort()
  .filter((file) => !file.endsWith("kustomization.yaml"))
  .map((file) => parse(readFileSync(file, "utf8")) as KubernetesObject);

describe.skipIf(noCluster)("the objects of k8s/gpu, tried on a real API server", () => {
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    kubernetes = await openKubernetes();
    await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });
  afterAll(async () => {
    await kubernetes.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
    await kubernetes.close();
  });

  it.each(objects.map((object) => [object.kind, object] as const))("%s", async (kind, object) => {
    const here = kind === "RuntimeClass" ? object : { ...object, metadata: { ...object.metadata, namespace } };
    const applied = await kubernetes.apply(here, { dryRun: true, force: true });
    expect(applied.metadata.name).toBe(object.metadata.name);
  });
});
