import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { TargetError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { apiClient } from "./apiClient.ts";
import { apiStatusOf } from "./apiError.ts";
import { apiResources } from "./apiResources.ts";
import {
  describeObject,
  fieldAt,
  type KubernetesObject,
  type ObjectKind,
  type ObjectReference,
  type Selection,
} from "./kubernetesObject.ts";
import { type Forward, portForward } from "./portForward.ts";
import { type WatchHandlers, type Watching, watchObjects } from "./watchObjects.ts";

/** Whose fields are ours: server-side apply keeps them apart from everyone else's. */
export const fieldManager = "coldcast";

/** A cluster, as far as coldcast asks it anything. Every method throws TargetError, never a client's own error. */
export interface Kubernetes {
  readonly server: string;
  /** The current context's; `default` where it names none. */
  readonly namespace: string;
  /** Whether the cluster serves the kind. */
  has(kind: ObjectKind): Promise<boolean>;
  /** Null where there is no such object. */
  get(reference: ObjectReference, signal?: AbortSignal): Promise<KubernetesObject | null>;
  list(
    selection: Selection,
    signal?: AbortSignal,
  ): Promise<{ readonly items: readonly KubernetesObject[]; readonly resourceVersion: string }>;
  watch(selection: Selection, handlers: WatchHandlers): Promise<Watching>;
  /** Server-side apply under our own field manager; a dry run changes nothing, yet everything is checked. */
  apply(object: KubernetesObject, options?: ApplyOptions): Promise<KubernetesObject>;
  /** A JSON merge patch, for a field such as `{ spec: { replicas: 0 } }`, of the object or a subresource of it. */
  patch(reference: ObjectReference, patch: object, options?: PatchOptions): Promise<KubernetesObject>;
  /** False where there was nothing to delete; with `uid` only that very object is. */
  delete(reference: ObjectReference, options?: DeleteOptions): Promise<boolean>;
  /** A loopback port that leads to a pod's port. */
  forward(pod: { readonly namespace: string; readonly pod: string; readonly port: number }): Promise<Forward>;
  /** Any path of the API, such as `/version`, as JSON. */
  read(path: string, signal?: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
  /** Take over fields that another manager owns; otherwise that is an error. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface PatchOptions {
  readonly subresource?: "scale" | "status";
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface DeleteOptions {
  readonly uid?: string | undefined;
  readonly graceSeconds?: Seconds;
  readonly signal?: AbortSignal;
}

export interface KubernetesOptions {
  /** A kubeconfig's text, in place of KUBECONFIG, ~/.kube/config or the pod's own account. */
  readonly kubeconfig?: string;
  /** How long an API server that answered before and now does not is asked again; 60 s by default. */
  readonly patienceSeconds?: Seconds;
}

/**
 * Opens the cluster that KUBECONFIG names, or `~/.kube/config`, or the one this process runs in.
 *
 * The client library is loaded here and not before, because that takes over half a second. It reads configurations and
 * makes credentials; the calls are our own, because it drops fields of built-in kinds that it does not know, and the
 * API server could then not refuse them.
 *
 * @throws {TargetError} where there is no configuration, or it cannot be read
 */
export async function openKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const config = await readConfig(options.kubeconfig);
  const server = config.getCurrentCluster()!.server;
  const client = apiClient({
    server,
    dispatcher: await dispatcherFor(config),
    headers: async () => (await credentials(config)).headers,
    patienceSeconds: options.patienceSeconds ?? 60,
  });
  const resourceOf = apiResources(client);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? "default";

  const pathOf = async (reference: ObjectReference, signal?: AbortSignal): Promise<string> => {
    const { root, plural, namespaced } = await resourceOf(reference, signal);
    const folder = namespaced ? `/namespaces/${encodeURIComponent(reference.namespace ?? namespace)}` : "";
    return `${root}${folder}/${plural}/${encodeURIComponent(reference.name)}`;
  };
  const listPath = async ({ namespace: within, ...kind }: Selection, signal?: AbortSignal): Promise<string> => {
    const { root, plural, namespaced } = await resourceOf(kind, signal);
    return `${root}${namespaced && within !== undefined ? `/namespaces/${encodeURIComponent(within)}` : ""}/${plural}`;
  };
  const list: Kubernetes["list"] = async (selection, signal) => {
    const { labels: labelSelector, fields: fieldSelector } = selection;
    const path = await listPath(selection, signal);
    const what = `list ${selection.kind} objects`;
    const answer = await client.call({ method: "GET", path, query: { labelSelector, fieldSelector }, what, signal });
    const items = (fieldAt(answer, "items") ?? []) as readonly Omit<KubernetesObject, "kind">[];
    return {
      // A list names kind and version once, for all of its items.
      items: items.map((item) => ({ ...item, apiVersion: selection.apiVersion, kind: selection.kind }) as never),
      resourceVersion: String(fieldAt(answer, "metadata", "resourceVersion") ?? ""),
    };
  };

  return {
    server,
    namespace,
    has: async (kind) => {
      try {
        await resourceOf(kind);
        return true;
      } catch (error) {
        if (error instanceof TargetError && error.cause === undefined) return false;
        throw error;
      }
    },
    get: async (reference, signal) => {
      const what = `get ${describeObject(reference)}`;
      const path = await pathOf(reference, signal);
      return notFoundAs(null, client.call({ method: "GET", path, what, signal }) as Promise<KubernetesObject>);
    },
    list,
    watch: (selection, handlers) =>
      watchObjects(
        {
          list: () => list(selection),
          stream: async (resourceVersion, signal) => {
            const { labels: labelSelector, fields: fieldSelector } = selection;
            const query = { watch: "true", allowWatchBookmarks: "true", resourceVersion, labelSelector, fieldSelector };
            const path = await listPath(selection, signal);
            return client.stream({ method: "GET", path, query, what: `watch ${selection.kind} objects`, signal });
          },
        },
        handlers,
      ),
    apply: async (object, { dryRun = false, force = false, signal } = {}) => {
      const reference = { ...object, ...object.metadata };
      return (await client.call({
        method: "PATCH",
        path: await pathOf(reference, signal),
        query: {
          fieldManager,
          fieldValidation: "Strict",
          force: String(force),
          dryRun: dryRun ? "All" : undefined,
        },
        body: object,
        contentType: "application/apply-patch+yaml",
        what: `apply ${describeObject(reference)}`,
        signal,
      })) as KubernetesObject;
    },
    patch: async (reference, patch, { subresource, dryRun = false, signal } = {}) =>
      (await client.call({
        method: "PATCH",
        path: `${await pathOf(reference, signal)}${subresource === undefined ? "" : `/${subresource}`}`,
        query: { fieldManager, dryRun: dryRun ? "All" : undefined },
        body: patch,
        contentType: "application/merge-patch+json",
        what: `change ${describeObject(reference)}`,
        signal,
      })) as KubernetesObject,
    delete: async (reference, { uid, graceSeconds, signal } = {}) => {
      const body = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Background",
        ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      const path = await pathOf(reference, signal);
      const what = `delete ${describeObject(reference)}`;
      return notFoundAs(
        false,
        client.call({ method: "DELETE", path, body, what, signal }).then(() => true),
      );
    },
    forward: (pod) => portForward(config, pod),
    read: (path, signal) => client.call({ method: "GET", path, what: `read ${path}`, signal }),
    close: () => client.close(),
  };
}

async function readConfig(text: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (text === undefined) config.loadFromDefault();
    else config.loadFromString(text);
  } catch (cause) {
    // The lines after the first show a part of the file, which may be a token.
    const [why] = (cause as Error).message.split("\n");
    throw new TargetError("cluster", `the kubeconfig cannot be read: ${why}`, { retriable: false });
  }
  // The library falls back to localhost:8080, where no cluster of today is.
  const found = config.getCurrentCluster();
  if (found === null || (text === undefined && config.getCurrentContext() === "loaded-context")) {
    const advice = "set KUBECONFIG, or write ~/.kube/config";
    throw new TargetError("cluster", `no kubeconfig names a cluster; ${advice}`, { retriable: false });
  }
  return config;
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: RequestOptions;
}

