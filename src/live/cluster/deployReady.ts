import { TargetError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { ClusterKind } from "../place.ts";
import { knativePlatform } from "../targets/knative.ts";
import type { PlatformInput } from "../targets/platform.ts";
import { deploymentPlatform, spinAppPlatform } from "../targets/workload.ts";
import { type ClusterWatch, watchCluster } from "../watch/clusterWatch.ts";
import { conditionOf } from "../watch/podRecord.ts";
import type { Kubernetes } from "./kubernetes.ts";
import type { TargetManifests } from "./manifests.ts";

const platforms = { knative: knativePlatform, spinkube: spinAppPlatform, deployment: deploymentPlatform };

/** What time does not heal: the same start would be tried again and again. */
const hopeless = /^(ImagePullBackOff|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CrashLoopBackOff)/;

/**
 * Waits until what was deployed for one target can serve.
 *
 * @throws {TargetError} after the patience, or at once where the pods cannot start as they are written: with what Kubernetes says
 */
export async function deployReady(
  kubernetes: Kubernetes,
  { as, namespace, name }: TargetManifests,
  { patienceSeconds, signal }: { readonly patienceSeconds: Seconds; readonly signal: AbortSignal | undefined },
): Promise<{ readonly pods: number }> {
  const place = { kind: as as ClusterKind, namespace, name, fromZero: false };
  const input: PlatformInput = { kubernetes, place, address: undefined, patienceSeconds, signal };
  const platform = await platforms[as](input);
  const watch = await watchCluster(kubernetes, platform.watched);
  const over = new AbortController();
  try {
    await platform.follow?.(watch);
    await Promise.race([platform.ready(watch), failure(watch, `${as} ${namespace}/${name}`, over.signal)]);
    return { pods: watch.ready().length };
  } catch (error) {
    throw withLastEvent(error, watch);
  } finally {
    over.abort();
    await watch.stop();
    await platform.close();
  }
}

/** What went wrong last by Kubernetes' own events, such as a sandbox that could not be made, is often the reason. */
function withLastEvent(error: unknown, { events }: ClusterWatch): unknown {
  const last = events.findLast(({ reason }) => /^Failed|BackOff|Unhealthy/.test(reason));
  if (!(error instanceof TargetError) || last === undefined || error.message.includes(last.detail)) return error;
  const { target, retriable, cause, message } = error;
  const said = `${message.slice(target.length + 2)}; ${last.kind} ${last.object}: ${last.reason}: ${last.detail}`;
  return new TargetError(target, said, { retriable, cause });
}

/** Rejects once something is in the way that waiting does not remove; never settles otherwise. */
async function failure(watch: ClusterWatch, title: string, over: AbortSignal): Promise<never> {
  const why = (): string | undefined =>
    watch.alive().find(({ trouble }) => hopeless.test(trouble))?.trouble ??
    [...watch.deployments.values()]
      .map((deployment) => conditionOf(deployment, "ReplicaFailure"))
      .find((condition) => condition?.status === "True")?.message;
  await watch.until(() => why() !== undefined, over).catch(() => new Promise<never>(() => {}));
  throw new TargetError(title, `its pods cannot start: ${why()}`, { retriable: false });
}
