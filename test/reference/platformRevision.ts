import { expect } from "vitest";
import {
  type ClusterScaling,
  clusterScaling,
  initialScale,
  knativeSettings,
  type RevisionScaling,
  revisionFields,
  type ScaleStatus,
  scaleStatus,
} from "../../src/policies/scaling/index.ts";
import { type CaseCheck, expectFields, group } from "./oracleGroup.ts";

interface DeciderConfig {
  readonly ccTargetFraction: number;
  readonly ccTargetDefault: number;
  readonly targetUtilization: number;
  readonly rpsTargetDefault: number;
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindowS: number;
  readonly panicThresholdPercentage: number;
  readonly panicWindowPercentage: number;
  readonly scaleToZeroGracePeriodS: number;
  readonly initialScale: number;
  readonly allowZeroInitialScale: boolean;
  readonly scaleDownDelayS: number;
}

const configFields =
  "ccTargetFraction ccTargetDefault targetUtilization rpsTargetDefault targetBurstCapacity activatorCapacity maxScaleUpRate " +
  "maxScaleDownRate stableWindowS panicThresholdPercentage panicWindowPercentage scaleToZeroGracePeriodS initialScale " +
  "allowZeroInitialScale scaleDownDelayS";

/** What the upstream tests expect of a live revision: its decider's settings, its initial scale, its status. */
export const revisionChecks: Readonly<Record<string, CaseCheck>> = {
  make_decider: group("config pa expect", makeDecider),
  initial_scale: group(
    "annotation configInitialScale allowZeroInitialScale expect",
    (given: {
      annotation: number | null;
      configInitialScale: number;
      allowZeroInitialScale: boolean;
      expect: number;
    }) => expect(initialScale({ ...given, initialScale: given.configInitialScale })).toBe(given.expect),
  ),
  compute_status: group(
    "have pods expect",
    (given: { have: ScaleStatus; pods: { ready: number; want: number }; expect: ScaleStatus }) =>
      expect(scaleStatus(given.have, given.pods)).toEqual(given.expect),
  ),
};

function makeDecider(given: {
  readonly config: DeciderConfig;
  readonly pa: Omit<RevisionScaling, "reachable"> & { readonly reachability: string };
  readonly expect: object;
}): void {
  const { config, pa } = given;
  group(configFields, () => {})(config as never);
  group("metric containerConcurrency reachability annotations", () => {})(pa as never);
  const cluster: ClusterScaling = {
    ...clusterScaling,
    concurrencyTargetDefault: config.ccTargetDefault,
    concurrencyTargetPercentage: config.ccTargetFraction * 100,
    requestsPerSecondTargetDefault: config.rpsTargetDefault,
    requestsPerSecondTargetPercentage: config.targetUtilization * 100,
    targetBurstCapacity: config.targetBurstCapacity,
    activatorCapacity: config.activatorCapacity,
    maxScaleUpRate: config.maxScaleUpRate,
    maxScaleDownRate: config.maxScaleDownRate,
    stableWindow: config.stableWindowS,
    panicThresholdPercentage: config.panicThresholdPercentage,
    panicWindowPercentage: config.panicWindowPercentage,
    scaleToZeroGracePeriod: config.scaleToZeroGracePeriodS,
    initialScale: config.initialScale,
    allowZeroInitialScale: config.allowZeroInitialScale,
    scaleDownDelay: config.scaleDownDelayS,
  };
  const settings = knativeSettings(revisionFields(cluster, { ...pa, reachable: pa.reachability !== "unreachable" }));
  expectFields(
    {
      ...settings,
      scalingMetric: settings.metric,
      stableWindowS: settings.stableWindowSeconds,
      scaleDownDelayS: settings.scaleDownDelaySeconds,
      targetValue: Math.round(settings.targetValue * 1e9) / 1e9,
    },
    given.expect,
  );
}
