import { TargetError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { Kubernetes } from "../cluster/kubernetes.ts";
import type { ClusterPlace } from "../place.ts";
import type { ClusterWatch, WatchedWork } from "../watch/clusterWatch.ts";
import type { ServesFrom } from "../watch/podRecord.ts";
import type { Reach } from "./reach.ts";

/** What an adapter is given. */
export interface PlatformInput {
  readonly kubernetes: Kubernetes;
  readonly place: ClusterPlace;
  /** The scenario's own address: of the gateway or the Service, in place of what would be found. */
  readonly address: string | undefined;
  readonly patienceSeconds: Seconds;
  readonly signal: AbortSignal | undefined;
}

/** One deployed function, as its platform shows it. */
export interface Platform {
  readonly watched: WatchedWork;
  readonly servesFrom: ServesFrom;
  /** Told of changes that are no pod's, such as a new revision. */
  follow?(watch: ClusterWatch): Promise<void>;
  /** Resolves when requests can be sent. */
  ready(watch: ClusterWatch): Promise<void>;
  /** Resolves when there is no pod left; what it returns brings pods back, null where the platform does so by itself. */
  toZero(watch: ClusterWatch): Promise<(() => Promise<void>) | null>;
  /** What requests are for, and the way there. */
  address(): Promise<{ readonly url: string; readonly reach: Reach }>;
  notes(): readonly string[];
  close(): Promise<void>;
}

/**
 * Waits for something of a watch, and says after the patience what is in its way.
 *
 * @param failing what did not happen then, such as "the Service did not become Ready"
 * @param state where things stand, for the message
 */
export async function waitFor(
  watch: ClusterWatch,
  { patienceSeconds, signal, place }: PlatformInput,
  { holds, failing, state }: { holds(): boolean; readonly failing: string; state(): string },
): Promise<void> {
  const late = AbortSignal.timeout(patienceSeconds * 1e3);
  const both = signal === undefined ? late : AbortSignal.any([late, signal]);
  const title = `${place.kind} ${place.namespace}/${place.name}`;
  try {
    await watch.until(holds, both);
  } catch {
    if (signal?.aborted) throw new TargetError(title, "interrupted", { retriable: true });
    const trouble = watch.alive().find((pod) => pod.trouble !== "");
    const why = [state(), ...(trouble === undefined ? [] : [`pod ${trouble.name}: ${trouble.trouble}`])].filter(
      (text) => text !== "",
    );
    const because = why.length === 0 ? "" : `: ${why.join("; ")}`;
    throw new TargetError(title, `${failing} within ${patienceSeconds} s${because}`, { retriable: true });
  }
}
