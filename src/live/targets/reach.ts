import { TargetError } from "../../base/check.ts";
import type { Kubernetes } from "../cluster/kubernetes.ts";
import { fieldAt, type KubernetesObject } from "../cluster/kubernetesObject.ts";
import { listAt } from "../watch/podRecord.ts";
import { connectOnce } from "./http.ts";

/** A way to a Service's port from this machine. */
export interface Reach {
  readonly origin: string;
  /** What a reader must know of the way. */
  readonly note: string;
  close(): Promise<void>;
}

const tryMs = 2000;

/**
 * Finds a way to a Service: its load balancer, its cluster address, a node port, and at last a port forwarded through the
 * API server to one of its ready pods.
 *
 * A refused connection counts as reached: so answers a Service that has no ready pod.
 *
 * @param port the Service's port by number or name; default its first
 * @throws {TargetError} where there is no way, with what was tried
 */
export async function reachService(
  kubernetes: Kubernetes,
  service: KubernetesObject,
  { port, secure = false }: { readonly port?: number | string; readonly secure?: boolean } = {},
): Promise<Reach> {
  const scheme = secure ? "https" : "http";
  const ports = listAt(service, "spec", "ports");
  const wanted = ports.find((each) => fieldAt(each, "port") === port || fieldAt(each, "name") === port) ?? ports[0];
  const number = Number(fieldAt(wanted, "port"));
  const tried: string[] = [];
  for (const [what, host, at] of await addresses(kubernetes, service, wanted)) {
    const origin = `${scheme}://${host.includes(":") ? `[${host}]` : host}:${at}`;
    const answer = await connectOnce(new URL(origin), { timeoutMs: tryMs, insecure: true }).then(
      () => null,
      (error: Error & { code?: string }) => error,
    );
    const isThere = answer === null || (answer.code === "ECONNREFUSED" && what === "cluster address");
    if (isThere) return { origin, note: `sent to the ${what} ${host}:${at}`, close: () => Promise.resolve() };
    tried.push(`${what} ${host}:${at}: ${answer.message}`);
  }
  return forwarded(kubernetes, service, { wanted, number, scheme, tried });
}

type Address = readonly [what: string, host: string, port: number];

async function addresses(kubernetes: Kubernetes, service: KubernetesObject, port: unknown): Promise<Address[]> {
  const number = Number(fieldAt(port, "port"));
  const balancers = listAt(service, "status", "loadBalancer", "ingress").flatMap((each): Address[] => {
    const host = fieldAt(each, "ip") ?? fieldAt(each, "hostname");
    return host === undefined ? [] : [["load balancer", String(host), number]];
  });
  const own = fieldAt(service, "spec", "clusterIP");
  const inside: Address[] = typeof own === "string" && own !== "None" ? [["cluster address", own, number]] : [];
  const nodePort = fieldAt(port, "nodePort");
  const outside: Address[] =
    typeof nodePort === "number"
      ? (await nodeAddresses(kubernetes)).map((host) => ["node port", host, nodePort] as const)
      : [];
  return [...balancers, ...inside, ...outside];
}

async function nodeAddresses(kubernetes: Kubernetes): Promise<string[]> {
  // Whoever may not list nodes has other ways.
  const nodes = await kubernetes.list({ apiVersion: "v1", kind: "Node" }).catch(() => ({ items: [] }));
  return nodes.items.slice(0, 1).flatMap((node) =>
    listAt(node, "status", "addresses")
      .filter((each) => /IP$/.test(String(fieldAt(each, "type"))))
      .map((each) => String(fieldAt(each, "address"))),
  );
}

async function forwarded(
  kubernetes: Kubernetes,
  service: KubernetesObject,
  {
    wanted,
    number,
    scheme,
    tried,
  }: { readonly wanted: unknown; readonly number: number; readonly scheme: string; readonly tried: readonly string[] },
): Promise<Reach> {
  const { name, namespace = kubernetes.namespace } = service.metadata;
  const selector = Object.entries((fieldAt(service, "spec", "selector") ?? {}) as Record<string, string>);
  const labels = selector.map(([key, value]) => `${key}=${value}`).join(",");
  const { items } = selector.length === 0 ? { items: [] } : await kubernetes.list({ ...podKind, namespace, labels });
  const pod = items.find((each) => fieldAt(each, "status", "phase") === "Running");
  if (pod === undefined) {
    const ways = [...tried, "port forward: no pod runs"].join("; ");
    const advice = "run the senders in the cluster (coldcast manifests --senders), or name a reachable live.url";
    throw new TargetError(`Service ${namespace}/${name}`, `it cannot be reached (${ways}); ${advice}`, {
      retriable: true,
    });
  }
  const to = podPort(pod, fieldAt(wanted, "targetPort") ?? number);
  const forward = await kubernetes.forward({ namespace, pod: pod.metadata.name, port: to });
  return {
    origin: `${scheme}://127.0.0.1:${forward.port}`,
    note: `sent through the API server to the one pod ${pod.metadata.name}: latencies hold that hop`,
    close: forward.close,
  };
}

const podKind = { apiVersion: "v1", kind: "Pod" } as const;

/** A target port may be a name that the pod's containers give a number. */
function podPort(pod: KubernetesObject, target: unknown): number {
  if (typeof target === "number") return target;
  const named = listAt(pod, "spec", "containers")
    .flatMap((container) => listAt(container, "ports"))
    .find((port) => fieldAt(port, "name") === target);
  return Number(fieldAt(named, "containerPort") ?? target);
}
