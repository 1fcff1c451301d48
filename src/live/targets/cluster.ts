import { type Kubernetes, openKubernetes } from "../cluster/kubernetes.ts";
import { monotonicSeconds } from "../monotonic.ts";
import type { Occupancy } from "../occupancy.ts";
import type { ClusterPlace } from "../place.ts";
import { attribute } from "../watch/attribute.ts";
import { type ClusterWatch, watchCluster } from "../watch/clusterWatch.ts";
import { describeStarts, shiftPodLog } from "../watch/podLog.ts";
import { podOccupancy } from "../watch/podOccupancy.ts";
import type { Endpoint } from "./endpoint.ts";
import { isTlsError } from "./failure.ts";
import { holdUntil } from "./hold.ts";
import { connectOnce, httpTarget } from "./http.ts";
import { knativePlatform } from "./knative.ts";
import type { Platform, PlatformInput } from "./platform.ts";
import type { Reach } from "./reach.ts";
import type { Span, Target, TargetReport } from "./target.ts";
import { deploymentPlatform, spinAppPlatform } from "./workload.ts";

/** Every place in a cluster. Adding one: a file, a line here, and its word in place.ts. */
const platforms: Readonly<Record<ClusterPlace["kind"], (input: PlatformInput) => Promise<Platform>>> = {
  knative: knativePlatform,
  spinkube: spinAppPlatform,
  deployment: deploymentPlatform,
};

export interface ClusterTargetOptions {
  readonly endpointAt: (address: Pick<Endpoint, "url" | "via">) => Endpoint;
  /** In place of the address that would be found. */
  readonly address: string | undefined;
  /** The log's start is each request's own (WaaS). */
  readonly ownStarts: boolean;
  /** A start ends when the Service leads to the pod, and not when Kubernetes counts it ready. */
  readonly startsUntilReachable: boolean;
  readonly patienceSeconds: number;
  /** Whether requests wait here while there is no pod, as something else will bring one. */
  readonly isWoken: boolean;
}

/** What stands once a target in a cluster is open. */
interface Opened {
  readonly kubernetes: Kubernetes;
  readonly platform: Platform;
  readonly watch: ClusterWatch;
  readonly reach: Reach;
  readonly endpoint: Endpoint;
  readonly inner: Target;
  /** Whether requests are held here until a pod is ready, because nothing in the cluster does. */
  readonly held: boolean;
}

/**
 * A function deployed in a cluster: found and waited for when it opens, its pods watched beside the requests.
 *
 * @throws {TargetError} from `open`, with what is in the way
 */
export function clusterTarget(place: ClusterPlace, options: ClusterTargetOptions): Target {
  const undo: (() => Promise<unknown>)[] = [];
  let opened: Opened | undefined;
  let zero = 0;
  let span: Span = { fromSeconds: 0, toSeconds: Infinity };
  let occupancy: Occupancy | undefined;
  const notes: string[] = [];

  return {
    open: async (signal) => {
      opened = await open(place, options, { signal, undo });
      notes.push(opened.reach.note);
    },
    begin: (at, over) => {
      zero = at;
      span = over;
    },
    prepare: (request) => opened!.inner.prepare(request),
    send: (prepared, done) => opened!.inner.send(prepared, done),
    endpoint: () => (opened!.held ? undefined : opened!.endpoint),
    settle: (log) => {
      const fromReady = options.startsUntilReachable ? "reachable" : "ready";
      const servesFrom = opened!.platform.servesFrom === "ready" ? fromReady : opened!.platform.servesFrom;
      const { pods } = opened!.watch;
      const { attributed, answered } = attribute(log, pods, zero, { servesFrom, ownStarts: options.ownStarts });
      if (attributed < answered)
        notes.push(`${answered - attributed} of ${answered} answers name no pod that was seen`);
      occupancy = podOccupancy([...pods.values()], log, { zero, span, servesFrom });
    },
    close: async (): Promise<TargetReport> => {
      await opened?.inner.close();
      if (opened !== undefined) notes.push(...opened.platform.notes());
      for (const step of undo.splice(0).reverse()) await step();
      if (opened === undefined) return {};
      const { pods, events } = opened.watch;
      const seen = shiftPodLog({ pods: [...pods.values()], events }, -zero);
      const starts = describeStarts(seen.pods, 0);
      if (starts !== null) notes.push(starts);
      return { ...(occupancy === undefined ? {} : { occupancy }), pods: seen, notes };
    },
  };
}

async function open(
  place: ClusterPlace,
  { endpointAt, address, patienceSeconds, isWoken }: ClusterTargetOptions,
  { signal, undo }: { readonly signal: AbortSignal | undefined; readonly undo: (() => Promise<unknown>)[] },
): Promise<Opened> {
  const title = `${place.kind} ${place.namespace}/${place.name}`;
  const kubernetes = await openKubernetes();
  undo.push(kubernetes.close);
  const platform = await platforms[place.kind]({ kubernetes, place, address, patienceSeconds, signal });
  undo.push(platform.close);
  const watch = await watchCluster(kubernetes, platform.watched);
  undo.push(watch.stop);
  await platform.follow?.(watch);
  await platform.ready(watch);
  const { url, reach } = await platform.address();
  undo.push(reach.close);
  const endpoint = endpointAt(reach.origin === new URL(url).origin ? { url } : { url, via: reach.origin });
  const wake = place.fromZero ? await platform.toZero(watch) : null;
  const target = httpTarget(title, endpoint);
  if (wake === null && !isWoken) {
    await accepting(new URL(reach.origin), patienceSeconds, signal);
    await target.open();
    return { kubernetes, platform, watch, reach, endpoint, inner: target, held: false };
  }
  const isUp = () => watch.ready().length > 0;
  const whenUp = async () => {
    const asked = monotonicSeconds();
    await wake?.();
    await watch.until(isUp, signal);
    await accepting(new URL(reach.origin), patienceSeconds, signal);
    const reached = monotonicSeconds();
    for (const { at } of watch.ready()) if (Number.isNaN(at.reachable)) at.reachable = reached;
    // Who orders pods knows it before the news of it comes.
    if (wake !== null) for (const { at } of watch.pods.values()) if (at.ordered > asked) at.ordered = asked;
  };
  const inner = isWoken ? holdUntil(target, whenUp, isUp) : holdUntil(target, whenUp);
  return { kubernetes, platform, watch, reach, endpoint, inner, held: true };
}

/** A Service leads to a ready pod only once the nodes have heard of it; gives up without an error, as `open` has a better one. */
async function accepting(url: URL, patienceSeconds: number, signal: AbortSignal | undefined): Promise<void> {
  const until = monotonicSeconds() + patienceSeconds;
  while (monotonicSeconds() < until && signal?.aborted !== true) {
    const isThere = await connectOnce(url).then(
      () => true,
      (error: unknown) => isTlsError(error),
    );
    if (isThere) return;
    await new Promise((resolve) => void setTimeout(resolve, 2));
  }
}
