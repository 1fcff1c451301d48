import { refusal } from "../../../src/live/cluster/apiError.ts";
import type { Kubernetes } from "../../../src/live/cluster/kubernetes.ts";
import type { KubernetesObject, ObjectReference, Selection } from "../../../src/live/cluster/kubernetesObject.ts";

export interface FakeKubernetes extends Kubernetes {
  readonly objects: Map<string, KubernetesObject>;
  /** Applies something as somebody else. */
  put(object: KubernetesObject): void;
}

const keyOf = ({ apiVersion, kind, name, namespace = "" }: ObjectReference): string =>
  `${apiVersion} ${kind} ${namespace}/${name}`;

/**
 * A cluster without controllers, in memory: what is applied is there at once, what is deleted is gone at once.
 *
 * @param refuses a message, where applying an object is to be refused
 */
export function fakeKubernetes(
  refuses: (object: KubernetesObject, dryRun: boolean) => string | null = () => null,
): FakeKubernetes {
  const objects = new Map<string, KubernetesObject>();
  let uids = 0;
  const store = (object: KubernetesObject, manager: string): KubernetesObject => {
    const reference = { ...object, ...object.metadata };
    const uid = objects.get(keyOf(reference))?.metadata.uid ?? `uid-${++uids}`;
    const stored = {
      ...object,
      metadata: { ...object.metadata, uid, managedFields: [{ manager, operation: "Apply" }] },
    };
    objects.set(keyOf(reference), stored);
    return stored;
  };
  const select = ({ apiVersion, kind, namespace, labels }: Selection): KubernetesObject[] =>
    [...objects.values()].filter(({ metadata, ...object }) => {
      const isKind = object.apiVersion === apiVersion && object.kind === kind;
      const isThere = namespace === undefined || metadata.namespace === namespace;
      const [key, value] = labels?.split(",")[0]?.split("=") ?? [];
      return isKind && isThere && (key === undefined || metadata.labels?.[key] === value);
    });
  return {
    objects,
    put: (object) => void store(object, "somebody"),
    server: "https://fake",
    namespace: "default",
    has: () => Promise.resolve(true),
    get: (reference) => Promise.resolve(objects.get(keyOf(reference)) ?? null),
    list: (selection) => Promise.resolve({ items: select(selection), resourceVersion: "1" }),
    watch: (selection, { onEvent }) => {
      for (const object of select(selection)) onEvent({ type: "added", object, at: 0, listed: true });
      return Promise.resolve({ done: Promise.resolve(), stop: () => Promise.resolve() });
    },
    apply: (object, { dryRun = false } = {}) => {
      const why = refuses(object, dryRun);
      if (why !== null) return Promise.reject(refusal("apply", { code: 422, reason: "Invalid", message: why }));
      return Promise.resolve(dryRun ? object : store(object, "coldcast"));
    },
    patch: (reference) => Promise.resolve(objects.get(keyOf(reference))!),
    delete: (reference) => Promise.resolve(objects.delete(keyOf(reference))),
    forward: () => Promise.reject(new Error("no port")),
    read: () => Promise.resolve({}),
    close: () => Promise.resolve(),
  };
}
