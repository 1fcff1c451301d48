import type { Kubernetes } from "./kubernetes.ts";
import type { KubernetesObject, ObjectReference } from "./kubernetesObject.ts";
import type { Manifests } from "./manifests.ts";
import { isOurs, referenceTo } from "./ownership.ts";
import { type Removed, type RemoveOptions, removeObjects } from "./removeObjects.ts";
import { scenarioLabel } from "./resourceName.ts";

/** Every kind that a deploy may have made, also by an earlier state of the scenario; in the order of applying. */
const kinds = [
  ["v1", "Namespace"],
  ["node.k8s.io/v1", "RuntimeClass"],
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["kafka.strimzi.io/v1", "KafkaTopic"],
  ["core.spinkube.dev/v1alpha1", "SpinAppExecutor"],
  ["apps/v1", "Deployment"],
  ["v1", "Service"],
  ["core.spinkube.dev/v1alpha1", "SpinApp"],
  ["serving.knative.dev/v1", "Service"],
  ["autoscaling/v2", "HorizontalPodAutoscaler"],
  ["keda.sh/v1alpha1", "ScaledObject"],
  ["eventing.knative.dev/v1alpha1", "KafkaSink"],
  ["eventing.knative.dev/v1", "Broker"],
  ["sources.knative.dev/v1", "KafkaSource"],
  ["eventing.knative.dev/v1", "Trigger"],
] as const;

/**
 * Removes everything that deploys of this scenario made, and nothing else, and waits until its pods have ended.
 *
 * What the scenario no longer has is found by its label, in the namespaces that it names.
 *
 * @throws {TargetError} what the cluster refused, or what is still there when the signal comes
 */
export async function undeploy(
  kubernetes: Kubernetes,
  { shared, targets }: Manifests,
  options: RemoveOptions,
): Promise<Removed> {
  const { scenario, signal } = options;
  const written = [...shared, ...targets.flatMap(({ objects }) => objects)];
  const namespaces = [...new Set(written.flatMap(({ metadata: { namespace } }) => namespace ?? []))];
  const found: KubernetesObject[] = [];
  for (const [apiVersion, kind] of kinds) {
    if (!(await kubernetes.has({ apiVersion, kind }))) continue;
    const labels = `${scenarioLabel}=${scenario}`;
    const wholeCluster = kind === "Namespace" || kind === "RuntimeClass";
    for (const namespace of wholeCluster ? [undefined] : namespaces) {
      const within = namespace === undefined ? {} : { namespace };
      found.push(...(await kubernetes.list({ apiVersion, kind, labels, ...within }, signal)).items);
    }
  }
  const own = found.filter((object) => isOurs(object, scenario)).map(referenceTo);
  return removeObjects(kubernetes, unique(own), options);
}

function unique(references: readonly ObjectReference[]): readonly ObjectReference[] {
  const seen = new Map(
    references.map((each) => [`${each.apiVersion} ${each.kind} ${each.namespace}/${each.name}`, each]),
  );
  return [...seen.values()];
}
