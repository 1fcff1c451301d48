import type { KubernetesObject } from "./kubernetesObject.ts";
import type { ManifestTarget } from "./manifestTarget.ts";

/** Where Knative's queue-proxy listens: requests by HTTP/1 and HTTP/2, its own TLS, administration, metrics. */
const queueProxyPorts = [8012, 8013, 8112, 8022, 9090, 9091];

/**
 * Two policies: nothing in or out for every pod of a scenario, and requests in for one target's pods.
 *
 * Who may send is left open: senders run outside the cluster, in its ingress, or as Jobs. A function calls nobody.
 */
export function networkPolicies(
  targets: readonly ManifestTarget[],
  {
    name,
    labels,
    selector,
  }: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly selector: Readonly<Record<string, string>>;
  },
): KubernetesObject[] {
  const policy = (policyName: string, namespace: string, own: object, spec: object): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: policyName, namespace, labels: { ...own } },
    spec,
  });
  const namespaces = [...new Set(targets.map(({ deploy }) => deploy.namespace))];
  return [
    ...namespaces.map((namespace) =>
      policy(`${name}-default-deny`, namespace, labels, {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress", "Egress"],
      }),
    ),
    ...targets.map((target) =>
      policy(target.name, target.deploy.namespace, target.labels, {
        podSelector: { matchLabels: target.labels },
        policyTypes: ["Ingress"],
        ingress: [{ ports: portsOf(target).map((port) => ({ protocol: "TCP", port })) }],
      }),
    ),
  ];
}

function portsOf({ spec, deploy }: ManifestTarget): readonly number[] {
  const as = deploy.as ?? spec.kind;
  if (as === "spinkube") return [80];
  const own = deploy.port ?? 8080;
  return as === "knative" ? [own, ...queueProxyPorts] : [own];
}
