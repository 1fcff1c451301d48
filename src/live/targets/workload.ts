import { TargetError } from "../../base/check.ts";
import type { Kubernetes } from "../cluster/kubernetes.ts";
import { fieldAt, type KubernetesObject } from "../cluster/kubernetesObject.ts";
import type { ClusterWatch } from "../watch/clusterWatch.ts";
import { conditionOf } from "../watch/podRecord.ts";
import { type Platform, type PlatformInput, waitFor } from "./platform.ts";
import { reachService } from "./reach.ts";

const deploymentKind = { apiVersion: "apps/v1", kind: "Deployment" } as const;
const spinAppKind = { apiVersion: "core.spinkube.dev/v1alpha1", kind: "SpinApp" } as const;

/**
 * A SpinApp: the operator makes a Deployment and a Service of the same name, and those are what is watched and sent to.
 *
 * @throws {TargetError} if there is no such SpinApp, or the operator made no Deployment of it in time
 */
export async function spinAppPlatform(input: PlatformInput): Promise<Platform> {
  const { kubernetes, place, signal, patienceSeconds } = input;
  const { namespace, name } = place;
  const title = `spinkube ${namespace}/${name}`;
  const app = await kubernetes.get({ ...spinAppKind, namespace, name }, signal);
  if (app === null) throw new TargetError(title, "there is no such SpinApp", { retriable: false });
  const made = await firstOf(kubernetes, { namespace, name }, input);
  if (!made) {
    const why = `the spin-operator made no Deployment of it within ${patienceSeconds} s: does it run, and does SpinAppExecutor "${String(fieldAt(app, "spec", "executor"))}" exist?`;
    throw new TargetError(title, why, { retriable: true });
  }
  const platform = await deploymentPlatform(input);
  const executor = String(fieldAt(app, "spec", "executor") ?? "");
  return { ...platform, notes: () => [`SpinApp by executor ${executor}`, ...platform.notes()] };
}

/** Whether the Deployment comes to be in time. */
async function firstOf(
  kubernetes: Kubernetes,
  object: { readonly namespace: string; readonly name: string },
  { patienceSeconds, signal }: PlatformInput,
): Promise<boolean> {
  let found: () => void = () => {};
  const exists = new Promise<boolean>((resolve) => {
    found = () => resolve(true);
    setTimeout(resolve, patienceSeconds * 1e3, false).unref();
    signal?.addEventListener("abort", () => resolve(false), { once: true });
  });
  const watching = await kubernetes.watch(
    { ...deploymentKind, namespace: object.namespace, fields: `metadata.name=${object.name}` },
    { onEvent: ({ type }) => type !== "deleted" && found() },
  );
  const made = await exists;
  await watching.stop();
  return made;
}

/**
 * A Deployment with a Service in front.
 *
 * @throws {TargetError} if there is no such Deployment, or no Service leads to its pods
 */
export async function deploymentPlatform(input: PlatformInput): Promise<Platform> {
  const { kubernetes, place, address, signal } = input;
  const { namespace, name } = place;
  const title = `${place.kind} ${namespace}/${name}`;
  const reference = { ...deploymentKind, namespace, name };
  const found = await kubernetes.get(reference, signal);
  if (found === null) throw new TargetError(title, "there is no such Deployment", { retriable: false });
  const labels = (fieldAt(found, "spec", "selector", "matchLabels") ?? {}) as Readonly<Record<string, string>>;
  const before = Number(fieldAt(found, "spec", "replicas") ?? 1);
  let asFound = true;
  const current = (watch: ClusterWatch): KubernetesObject => watch.deployments.get(name) ?? found;
  const scale = async (to: number): Promise<void> => {
    await kubernetes.patch(reference, { spec: { replicas: to } }, { subresource: "scale" });
  };

  return {
    watched: {
      namespace,
      pods: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(","),
      deployments: { fields: `metadata.name=${name}` },
      concerns: (_, object) => object === name || object.startsWith(`${name}-`),
    },
    servesFrom: "ready",
    ready: (watch) =>
      waitFor(watch, input, {
        holds: () => watch.ready().length >= Number(fieldAt(current(watch), "spec", "replicas") ?? 1),
        failing: "its pods did not become ready",
        state: () => stateOf(current(watch), watch),
      }),
    toZero: async (watch) => {
      asFound = false;
      await scale(0);
      await waitFor(watch, input, {
        holds: () => [...watch.pods.values()].every(({ at }) => !Number.isNaN(at.deleted)),
        failing: "its pods did not end",
        state: () => `${[...watch.pods.values()].filter(({ at }) => Number.isNaN(at.deleted)).length} are left`,
      });
      return () => scale(place.to ?? Math.max(before, 1));
    },
    address: async () => {
      if (address !== undefined) {
        const origin = new URL(address).origin;
        return { url: address, reach: { origin, note: `sent to ${origin}`, close: () => Promise.resolve() } };
      }
      const service = await serviceOf(kubernetes, found, title);
      const reach = await reachService(kubernetes, service);
      return { url: reach.origin, reach };
    },
    notes: () => [],
    // A Deployment is left with as many pods as it was found with.
    close: async () => {
      if (!asFound) await scale(before);
    },
  };
}

function stateOf(deployment: KubernetesObject, watch: ClusterWatch): string {
  const wanted = Number(fieldAt(deployment, "spec", "replicas") ?? 1);
  const failure = conditionOf(deployment, "ReplicaFailure");
  const why = failure?.status === "True" ? `, ${failure.message}` : "";
  return `${watch.ready().length} of ${wanted} pods are ready${why}`;
}

/** The Service of the Deployment's name, else the first that selects its pods. */
async function serviceOf(
  kubernetes: Kubernetes,
  deployment: KubernetesObject,
  title: string,
): Promise<KubernetesObject> {
  const { name, namespace = kubernetes.namespace } = deployment.metadata;
  const { items } = await kubernetes.list({ apiVersion: "v1", kind: "Service", namespace });
  const labels = (fieldAt(deployment, "spec", "template", "metadata", "labels") ?? {}) as Readonly<
    Record<string, string>
  >;
  const selects = (service: KubernetesObject): boolean => {
    const selector = Object.entries((fieldAt(service, "spec", "selector") ?? {}) as Record<string, string>);
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  };
  const found = items.find((service) => service.metadata.name === name) ?? items.find(selects);
  if (found === undefined) throw new TargetError(title, "no Service leads to its pods", { retriable: false });
  return found;
}
