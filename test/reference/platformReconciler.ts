import { expect } from "vitest";
import { type KnativeSettings, knativeSettings } from "../../src/policies/scaling/knative.ts";
import { podAutoscaler } from "../../src/policies/scaling/podAutoscaler.ts";
import { type Phase, scaleToZero } from "../../src/policies/scaling/scaleToZero.ts";
import type { Case } from "./platformCases.ts";

/** "45s", "10m" or a bare "0", as Go's durations and Knative's annotations write them. */
function seconds(text: string): number {
  const units: Record<string, number> = { ms: 1e-3, s: 1, m: 60, h: 3600 };
  let sum = 0;
  for (const [, value, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) sum += Number(value) * units[unit!]!;
  return sum;
}

export function kpaScale({
  config,
  pa,
  sks,
  desiredScale,
  deploymentReplicas,
  activatorProbe,
  expect: wanted,
}: Case): void {
  const notes = pa.annotations;
  const known = ["window", "progress-deadline", "initial-scale", "scale-to-zero-pod-retention-period"];
  known.push("target-burst-capacity");
  for (const name of Object.keys(notes)) if (!known.includes(name)) throw new Error(`unknown annotation ${name}`);
  const asked = notes["initial-scale"] === undefined ? config.initialScale : Number(notes["initial-scale"]);
  const timed = (name: string, otherwise: number) => (notes[name] === undefined ? otherwise : seconds(notes[name]));
  const outcome = scaleToZero({
    desired: desiredScale,
    minScale: pa.minScale || config.minScale,
    maxScale: pa.maxScale || config.maxScale || Infinity,
    initialScale: asked === 0 && !config.allowZeroInitialScale ? config.initialScale : asked,
    initialised: pa.scaleTargetInitialized,
    reachable: pa.reachability !== "unreachable",
    scaleToZero: config.enableScaleToZero,
    stableWindowSeconds: timed("window", config.stableWindowS),
    scaleToZeroGraceSeconds: config.scaleToZeroGracePeriodS,
    podRetentionSeconds: timed("scale-to-zero-pod-retention-period", config.scaleToZeroPodRetentionPeriodS),
    activationTimeoutSeconds: timed("progress-deadline", config.progressDeadlineS) + config.activationTimeoutBufferS,
    targetBurstCapacity: Number(notes["target-burst-capacity"] ?? config.targetBurstCapacity),
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

/** Defaults of Knative, which the reconciler's own tests leave as they are. */
const defaults: KnativeSettings = knativeSettings({
  containerConcurrency: 0,
  metric: "concurrency",
  target: null,
  targetUtilization: 0.7,
  minScale: 0,
  maxScale: Infinity,
  initialScale: 1,
  stableWindow: 60,
  panicWindowPercentage: 10,
  panicThresholdPercentage: 200,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  targetBurstCapacity: 211,
  scaleToZero: true,
  scaleToZeroGracePeriod: 30,
  scaleToZeroPodRetentionPeriod: 0,
  scaleDownDelay: 0,
  minActivators: 2,
});

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
      nowSeconds: pa.conditionAge === "new" ? now : now - seconds(pa.conditionAge),
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
