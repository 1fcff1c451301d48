import type { Seconds } from "../../base/units.ts";
import type { Kubernetes } from "../cluster/kubernetes.ts";
import { fieldAt, type KubernetesObject } from "../cluster/kubernetesObject.ts";
import type { Watching } from "../cluster/watchObjects.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { applyPodEvent, applyPodNews, type PodRecord, podRecord } from "./podRecord.ts";

/** Something that happened beside the requests, on the machine's monotonic clock until `toSchedule`. */
export interface ClusterEvent {
  readonly atSeconds: Seconds;
  /** `Pod`, `Deployment`, `Service` and so on. */
  readonly kind: string;
  readonly object: string;
  /** A reason as Kubernetes names it (`Pulled`, `Scheduled`), or `replicas`, `readyReplicas`, `revision`, `watch`. */
  readonly reason: string;
  readonly detail: string;
}

/** What is followed: the pods with these labels, and the Deployments that order them. */
export interface WatchedWork {
  readonly namespace: string;
  /** A label selector of the pods. */
  readonly pods: string;
  /** Which Deployments: a label or a field selector. */
  readonly deployments: { readonly labels?: string; readonly fields?: string };
  /** Events of these objects are kept; pods and Deployments always are. */
  readonly concerns: (kind: string, name: string) => boolean;
}

/** Pods, replicas and events of one target, as they come. */
export interface ClusterWatch {
  /** By pod name, in the order in which they were first heard of. */
  readonly pods: ReadonlyMap<string, PodRecord>;
  readonly deployments: ReadonlyMap<string, KubernetesObject>;
  readonly events: readonly ClusterEvent[];
  /** Pods that exist and are not on their way out; Kubernetes-ready ones of them. */
  alive(): readonly PodRecord[];
  ready(): readonly PodRecord[];
  note(event: Omit<ClusterEvent, "atSeconds">): void;
  /** Resolves once `holds` does, looked at after every change; rejects with the signal. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Follows a target's pods, its replicas and the events about them from now on.
 *
 * @throws {TargetError} where the API refuses one of the lists
 */
export async function watchCluster(kubernetes: Kubernetes, work: WatchedWork): Promise<ClusterWatch> {
  const { namespace } = work;
  const pods = new Map<string, PodRecord>();
  const deployments = new Map<string, KubernetesObject>();
  const events: ClusterEvent[] = [];
  const waiting = new Set<() => void>();
  const rises = new Map<string, Seconds>();
  const changed = (): void => {
    for (const look of [...waiting]) look();
  };
  const note = (event: Omit<ClusterEvent, "atSeconds">, atSeconds = monotonicSeconds()): void => {
    events.push({ atSeconds, ...event });
    changed();
  };
  const onBreak = (what: string) => (why: string) =>
    note({ kind: "Watch", object: what, reason: "watch", detail: `broke, what follows was heard of late: ${why}` });

  const started: Watching[] = [];
  const follow = async (...[selection, handlers]: Parameters<Kubernetes["watch"]>): Promise<void> => {
    started.push(await kubernetes.watch(selection, handlers));
  };
  await follow(
    { apiVersion: "apps/v1", kind: "Deployment", namespace, ...work.deployments },
    {
      onBreak: onBreak("deployments"),
      onEvent: ({ type, object, at, listed }) => {
        const { name } = object.metadata;
        const before = deployments.get(name);
        if (type === "deleted") deployments.delete(name);
        else deployments.set(name, object);
        for (const [reason, path] of replicaCounts) {
          const [from, to] = [Number(fieldAt(before, ...path) ?? 0), Number(fieldAt(object, ...path) ?? 0)];
          if (reason === "replicas" && to > from && !listed) rises.set(name, at);
          if (from !== to) note({ kind: "Deployment", object: name, reason, detail: String(to) }, at);
        }
        changed();
      },
    },
  );
  await follow(
    { apiVersion: "v1", kind: "Pod", namespace, labels: work.pods },
    {
      onBreak: onBreak("pods"),
      onEvent: (event) => {
        const { name } = event.object.metadata;
        const record = pods.get(name) ?? podRecord(name);
        const isNew = !pods.has(name);
        pods.set(name, record);
        applyPodEvent(record, event, apiToMonotonic);
        // Of what was there before only whole seconds are known, too coarse for a start.
        if (isNew && !event.listed) record.at.ordered = orderOf(name, record.at.created, rises);
        changed();
      },
    },
  );
  await follow(
    { apiVersion: "v1", kind: "Event", namespace },
    {
      onEvent: ({ type, object, at, listed }) => {
        const kind = String(fieldAt(object, "involvedObject", "kind"));
        const name = String(fieldAt(object, "involvedObject", "name"));
        const isOurs = pods.has(name) || deployments.has(name) || work.concerns(kind, name);
        if (listed || type === "deleted" || !isOurs) return;
        const [reason, detail] = [String(fieldAt(object, "reason")), String(fieldAt(object, "message") ?? "")];
        const pod = kind === "Pod" ? pods.get(name) : undefined;
        if (pod !== undefined) applyPodNews(pod, reason, at);
        note({ kind, object: name, reason, detail }, at);
      },
    },
  );

  const alive = (): PodRecord[] => [...pods.values()].filter(({ at }) => Number.isNaN(at.deleting));
  return {
    pods,
    deployments,
    events,
    alive,
    ready: () => alive().filter(({ at }) => !Number.isNaN(at.ready)),
    note,
    until: (holds, signal) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          waiting.delete(look);
          signal?.removeEventListener("abort", abort);
          settle();
        };
        const look = (): void => {
          if (holds()) end(resolve);
        };
        const abort = (): void => end(() => reject(signal?.reason as Error));
        waiting.add(look);
        signal?.addEventListener("abort", abort, { once: true });
        if (signal?.aborted) abort();
        else look();
      }),
    stop: async () => {
      await Promise.all(started.map((watching) => watching.stop()));
    },
  };
}

const replicaCounts = [
  ["replicas", ["spec", "replicas"]],
  ["readyReplicas", ["status", "readyReplicas"]],
] as const;

/** A pod that comes so long after a rise of the replicas replaces another one: nobody ordered it but its controller. */
const orderedWithinSeconds = 5;

/** When the replicas of the pod's Deployment last rose; the pod's name begins with the Deployment's. */
function orderOf(pod: string, created: Seconds, rises: ReadonlyMap<string, Seconds>): Seconds {
  for (const [deployment, at] of rises) {
    if (pod.startsWith(`${deployment}-`) && created - at <= orderedWithinSeconds) return Math.min(at, created);
  }
  return created;
}

function apiToMonotonic(time: string): Seconds {
  const now = new Date();
  return monotonicSeconds() - (now.getTime() - new Date(time).getTime()) / 1e3;
}
