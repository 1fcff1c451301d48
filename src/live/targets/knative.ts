import { TargetError } from "../../base/check.ts";
import { fieldAt, type KubernetesObject } from "../cluster/kubernetesObject.ts";
import type { Watching } from "../cluster/watchObjects.ts";
import type { ClusterWatch } from "../watch/clusterWatch.ts";
import { conditionOf } from "../watch/podRecord.ts";
import { reachGateway } from "./gateway.ts";
import { type Platform, type PlatformInput, waitFor } from "./platform.ts";

const serviceKind = { apiVersion: "serving.knative.dev/v1", kind: "Service" } as const;

/**
 * A Knative Service: its URL from its status, sent to the ingress gateway under the URL's host.
 *
 * Which revision answers is recorded, and that it changed during the replay.
 *
 * @throws {TargetError} if there is no such Service
 */
export async function knativePlatform(input: PlatformInput): Promise<Platform> {
  const { kubernetes, place, address, signal } = input;
  const { namespace, name } = place;
  const title = `knative ${namespace}/${name}`;
  const found = await kubernetes.get({ ...serviceKind, namespace, name }, signal);
  if (found === null) throw new TargetError(title, "there is no such Knative Service", { retriable: false });

  let service: KubernetesObject = found;
  const revisions: string[] = [];
  let watching: Watching | undefined;
  const state = (): string => {
    const ready = conditionOf(service, "Ready");
    if (ready === undefined) return "its status says nothing: does the Knative controller run?";
    return `Ready is ${ready.status}${ready.reason === "" ? "" : ` (${ready.reason})`}${ready.message === "" ? "" : ` ${ready.message}`}`;
  };

  return {
    watched: {
      namespace,
      pods: `serving.knative.dev/service=${name}`,
      deployments: { labels: `serving.knative.dev/service=${name}` },
      concerns: (_, object) => object === name || object.startsWith(`${name}-`),
    },
    servesFrom: "serving",
    follow: async (watch) => {
      watching = await kubernetes.watch(
        { ...serviceKind, namespace, fields: `metadata.name=${name}` },
        {
          onEvent: ({ type, object }) => {
            if (type !== "deleted") service = object;
            noteRevision(object, revisions, watch);
          },
        },
      );
    },
    ready: (watch) =>
      waitFor(watch, input, { holds: () => isReady(service), failing: "the Service did not become Ready", state }),
    toZero: async (watch) => {
      await waitFor(watch, input, {
        holds: () => watch.alive().length === 0,
        failing: "it did not scale to zero",
        state: () => `${watch.alive().length} pods are left; is minScale 0, and does nothing else send to it?`,
      });
      return null;
    },
    address: async () => {
      const url = String(fieldAt(service, "status", "url") ?? fieldAt(service, "status", "address", "url"));
      if (!URL.canParse(url)) throw new TargetError(title, "its status names no URL", { retriable: true });
      return { url, reach: await reachGateway(kubernetes, new URL(url), address) };
    },
    notes: () => revisionNotes(revisions),
    close: async () => {
      await watching?.stop();
    },
  };
}

/** Ready, as of the generation that is wanted now. */
function isReady(service: KubernetesObject): boolean {
  const observed = fieldAt(service, "status", "observedGeneration");
  const wanted = fieldAt(service, "metadata", "generation");
  return conditionOf(service, "Ready")?.status === "True" && (observed === undefined || observed === wanted);
}

function noteRevision(service: KubernetesObject, revisions: string[], watch: ClusterWatch): void {
  const revision = fieldAt(service, "status", "latestReadyRevisionName");
  if (typeof revision !== "string" || revision === revisions.at(-1)) return;
  revisions.push(revision);
  watch.note({ kind: "Service", object: service.metadata.name, reason: "revision", detail: revision });
}

function revisionNotes(revisions: readonly string[]): readonly string[] {
  if (revisions.length === 0) return [];
  if (revisions.length === 1) return [`revision ${revisions[0]}`];
  return [`the revision was replaced during the replay: ${revisions.join(", then ")}`];
}
