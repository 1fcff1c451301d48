import type { Kubernetes } from "../cluster/kubernetes.ts";
import { fieldAt, type KubernetesObject } from "../cluster/kubernetesObject.ts";
import { type Reach, reachService } from "./reach.ts";

/** The Services that Knative's networking layers put in front, by ingress class, as their own manifests name them. */
const gateways: readonly (readonly [ingressClass: string, namespace: string, name: string])[] = [
  ["kourier", "kourier-system", "kourier"],
  ["istio", "istio-system", "istio-ingressgateway"],
  ["contour", "contour-external", "envoy"],
];

/** The Service of Knative's ingress gateway: of the class in use, else whichever is there; null where none is. */
export async function findGateway(kubernetes: Kubernetes): Promise<KubernetesObject | null> {
  const config = await kubernetes
    .get({ apiVersion: "v1", kind: "ConfigMap", namespace: "knative-serving", name: "config-network" })
    .catch(() => null);
  const inUse = String(fieldAt(config, "data", "ingress-class") ?? "");
  const ordered = [...gateways].sort(([a], [b]) => Number(inUse.startsWith(b)) - Number(inUse.startsWith(a)));
  for (const [, namespace, name] of ordered) {
    // Whoever may not look into a gateway's namespace has none there.
    const service = await kubernetes.get({ apiVersion: "v1", kind: "Service", namespace, name }).catch(() => null);
    if (service !== null) return service;
  }
  return null;
}

/** The way to the ingress of a URL: the address given, else the gateway's Service, else the URL's own host. */
export async function reachGateway(kubernetes: Kubernetes, url: URL, address: string | undefined): Promise<Reach> {
  const direct = (origin: string, note: string): Reach => ({ origin, note, close: () => Promise.resolve() });
  if (address !== undefined) return direct(new URL(address).origin, `gateway ${new URL(address).origin}`);
  const service = await findGateway(kubernetes);
  if (service === null) return direct(url.origin, `no gateway found: sent to ${url.origin} itself`);
  const secure = url.protocol === "https:";
  const reach = await reachService(kubernetes, service, { port: secure ? 443 : 80, secure });
  return { ...reach, note: `gateway ${service.metadata.namespace}/${service.metadata.name}, ${reach.note}` };
}
