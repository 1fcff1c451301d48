import { z } from "zod";
import { parsePartitionLimitation } from "../../policies/scaling/kedaPartitions.ts";
import { distribution } from "./distribution.ts";
import {
  atLeast,
  count,
  duration,
  kindError,
  mapping,
  plain,
  positive,
  positiveNumber,
  within,
  word,
} from "./fields.ts";

const what = "an autoscaler";
const flag = () => z.boolean("write true or false");

/** One direction of a behavior, with the names and plain numbers that Kubernetes has. */
const rules = mapping(
  {
    stabilizationWindowSeconds: count(0, 3600).optional(),
    selectPolicy: word(["Max", "Min", "Disabled"]).optional(),
    policies: z
      .array(
        mapping(
          { type: word(["Pods", "Percent"]), value: count(1), periodSeconds: count(1, 1800) },
          { what: "a policy: type, value, periodSeconds" },
        ),
        "write a list of policies",
      )
      .optional(),
    tolerance: atLeast(0).optional(),
  },
  { what: "rules: stabilizationWindowSeconds, selectPolicy, policies, tolerance" },
);

/** What every HPA object has, KEDA's own ones included, and its controller's flags. */
const hpaFields = {
  behavior: mapping(
    { scaleUp: rules.optional(), scaleDown: rules.optional() },
    { what: "a behavior as Kubernetes has it: scaleUp, scaleDown" },
  ).optional(),
  tolerance: within(0, 1).default(0.1),
  downscaleStabilization: duration().prefault("300s"),
  syncPeriod: duration(positive).prefault("15s"),
};

const minBelowMax = [
  ({ min, max }: { min: number; max: number }) => min <= max,
  { error: "must not be more than max", path: ["min"] as PropertyKey[] },
] as const;

const fixed = mapping({ kind: z.literal("fixed"), replicas: count(1) }, { what });

const hpa = mapping(
  {
    kind: z.literal("hpa"),
    metric: word(["cpu", "rps", "concurrency"]),
    target: positiveNumber(),
    min: count(1).default(1),
    max: count(1),
    ...hpaFields,
    cpuInitializationPeriod: duration().prefault("300s"),
    initialReadinessDelay: duration().prefault("30s"),
  },
  { what },
)
  .refine(...minBelowMax)
  .refine(({ metric, target }) => metric !== "cpu" || target <= 10, {
    error: "is a share of the pod's cores; write 0.6 for 60 %",
    path: ["target"],
  });

const kedaFields = {
  kind: z.literal("keda"),
  pollingInterval: duration([(value) => value >= 1, "must be 1s or more"]).prefault("30s"),
  cooldownPeriod: duration().prefault("300s"),
  initialCooldownPeriod: duration().prefault(0),
  min: count(0).default(0),
  max: count(1).default(100),
  idle: count(0).optional(),
  fallback: mapping(
    {
      failureThreshold: count(0),
      replicas: count(0),
      behavior: word(["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"]).default(
        "static",
      ),
    },
    { what: "a fallback: failureThreshold, replicas, behavior" },
  ).optional(),
  ...hpaFields,
};

const idleBelowMin = [
  ({ idle, min }: { idle?: number | undefined; min: number }) => idle === undefined || idle < min,
  { error: "must be less than min", path: ["idle"] as PropertyKey[] },
] as const;

const kafka = mapping(
  {
    ...kedaFields,
    trigger: z.literal("kafka"),
    lagThreshold: count(1).default(10),
    activationLagThreshold: count(0).default(0),
    partitions: count(1),
    partitionLimitation: z
      .string('write partitions such as "1-4,8"')
      .refine(isLimitation, 'write partitions such as "1-4,8"')
      .optional(),
    offsetResetPolicy: word(["latest", "earliest"]).default("latest"),
    allowIdleConsumers: flag().default(false),
    excludePersistentLag: flag().default(false),
    scaleToZeroOnInvalidOffset: flag().default(false),
    limitToPartitionsWithLag: flag().default(false),
    ensureEvenDistributionOfPartitions: flag().default(false),
    dispatch: mapping(
      {
        consumers: z.union([z.literal("pods"), count(1)], 'write a whole number, 1 or more, or "pods"'),
        inFlight: count(1),
        autoCommitInterval: duration().prefault(0),
        rebalance: distribution.prefault(0),
      },
      { what: "dispatch: consumers, inFlight, autoCommitInterval, rebalance" },
    ).prefault({ consumers: 1, inFlight: 1 }),
  },
  { what },
)
  .refine(...minBelowMax)
  .refine(...idleBelowMin)
  .refine((spec) => !(spec.limitToPartitionsWithLag && spec.allowIdleConsumers), {
    error: "cannot be set together with allowIdleConsumers",
    path: ["limitToPartitionsWithLag"],
  })
  .refine((spec) => !(spec.limitToPartitionsWithLag && spec.ensureEvenDistributionOfPartitions), {
    error: "cannot be set together with ensureEvenDistributionOfPartitions",
    path: ["limitToPartitionsWithLag"],
  });

const http = mapping(
  {
    ...kedaFields,
    trigger: z.literal("http"),
    metric: word(["concurrency", "requestRate"]).default("concurrency"),
    target: plain(positive).default(100),
    window: duration(positive).prefault("1min"),
    granularity: duration(positive).prefault("1s"),
  },
  { what },
)
  .refine(...minBelowMax)
  .refine(...idleBelowMin);

const keda = z.discriminatedUnion("trigger", [kafka, http], { error: 'write one of "kafka", "http"' });

/** For a Knative revision of class hpa or keda. */
export const revisionAutoscaler = z
  .discriminatedUnion("kind", [hpa, keda], { error: kindError(what, ["hpa", "keda"]) })
  .meta({ id: "RevisionAutoscaler" });

/** For a Deployment. */
export const autoscaler = z
  .discriminatedUnion("kind", [fixed, hpa, keda], { error: kindError(what, ["fixed", "hpa", "keda"]) })
  .meta({ id: "Autoscaler" });

function isLimitation(text: string): boolean {
  try {
    return parsePartitionLimitation(text).length > 0;
  } catch {
    return false;
  }
}
