import { setTimeout as pause } from "node:timers/promises";
import { TargetError } from "../../base/check.ts";
import { apiStatusOf } from "./apiError.ts";
import type { Kubernetes } from "./kubernetes.ts";
import { describeObject, fieldAt, type KubernetesObject, type ObjectReference } from "./kubernetesObject.ts";
import { isOurs } from "./ownership.ts";
import { scenarioLabel, targetLabel } from "./resourceName.ts";

export interface RemoveOptions {
  /** Only what a deploy of this scenario made is removed. */
  readonly scenario: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (share: number, part: string) => void;
}

export interface Removed {
  readonly removed: readonly string[];
  /** What stays, and why. */
  readonly kept: readonly string[];
}

const pollMs = 200;

/**
 * Removes objects that a deploy of this scenario made, last first, and waits until they and their pods are gone.
 *
 * A Namespace stays while anything else is in it, a RuntimeClass while a pod uses it, and an executor while a SpinApp does.
 *
 * @throws {TargetError} what the cluster refused, or what is still there when the signal comes
 */
export async function removeObjects(
  kubernetes: Kubernetes,
  references: readonly ObjectReference[],
  { scenario, signal, onProgress }: RemoveOptions,
): Promise<Removed> {
  const removed: string[] = [];
  const kept: string[] = [];
  const own = references.filter(({ kind }) => !lastKinds.has(kind)).reverse();
  const last = references.filter(({ kind }) => lastKinds.has(kind)).reverse();
  const going: { readonly reference: ObjectReference; readonly uid: string | undefined }[] = [];
  const steps = references.length + 1;
  let done = 0;

  const remove = async (reference: ObjectReference): Promise<void> => {
    onProgress?.(done++ / steps, `remove ${describeObject(reference)}`);
    const found = await kubernetes.get(reference, signal);
    if (found === null) return;
    if (!isOurs(found, scenario)) return;
    const use = await usedBy(kubernetes, found, signal);
    if (use !== null) {
      kept.push(`${describeObject(reference)}: ${use}`);
      return;
    }
    const { uid } = found.metadata;
    if (await deleteOnce(kubernetes, reference, uid, signal)) removed.push(describeObject(reference));
    going.push({ reference, uid });
  };

  for (const reference of own) await remove(reference);
  await gone(kubernetes, going.splice(0), {
    scenario,
    references,
    signal,
    onProgress: () => onProgress?.(done / steps, "wait for pods to end"),
  });
  for (const reference of last) await remove(reference);
  await gone(kubernetes, going, { scenario, references: [], signal });
  return { removed, kept };
}

/** What others may need or be in; removed after everything else. */
const lastKinds: ReadonlySet<string> = new Set(["Namespace", "RuntimeClass", "SpinAppExecutor"]);

/** By uid, so that an object made anew in the meantime is safe. */
async function deleteOnce(
  kubernetes: Kubernetes,
  reference: ObjectReference,
  uid: string | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return await kubernetes.delete(reference, { uid, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (apiStatusOf(error)?.reason === "Conflict") return false;
    throw error;
  }
}

async function gone(
  kubernetes: Kubernetes,
  going: readonly { readonly reference: ObjectReference; readonly uid: string | undefined }[],
  {
    scenario,
    references,
    signal,
    onProgress,
  }: RemoveOptions & { readonly references: readonly ObjectReference[]; readonly onProgress?: () => void },
): Promise<void> {
  const namespaces = [...new Set(references.flatMap(({ namespace }) => namespace ?? []))];
  const left = async (): Promise<string[]> => {
    const names: string[] = [];
    for (const { reference, uid } of going) {
      const found = await kubernetes.get(reference);
      if (found !== null && found.metadata.uid === uid) names.push(describeObject(reference));
    }
    for (const namespace of namespaces) {
      const labels = `${scenarioLabel}=${scenario}`;
      const pods = await kubernetes.list({ apiVersion: "v1", kind: "Pod", namespace, labels });
      // Those of a Job that somebody started beside the targets are none of ours.
      const own = pods.items.filter(({ metadata }) =>
        references.some(({ name }) => name === metadata.labels?.[targetLabel]),
      );
      names.push(...own.map(({ metadata }) => describeObject({ kind: "Pod", ...metadata })));
    }
    return names;
  };
  for (;;) {
    const names = await left();
    if (names.length === 0) return;
    if (signal?.aborted) {
      throw new TargetError("cluster", `still there: ${names.join(", ")}`, { retriable: true, cause: signal.reason });
    }
    onProgress?.();
    await pause(pollMs);
  }
}

/** Why an object that others may use has to stay, null where it may go. */
async function usedBy(
  kubernetes: Kubernetes,
  { kind, metadata: { name, namespace } }: KubernetesObject,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (kind === "RuntimeClass") {
    const pods = await kubernetes.list({ apiVersion: "v1", kind: "Pod" }, signal);
    const user = pods.items.find((pod) => fieldAt(pod, "spec", "runtimeClassName") === name);
    return user === undefined ? null : `pod ${user.metadata.namespace}/${user.metadata.name} runs in it`;
  }
  if (kind === "SpinAppExecutor") {
    const apps = await kubernetes.list(
      { apiVersion: "core.spinkube.dev/v1alpha1", kind: "SpinApp", ...(namespace === undefined ? {} : { namespace }) },
      signal,
    );
    const user = apps.items.find((app) => fieldAt(app, "spec", "executor") === name);
    return user === undefined ? null : `SpinApp ${user.metadata.name} names it`;
  }
  if (kind !== "Namespace") return null;
  const other = await inhabitant(kubernetes, name, signal);
  return other === null ? null : `${other} is in it`;
}

/** What a namespace may hold that no deploy of ours leaves behind. */
const inhabitants = [
  ["v1", "Pod"],
  ["v1", "Service"],
  ["v1", "Secret"],
  ["v1", "ConfigMap"],
  ["v1", "ServiceAccount"],
  ["v1", "PersistentVolumeClaim"],
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["apps/v1", "DaemonSet"],
  ["batch/v1", "Job"],
  ["batch/v1", "CronJob"],
  ["networking.k8s.io/v1", "Ingress"],
  ["serving.knative.dev/v1", "Service"],
  ["core.spinkube.dev/v1alpha1", "SpinApp"],
  ["keda.sh/v1alpha1", "ScaledObject"],
  ["eventing.knative.dev/v1", "Broker"],
  ["eventing.knative.dev/v1", "Trigger"],
  ["sources.knative.dev/v1", "KafkaSource"],
] as const;
/** Every namespace has these from its beginning. */
const native: ReadonlySet<string> = new Set(["ConfigMap kube-root-ca.crt", "ServiceAccount default"]);

async function inhabitant(
  kubernetes: Kubernetes,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  for (const [apiVersion, kind] of inhabitants) {
    if (!(await kubernetes.has({ apiVersion, kind }))) continue;
    const { items } = await kubernetes.list({ apiVersion, kind, namespace }, signal);
    const other = items.find(
      ({ metadata }) => !native.has(`${kind} ${metadata.name}`) && metadata.deletionTimestamp === undefined,
    );
    if (other !== undefined) return describeObject({ kind, ...other.metadata });
  }
  return null;
}
