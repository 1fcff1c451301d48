import { TargetError } from "../../base/check.ts";
import type { ApiClient } from "./apiClient.ts";
import { apiStatusOf } from "./apiError.ts";
import { fieldAt, type ObjectKind } from "./kubernetesObject.ts";

/** Where a kind is found in the API's paths. */
export interface ApiResource {
  readonly plural: string;
  readonly namespaced: boolean;
  /** `/apis/apps/v1` */
  readonly root: string;
}

/** What must be installed for the kinds of a group. */
const providers: Readonly<Record<string, string>> = {
  "serving.knative.dev": "Knative Serving (k8s/knative)",
  "core.spinkube.dev": "the spin-operator (k8s/spinkube)",
  "eventing.knative.dev": "Knative Eventing with its broker and sink for Apache Kafka (k8s/knative)",
  "sources.knative.dev": "Knative's source for Apache Kafka (k8s/knative)",
  "keda.sh": "KEDA (k8s/keda)",
  "kafka.strimzi.io": "the Strimzi operator (k8s/kafka)",
  "cilium.io": "Cilium (k8s/cilium)",
};

/**
 * Looks kinds up in the API's own list, once per group and version.
 *
 * @returns a function that throws TargetError where the cluster does not serve the kind
 */
export function apiResources(client: ApiClient): (kind: ObjectKind, signal?: AbortSignal) => Promise<ApiResource> {
  const known = new Map<string, readonly unknown[]>();
  return async ({ apiVersion, kind }, signal) => {
    const root = `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}`;
    const found = (known.get(apiVersion) ?? []).find((entry) => isKind(entry, kind));
    const entry = found ?? (await listResources(client, { root, kind, signal })).find((each) => isKind(each, kind));
    if (entry === undefined) {
      const provider = providers[apiVersion.split("/")[0]!];
      const advice = provider === undefined ? "" : `; install ${provider}`;
      throw new TargetError("cluster", `it has no kind ${kind} in ${apiVersion}${advice}`, { retriable: false });
    }
    if (found === undefined) known.set(apiVersion, [...(known.get(apiVersion) ?? []), entry]);
    return { root, plural: String(fieldAt(entry, "name")), namespaced: fieldAt(entry, "namespaced") === true };
  };
}

async function listResources(
  client: ApiClient,
  { root, kind, signal }: { readonly root: string; readonly kind: string; readonly signal: AbortSignal | undefined },
): Promise<readonly unknown[]> {
  try {
    const list = fieldAt(
      await client.call({ method: "GET", path: root, what: `look up ${kind}`, signal }),
      "resources",
    );
    return Array.isArray(list) ? list : [];
  } catch (error) {
    if (apiStatusOf(error)?.code === 404) return [];
    throw error;
  }
}

/** Subresources such as `deployments/scale` have kinds of their own, and a slash. */
function isKind(entry: unknown, kind: string): boolean {
  return fieldAt(entry, "kind") === kind && !String(fieldAt(entry, "name")).includes("/");
}
