import { fieldManager, type Kubernetes } from "./kubernetes.ts";
import { describeObject, type KubernetesObject, type ObjectReference } from "./kubernetesObject.ts";
import { managedByLabel, scenarioLabel } from "./resourceName.ts";

/** What stands in the cluster where an object is to be applied. */
export type Standing = "absent" | "ours" | "foreign";

/** Kinds that several scenarios share: another's, or the administrator's, serves as well and is left alone. */
const sharedKinds: ReadonlySet<string> = new Set(["Namespace", "RuntimeClass", "SpinAppExecutor"]);
export const isShared = ({ kind }: { readonly kind: string }): boolean => sharedKinds.has(kind);

export const referenceTo = ({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});

/** Whether a deploy of this scenario made the object: it has the labels, and was applied by our field manager. */
export function isOurs({ metadata }: KubernetesObject, scenario: string): boolean {
  const { labels = {}, managedFields = [] } = metadata;
  const isLabelled = labels[managedByLabel] === fieldManager && labels[scenarioLabel] === scenario;
  return (
    isLabelled && managedFields.some(({ manager, operation }) => manager === fieldManager && operation === "Apply")
  );
}

export async function standingOf(
  kubernetes: Kubernetes,
  object: KubernetesObject,
  { scenario, signal }: { readonly scenario: string; readonly signal?: AbortSignal | undefined },
): Promise<Standing> {
  const found = await kubernetes.get(referenceTo(object), signal);
  if (found === null || found.metadata.deletionTimestamp !== undefined) return "absent";
  return isOurs(found, scenario) ? "ours" : "foreign";
}

export const nameOf = ({ kind, metadata }: KubernetesObject): string => describeObject({ kind, ...metadata });
