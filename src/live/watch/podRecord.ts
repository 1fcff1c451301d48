import type { Seconds } from "../../base/units.ts";
import { fieldAt, type KubernetesObject } from "../cluster/kubernetesObject.ts";
import type { WatchEvent } from "../cluster/watchObjects.ts";

/** What a pod goes through, in this order. */
export const podMoments = [
  "ordered",
  "created",
  "scheduled",
  "sandboxed",
  "pulled",
  "ip",
  "started",
  "serving",
  "ready",
  "reachable",
  "deleting",
  "deleted",
] as const;
export type PodMoment = (typeof podMoments)[number];

/**
 * One pod and when each thing was first heard of, NaN where it never was.
 *
 * Instants are this process's own, at the arrival of the news, because the API's are whole seconds; for what was there
 * before the watch they are the API's. `ordered`: the number of replicas rose, or this process asked for that, unknown for what
 * was there before; `sandboxed`: the kubelet turned to the images; `serving`: its process said so itself; `reachable`: the
 * Service led to it, known only of pods that a sender waited for.
 */
export interface PodRecord {
  readonly name: string;
  readonly at: Record<PodMoment, Seconds>;
  /** Why its containers do not run, such as `ImagePullBackOff: …`; empty where they do. */
  trouble: string;
}

export function podRecord(name: string): PodRecord {
  const at = Object.fromEntries(podMoments.map((moment) => [moment, Number.NaN])) as Record<PodMoment, Seconds>;
  return { name, at, trouble: "" };
}

/**
 * From when a pod serves: `serving`, what it says itself (Knative's activator probes it); `ready`, what Kubernetes counts;
 * or `reachable`, when the nodes had heard of it, which is later (where nobody waited for that, it is `ready`).
 */
export type ServesFrom = "serving" | "ready" | "reachable";

/** Since when a pod could serve, NaN where that was not seen. */
export function ableSince({ at: { serving, ready, reachable } }: PodRecord, servesFrom: ServesFrom): Seconds {
  if (Number.isNaN(ready)) return serving;
  if (servesFrom === "reachable" && !Number.isNaN(reachable)) return reachable;
  return servesFrom === "serving" && serving <= ready ? serving : ready;
}

/**
 * Takes over what a change of the pod tells.
 *
 * @param toMonotonic the instant on the monotonic clock for a time of the API, ISO 8601
 */
export function applyPodEvent(
  record: PodRecord,
  { type, object, at, listed }: WatchEvent,
  toMonotonic: (time: string) => Seconds,
): void {
  const seen = (moment: PodMoment, time?: unknown): void => {
    if (!Number.isNaN(record.at[moment])) return;
    record.at[moment] = listed && typeof time === "string" ? Math.min(toMonotonic(time), at) : at;
  };
  const { creationTimestamp, deletionTimestamp } = object.metadata;
  seen("created", creationTimestamp);
  const condition = (kind: string) => conditionOf(object, kind);
  if (condition("PodScheduled")?.status === "True" || fieldAt(object, "spec", "nodeName") !== undefined) {
    seen("scheduled", condition("PodScheduled")?.since);
  }
  if (fieldAt(object, "status", "podIP") !== undefined) seen("ip", condition("PodReadyToStartContainers")?.since);
  const containers = listAt(object, "status", "containerStatuses");
  const running = containers.map((each) => fieldAt(each, "state", "running", "startedAt"));
  if (containers.length > 0 && running.every((since) => since !== undefined)) seen("started", running.at(-1));
  if (condition("Ready")?.status === "True") seen("ready", condition("Ready")?.since);
  if (deletionTimestamp !== undefined) seen("deleting");
  if (type === "deleted") {
    seen("deleting");
    seen("deleted");
  }
  record.trouble = troubleOf(object, containers);
}

/**
 * Takes over what the kubelet's event tells: sandbox, images and containers are told of at once, while a pod's status
 * comes up to a second later. Of several containers the last counts.
 */
export function applyPodNews({ at }: PodRecord, reason: string, instant: Seconds): void {
  if (!Number.isNaN(at.ready)) return;
  if ((reason === "Pulling" || reason === "Pulled") && Number.isNaN(at.sandboxed)) at.sandboxed = instant;
  if (reason === "Pulled") at.pulled = instant;
  if (reason === "Started") at.started = instant;
}

/** A condition of an object's status. */
export function conditionOf(
  object: KubernetesObject,
  kind: string,
): { readonly status: string; readonly reason: string; readonly message: string; readonly since: unknown } | undefined {
  const found = listAt(object, "status", "conditions").find((each) => fieldAt(each, "type") === kind);
  if (found === undefined) return undefined;
  return {
    status: String(fieldAt(found, "status")),
    reason: String(fieldAt(found, "reason") ?? ""),
    message: String(fieldAt(found, "message") ?? ""),
    since: fieldAt(found, "lastTransitionTime"),
  };
}

export function listAt(object: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldAt(object, ...path);
  return Array.isArray(found) ? found : [];
}

function troubleOf(object: KubernetesObject, containers: readonly unknown[]): string {
  for (const container of containers) {
    const waiting = fieldAt(container, "state", "waiting") ?? fieldAt(container, "state", "terminated");
    const reason = fieldAt(waiting, "reason");
    if (reason === undefined || reason === "ContainerCreating" || reason === "PodInitializing") continue;
    return said(reason, fieldAt(waiting, "message"));
  }
  const scheduled = conditionOf(object, "PodScheduled");
  return scheduled?.status === "False" ? said(scheduled.reason, scheduled.message) : "";
}

const said = (reason: unknown, message: unknown): string =>
  message === undefined || message === "" ? String(reason) : `${String(reason)}: ${String(message)}`;