async function credentials(config: KubeConfig): Promise<Credentials> {
  const tls: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(tls);
  } catch (cause) {
    throw new TargetError("cluster", `no credentials: ${(cause as Error).message}`, { retriable: false, cause });
  }
  return { headers: (tls.headers ?? {}) as Readonly<Record<string, string>>, tls };
}

async function dispatcherFor(config: KubeConfig): Promise<Dispatcher> {
  const { tls } = await credentials(config);
  const given = Object.entries({
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    pfx: tls.pfx,
    passphrase: tls.passphrase,
    rejectUnauthorized: tls.rejectUnauthorized,
    servername: tls.servername,
  }).filter(([, value]) => value !== undefined);
  const connect = Object.fromEntries(given);
  const proxy = config.getCurrentCluster()!.proxyUrl;
  // HTTP/1.1: on HTTP/2 undici 8 throws outside of every promise when it is destroyed while a watch is being given up.
  if (proxy !== undefined) return new ProxyAgent({ uri: proxy, requestTls: connect, allowH2: false });
  return new Agent({ connect, allowH2: false });
}

/** What is not there is an answer, not an error; a kind that is not there is an error. */
async function notFoundAs<T>(instead: T, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (apiStatusOf(error)?.code === 404) return instead;
    throw error;
  }
}
