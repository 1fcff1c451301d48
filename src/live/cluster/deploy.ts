import { TargetError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { monotonicSeconds } from "../monotonic.ts";
import { deployReady } from "./deployReady.ts";
import type { Kubernetes } from "./kubernetes.ts";
import type { KubernetesObject } from "./kubernetesObject.ts";
import type { Manifests } from "./manifests.ts";
import { isShared, nameOf, referenceTo, type Standing, standingOf } from "./ownership.ts";
import { removeObjects } from "./removeObjects.ts";

export interface DeployOptions {
  /** The scenario's resource name: only what carries it is changed or removed. */
  readonly scenario: string;
  /** How long a target may take to become ready. */
  readonly patienceSeconds: Seconds;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number, part: string) => void;
}

export interface Deployed {
  readonly targets: readonly {
    readonly target: string;
    /** As a replay names it. */
    readonly place: string;
    readonly pods: number;
    readonly readySeconds: Seconds;
  }[];
  /** What was there already and is not ours, and serves. */
  readonly left: readonly string[];
}

/**
 * Applies manifests by server-side apply and waits until every target can serve.
 *
 * Before anything changes, every object is looked up (what a deploy of this scenario did not make is never touched) and
 * tried in a dry run. Where it fails or is interrupted, what this call created is removed again; what was there before
 * stays as it then is.
 *
 * @throws {TargetError} with what the cluster refused, or what kept a target from becoming ready
 */
export async function deploy(kubernetes: Kubernetes, manifests: Manifests, options: DeployOptions): Promise<Deployed> {
  const { scenario, patienceSeconds, signal, onProgress } = options;
  const objects = [...manifests.shared, ...manifests.targets.flatMap(({ objects }) => objects)];
  const planned = await plan(kubernetes, objects, options);
  const created: KubernetesObject[] = [];
  const steps = planned.length + manifests.targets.length;
  let done = 0;
  const progress = (part: string): void => onProgress?.(done++ / steps, part);
  try {
    for (const { object, standing } of planned) {
      progress(`apply ${nameOf(object)}`);
      // Noted before the call: an answer that is lost does not mean that nothing was made.
      if (standing === "absent") created.push(object);
      if (object.kind !== "Namespace") await dryRun(kubernetes, object, signal);
      await kubernetes.apply(object, signal === undefined ? {} : { signal });
    }
    const targets: Deployed["targets"][number][] = [];
    for (const target of manifests.targets) {
      progress(`wait for ${target.name}`);
      const since = monotonicSeconds();
      const { pods } = await deployReady(kubernetes, target, { patienceSeconds, signal });
      const place = `${target.as}:${target.namespace}/${target.name}`;
      targets.push({ target: target.target, place, pods, readySeconds: monotonicSeconds() - since });
    }
    const applied = new Set(planned.map(({ object }) => object));
    return { targets, left: objects.filter((object) => !applied.has(object)).map(nameOf) };
  } catch (error) {
    await rollBack(kubernetes, created, scenario, error);
    throw error;
  }
}

interface Planned {
  readonly object: KubernetesObject;
  readonly standing: Standing;
}

/** What is to be applied; refused as a whole where one object is somebody else's or is not valid. */
async function plan(
  kubernetes: Kubernetes,
  objects: readonly KubernetesObject[],
  { scenario, signal }: DeployOptions,
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  const newNamespaces = new Set<string>();
  for (const object of objects) {
    const standing = await standingOf(kubernetes, object, { scenario, signal });
    if (standing === "foreign" && isShared(object)) continue;
    if (standing === "foreign") {
      const why = "it is there already and was not made by a deploy of this scenario; it is left alone";
      throw new TargetError(nameOf(object), `${why}: rename the target, or deploy to another namespace`, {
        retriable: false,
      });
    }
    if (standing === "absent" && object.kind === "Namespace") newNamespaces.add(object.metadata.name);
    // In a namespace that is not there yet nothing can be tried.
    else if (!newNamespaces.has(object.metadata.namespace ?? "")) await dryRun(kubernetes, object, signal);
    planned.push({ object, standing });
  }
  return planned;
}

async function dryRun(
  kubernetes: Kubernetes,
  object: KubernetesObject,
  signal: AbortSignal | undefined,
): Promise<void> {
  await kubernetes.apply(object, { dryRun: true, ...(signal === undefined ? {} : { signal }) });
}

/** How long the cluster is given to forget what was begun. */
const rollBackSeconds = 60;

/** Takes back what was created. Its own failure must not hide what went wrong first, but must not be lost either. */
async function rollBack(
  kubernetes: Kubernetes,
  created: readonly KubernetesObject[],
  scenario: string,
  first: unknown,
): Promise<void> {
  try {
    const options = { scenario, signal: AbortSignal.timeout(rollBackSeconds * 1e3) };
    await removeObjects(kubernetes, created.map(referenceTo), options);
  } catch (error) {
    const reason = first instanceof Error ? first.message : String(first);
    const left = error instanceof Error ? error.message : String(error);
    throw new TargetError("cluster", `${reason}; and what had been created could not all be removed: ${left}`, {
      retriable: true,
      cause: first,
    });
  }
}
