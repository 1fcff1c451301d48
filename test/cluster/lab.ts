import { globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Kubernetes } from "../../src/live/cluster/kubernetes.ts";
import type { KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import { crdFiles } from "./crds.ts";

/** Without a cluster, suites are skipped by name. */
export const noCluster = process.env.KUBECONFIG === undefined;

/** The function as functions/build.sh makes it; the cluster must have it, because the suites pull nothing. */
export const containerImage = process.env.COLDCAST_CLUSTER_IMAGE ?? "dev.local/coldcast-work:0.1.0";
export const wasmImage = process.env.COLDCAST_CLUSTER_WASM_IMAGE ?? "dev.local/coldcast-work-wasm:0.1.0";

/** Defines the kinds of Knative, SpinKube, KEDA and Strimzi, and waits until they are served. */
export async function defineKinds(kubernetes: Kubernetes): Promise<void> {
  const defined = globSync(crdFiles).flatMap((file) =>
    parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubernetesObject | null),
  );
  for (const object of defined) {
    if (object?.kind !== "CustomResourceDefinition") continue;
    // Ours of Knative Eventing stands in for a real one, and never in its place.
    const isWritten = /\.(eventing|sources)\.knative\.dev$/.test(object.metadata.name);
    const reference = { ...object, name: object.metadata.name };
    if (!isWritten || (await kubernetes.get(reference)) === null) await kubernetes.apply(object, { force: true });
  }
  for (const [apiVersion, kind] of [
    ["serving.knative.dev/v1", "Service"],
    ["core.spinkube.dev/v1alpha1", "SpinApp"],
    ["keda.sh/v1alpha1", "ScaledObject"],
    ["kafka.strimzi.io/v1", "KafkaTopic"],
    ["sources.knative.dev/v1", "KafkaSource"],
    ["eventing.knative.dev/v1", "Trigger"],
  ] as const) {
    while (!(await kubernetes.has({ apiVersion, kind }))) await pause(100);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** A scenario's file in a folder of its own. */
export function scenarioFile(text: string): { readonly file: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "coldcast-cluster-"));
  const file = join(folder, "scenario.yaml");
  writeFileSync(file, text);
  return { file, folder };
}

/** The names of what a namespace holds of some kinds. */
export async function namesIn(kubernetes: Kubernetes, namespace: string): Promise<string[]> {
  const kinds = [
    ["apps/v1", "Deployment"],
    ["v1", "Service"],
    ["v1", "Pod"],
    ["networking.k8s.io/v1", "NetworkPolicy"],
  ] as const;
  const lists = await Promise.all(kinds.map(([apiVersion, kind]) => kubernetes.list({ apiVersion, kind, namespace })));
  return lists.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
}

/** Whether a namespace is not there, or on its way out. */
export async function isGone(kubernetes: Kubernetes, namespace: string): Promise<boolean> {
  const found = await kubernetes.get({ apiVersion: "v1", kind: "Namespace", name: namespace });
  return found === null || found.metadata.deletionTimestamp !== undefined;
}
