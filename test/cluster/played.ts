import { createServer, request as forwardRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Kubernetes } from "../../src/live/cluster/kubernetes.ts";
import { fieldAt, type KubernetesObject } from "../../src/live/cluster/kubernetesObject.ts";
import type { Watching } from "../../src/live/cluster/watchObjects.ts";

/** The function's image, as functions/build.sh makes it. */
const image = process.env.COLDCAST_CLUSTER_IMAGE ?? "dev.local/coldcast-work:0.1.0";

export const knativeService = (namespace: string, name: string): KubernetesObject => ({
  apiVersion: "serving.knative.dev/v1",
  kind: "Service",
  metadata: { name, namespace },
  spec: { template: { spec: { containers: [{ image }] } } },
});

export const spinApp = (namespace: string, name: string): KubernetesObject => ({
  apiVersion: "core.spinkube.dev/v1alpha1",
  kind: "SpinApp",
  metadata: { name, namespace },
  spec: { image, replicas: 1, executor: "containerd-shim-spin" },
});

/** A Deployment of the function, as a controller would make it for a Service or an app. */
export function deployment(
  namespace: string,
  name: string,
  { labels, replicas = 1, broken = false }: { labels: Record<string, string>; replicas?: number; broken?: boolean },
): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 2,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "work",
              image: broken ? "dev.local/nowhere:1" : image,
              imagePullPolicy: "IfNotPresent",
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              ports: [{ containerPort: 8080 }],
              readinessProbe: { httpGet: { path: "/coldcast/ready", port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

export const service = (namespace: string, name: string, selector: Record<string, string>): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
});

/**
 * What Knative's controllers, activator and gateway do, as far as a sender can see: status, revisions as Deployments, a
 * gateway's Service with a load balancer, requests held while there is no pod, and none kept after `idleMs`.
 */
export class PlayedKnative {
  readonly #kubernetes: Kubernetes;
  readonly #namespace: string;
  readonly #name: string;
  readonly #pods = new Map<string, { revision: string; ready: boolean; port: number | null }>();
  readonly #gateway: Server;
  readonly hosts = new Set<string>();
  #revision = "";
  #watching: Watching | undefined;
  #wantedFrom = "";
  #idle: NodeJS.Timeout | undefined;
  idleMs = 60_000;

  constructor(kubernetes: Kubernetes, namespace: string, name: string) {
    this.#kubernetes = kubernetes;
    this.#namespace = namespace;
    this.#name = name;
    this.#gateway = createServer((request, response) => void this.#serve(request, response));
  }

  /** The gateway's Service: named as Kourier's, its load balancer this process (`Proxy`: nothing on the node takes the address over). */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#gateway.listen(0, "127.0.0.1", resolve));
    const { port } = this.#gateway.address() as AddressInfo;
    await this.#kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kourier-system" } });
    const gateway = { apiVersion: "v1", kind: "Service", metadata: { name: "kourier", namespace: "kourier-system" } };
    await this.#kubernetes.apply({ ...gateway, spec: { type: "LoadBalancer", ports: [{ port }] } });
    await this.#kubernetes.patch(
      { ...gateway, ...gateway.metadata },
      { status: { loadBalancer: { ingress: [{ ip: "127.0.0.1", ipMode: "Proxy" }] } } },
      { subresource: "status" },
    );
    this.#watching = await this.#kubernetes.watch(
      {
        apiVersion: "v1",
        kind: "Pod",
        namespace: this.#namespace,
        labels: `serving.knative.dev/service=${this.#name}`,
      },
      { onEvent: ({ type, object }) => void this.#seen(type, object) },
    );
  }

  /** A revision with its Deployment; it takes the traffic once a pod of it is ready. */
  async revision(number: number, replicas: number): Promise<void> {
    const revision = `${this.#name}-${String(number).padStart(5, "0")}`;
    const labels = { "serving.knative.dev/service": this.#name, "serving.knative.dev/revision": revision };
    await this.#kubernetes.apply(deployment(this.#namespace, `${revision}-deployment`, { labels, replicas }));
    while (replicas > 0 && ![...this.#pods.values()].some((pod) => pod.ready && pod.revision === revision))
      await pause(20);
    const before = this.#revision;
    this.#revision = revision;
    await this.status({ ready: "True" });
    if (before !== "") await this.scale(before, 0);
  }

  async status({ ready, reason, message }: { ready: string; reason?: string; message?: string }): Promise<void> {
    const since = new Date().toISOString();
    await this.#kubernetes.patch(
      { ...knativeService(this.#namespace, this.#name), name: this.#name, namespace: this.#namespace },
      {
        status: {
          observedGeneration: 1,
          url: `http://${this.#name}.${this.#namespace}.example.com`,
          latestReadyRevisionName: this.#revision === "" ? undefined : this.#revision,
          conditions: [{ type: "Ready", status: ready, reason, message, lastTransitionTime: since }],
        },
      },
      { subresource: "status" },
    );
  }

  async scale(revision: string, replicas: number): Promise<void> {
    const name = `${revision}-deployment`;
    const reference = { apiVersion: "apps/v1", kind: "Deployment", namespace: this.#namespace, name };
    await this.#kubernetes.patch(reference, { spec: { replicas } }, { subresource: "scale" });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#watching?.stop();
    this.#gateway.closeAllConnections();
    this.#gateway.close();
    for (const close of this.#closing) await close();
    const gateway = { apiVersion: "v1", kind: "Namespace", name: "kourier-system" };
    await this.#kubernetes.delete(gateway);
  }

  readonly #closing: (() => Promise<void>)[] = [];

  async #seen(type: string, object: KubernetesObject): Promise<void> {
    const { name, labels, deletionTimestamp } = object.metadata;
    if (type === "deleted" || deletionTimestamp !== undefined) {
      this.#pods.delete(name);
      return;
    }
    const pod = this.#pods.get(name) ?? {
      revision: labels?.["serving.knative.dev/revision"] ?? "",
      ready: false,
      port: null,
    };
    this.#pods.set(name, pod);
    const conditions = (fieldAt(object, "status", "conditions") ?? []) as readonly unknown[];
    const isReady = conditions.some((each) => fieldAt(each, "type") === "Ready" && fieldAt(each, "status") === "True");
    if (!isReady || pod.port !== null) return;
    const forward = await this.#kubernetes.forward({ namespace: this.#namespace, pod: name, port: 8080 });
    this.#closing.push(forward.close);
    pod.port = forward.port;
    pod.ready = true;
  }

  /** The activator's part: asks for a pod, holds the request until there is one, and passes it on. */
  async #serve(
    request: import("node:http").IncomingMessage,
    response: import("node:http").ServerResponse,
  ): Promise<void> {
    this.hosts.add(request.headers.host ?? "");
    clearTimeout(this.#idle);
    let pod = this.#ready();
    while (pod === undefined) {
      if (this.#wantedFrom !== this.#revision) {
        this.#wantedFrom = this.#revision;
        await this.scale(this.#revision, 1);
      }
      await pause(5);
      pod = this.#ready();
    }
    const { url: path, method, headers } = request;
    const onward = forwardRequest({ host: "127.0.0.1", port: pod.port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
    this.#idle = setTimeout(() => void this.#toZero(), this.idleMs);
  }

  #ready() {
    return [...this.#pods.values()].find((pod) => pod.ready && pod.revision === this.#revision);
  }

  async #toZero(): Promise<void> {
    this.#wantedFrom = "";
    await this.scale(this.#revision, 0);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
