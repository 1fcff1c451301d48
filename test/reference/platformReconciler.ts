import { expect } from "vitest";
import {
  type ClusterScaling,
  clusterScaling,
  goDuration,
  knativeConstants,
  knativeSettings,
  podAutoscaler,
  type RevisionScaling,
  revisionFields,
} from "../../src/policies/scaling/index.ts";
import { type Phase, scaleToZero } from "../../src/policies/scaling/scaleToZero.ts";
import type { Case } from "./platformCases.ts";

export function kpaScale({
  config,
  pa,
  sks,
  desiredScale,
  deploymentReplicas,
  activatorProbe,
  expect: wanted,
}: Case): void {
  const known = ["window", "progress-deadline", "initial-scale", "scale-to-zero-pod-retention-period"];
  known.push("target-burst-capacity");
  for (const name of Object.keys(pa.annotations)) expect(known, "an annotation nobody looks at").toContain(name);
  expect(config.activationTimeoutBufferS).toBe(knativeConstants.activationTimeoutBufferSeconds);
  const cluster: ClusterScaling = {
    ...clusterScaling,
    initialScale: config.initialScale,
    allowZeroInitialScale: config.allowZeroInitialScale,
    minScale: config.minScale,
    maxScale: config.maxScale,
    stableWindow: config.stableWindowS,
    scaleToZero: config.enableScaleToZero,
    scaleToZeroGracePeriod: config.scaleToZeroGracePeriodS,
    scaleToZeroPodRetentionPeriod: config.scaleToZeroPodRetentionPeriodS,
    progressDeadline: config.progressDeadlineS,
    targetBurstCapacity: config.targetBurstCapacity,
  };
  const reachable = pa.reachability !== "unreachable";
  const settings = settingsOf(cluster, { reachable, annotations: pa.annotations });
  const outcome = scaleToZero({
    ...settings,
    desired: desiredScale,
    minScale: pa.minScale || settings.minScale,
    maxScale: pa.maxScale || settings.maxScale,
    initialised: pa.scaleTargetInitialized,
    phase: pa.activeCondition.toLowerCase() as Phase,
    phaseForSeconds: pa.conditionForS,
    mode: sks.mode.toLowerCase(),
    proxyForSeconds: sks.proxyForS,
    activatorInPath: activatorProbe === "ok",
  });
  expect({
    desired: outcome.desired,
    patchDeployment: outcome.apply && outcome.desired !== deploymentReplicas,
    enqueueCallbacks: outcome.checkAgainSeconds === null ? 0 : 1,
    asyncProbes: outcome.probeAgain ? 1 : 0,
  }).toEqual(wanted);
}

/** A revision on concurrency without a limit. */
const settingsOf = (cluster: ClusterScaling, revision: Pick<RevisionScaling, "reachable" | "annotations">) =>
  knativeSettings(revisionFields(cluster, { metric: "concurrency", containerConcurrency: 0, ...revision }));

/** Defaults of Knative, which the reconciler's own tests leave as they are. */
const defaults = settingsOf(clusterScaling, { reachable: true, annotations: {} });

export function kpaReconcile({
  decider,
  readyPods,
  deploymentReplicas,
  pa,
  sksModeBefore,
  expect: wanted,
}: Case): void {
  const now = 7200;
  const reconciler = podAutoscaler(
    { ...defaults, minScale: pa.minScale, initialScale: pa.initialScale },
    {
      nowSeconds: pa.conditionAge === "new" ? now : now - goDuration(pa.conditionAge),
      replicas: deploymentReplicas,
      mode: sksModeBefore.toLowerCase(),
      phase: pa.activeCondition.toLowerCase(),
      initialised: pa.scaleTargetInitialized,
    },
  );
  const view = { desired: decider.desired, excessBurstCapacity: decider.ebc, readyPods };
  const { mode, phase, replicas } = reconciler.reconcile(now, view);
  const { reason: _, ...rest } = wanted;
  expect({
    mode: mode === "proxy" ? "Proxy" : "Serve",
    condition: `${phase[0]!.toUpperCase()}${phase.slice(1)}`,
    patch: replicas === deploymentReplicas ? null : replicas,
  }).toEqual(rest);
}
