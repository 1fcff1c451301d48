import { z } from "zod";
import { parsePartitionLimitation } from "../../policies/scaling/kedaPartitions.ts";
import { distribution } from "./distribution.ts";
import {
  atLeast,
  count,
  duration,
  flag,
  kindError,
  mapping,
  positive,
  positiveNumber,
  within,
  word,
} from "./fields.ts";

const what = "an autoscaler";

/** One direction of a behavior, with the names and plain numbers that Kubernetes has. */
const rules = mapping(
  {
    stabilizationWindowSeconds: count(0, 3600)
      .optional()
      .describe("For how many seconds earlier wishes still count, so that the count does not flap."),
    selectPolicy: word(["Max", "Min", "Disabled"])
      .optional()
      .describe("Which policy counts: the one that allows most, least, or none (no scaling in this direction)."),
    policies: z
      .array(
        mapping(
          {
            type: word(["Pods", "Percent"]).describe("What value counts."),
            value: count(1).describe("How many pods, or how many percent of them, may change …"),
            periodSeconds: count(1, 1800).describe("… within so many seconds."),
          },
          { what: "a policy: type, value, periodSeconds" },
        ),
        "write a list of policies",
      )
      .optional()
      .meta({
        description: "How fast the count may change.",
        examples: [[{ type: "Percent", value: 100, periodSeconds: 15 }]],
      }),
    tolerance: atLeast(0)
      .optional()
      .meta({ description: "The tolerance of this direction, in place of the controller's.", examples: [0.05] }),
  },
  { what: "rules: stabilizationWindowSeconds, selectPolicy, policies, tolerance" },
).meta({ id: "ScalingRules", description: "One direction of an HPA's behavior, as Kubernetes writes it." });

/** What every HPA object has, KEDA's own ones included, and its controller's flags. */
const hpaFields = {
  behavior: mapping(
    {
      scaleUp: rules.optional().describe("The rules for more pods."),
      scaleDown: rules.optional().describe("The rules for fewer pods."),
    },
    { what: "a behavior as Kubernetes has it: scaleUp, scaleDown" },
  )
    .optional()
    .describe("As in the HPA object (spec.behavior); without one other limits hold than with an empty one."),
  tolerance: within(0, 1)
    .default(0.1)
    .describe(
      "Nothing changes while the metric is within this share of the target (--horizontal-pod-autoscaler-tolerance).",
    ),
  downscaleStabilization: duration()
    .prefault("300s")
    .describe(
      "Fewer pods are only wished for after so long, without a behavior (--horizontal-pod-autoscaler-downscale-stabilization).",
    ),
  syncPeriod: duration(positive)
    .prefault("15s")
    .describe("Between two decisions of the controller (--horizontal-pod-autoscaler-sync-period)."),
};

const minBelowMax = [
  ({ min, max }: { min: number; max: number }) => min <= max,
  { error: "must not be more than max", path: ["min"] as PropertyKey[] },
] as const;

const fixed = mapping({ kind: z.literal("fixed"), replicas: count(1).describe("Pods, for ever.") }, { what }).describe(
  "No autoscaler: another word for replicas.",
);

const hpa = mapping(
  {
    kind: z.literal("hpa"),
    metric: word(["cpu", "rps", "concurrency"]).describe("What is scaled on, the pods' own figures."),
    target: positiveNumber().meta({
      description: "For cpu the share of the cores a pod requests (0.6 is Kubernetes' 60 %); else the average per pod.",
      examples: [0.6],
    }),
    min: count(1).default(1).describe("The fewest pods (spec.minReplicas)."),
    max: count(1).meta({ description: "The most pods (spec.maxReplicas).", examples: [20] }),
    ...hpaFields,
    cpuInitializationPeriod: duration()
      .prefault("300s")
      .describe(
        "So long after its start a pod's cpu may be left out (--horizontal-pod-autoscaler-cpu-initialization-period).",
      ),
    initialReadinessDelay: duration()
      .prefault("30s")
      .describe(
        "So long after its start a pod counts as not yet ready (--horizontal-pod-autoscaler-initial-readiness-delay).",
      ),
  },
  { what },
)
  .refine(...minBelowMax)
  .refine(({ metric, target }) => metric !== "cpu" || target <= 10, {
    error: "is a share of the pod's cores; write 0.6 for 60 %",
    path: ["target"],
  })
  .describe("The Kubernetes HorizontalPodAutoscaler.");

const scaledOn =
  "What is scaled on: kafka, the lag of a consumer group; http, the requests that the add-on's interceptor sees.";
const kedaFields = {
  kind: z.literal("keda"),
  pollingInterval: duration([(value) => value >= 1, "must be 1s or more"])
    .prefault("30s")
    .describe("Between two looks of the operator, 1s or more (pollingInterval)."),
  cooldownPeriod: duration().prefault("300s").describe("From the last active look until 0 (cooldownPeriod)."),
  initialCooldownPeriod: duration()
    .prefault(0)
    .describe("The earliest that a new object goes to 0 (initialCooldownPeriod)."),
  min: count(0).default(0).describe("The fewest pods while there is activity (minReplicaCount)."),
  max: count(1).default(100).describe("The most pods (maxReplicaCount)."),
  idle: count(0).optional().describe("Pods without activity, less than min (idleReplicaCount)."),
  fallback: mapping(
    {
      failureThreshold: count(0).describe("Failures in a row after which it holds."),
      replicas: count(0).describe("The count then."),
      behavior: word(["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"])
        .default("static")
        .describe("Whether that count holds, or the present one."),
    },
    { what: "a fallback: failureThreshold, replicas, behavior" },
  )
    .optional()
    .describe("What holds while the metric cannot be read (fallback)."),
  ...hpaFields,
};

const idleBelowMin = [
  ({ idle, min }: { idle?: number | undefined; min: number }) => idle === undefined || idle < min,
  { error: "must be less than min", path: ["idle"] as PropertyKey[] },
] as const;

const kafka = mapping(
  {
    ...kedaFields,
    trigger: z.literal("kafka").describe(scaledOn),
    lagThreshold: count(1).default(10).describe("Messages per pod (lagThreshold)."),
    activationLagThreshold: count(0)
      .default(0)
      .describe("There is activity with more messages than this (activationLagThreshold)."),
    partitions: count(1).describe("The topic's partitions; no more pods than these, plus one, are asked for."),
    partitionLimitation: z
      .string('write partitions such as "1-4,8"')
      .refine(isLimitation, 'write partitions such as "1-4,8"')
      .optional()
      .meta({
        description: "The partitions that count; all where nothing is said (partitionLimitation).",
        examples: ["1-4,8"],
      }),
    offsetResetPolicy: word(["latest", "earliest"])
      .default("latest")
      .describe("How a group without an offset is taken (offsetResetPolicy)."),
    allowIdleConsumers: flag()
      .default(false)
      .describe("Whether there may be more pods than partitions (allowIdleConsumers)."),
    excludePersistentLag: flag()
      .default(false)
      .describe("Whether the lag of a partition whose offset stands still is left out (excludePersistentLag)."),
    scaleToZeroOnInvalidOffset: flag()
      .default(false)
      .describe("Whether a group without an offset counts as no activity (scaleToZeroOnInvalidOffset)."),
    limitToPartitionsWithLag: flag()
      .default(false)
      .describe("Whether no more pods are asked for than partitions have lag (limitToPartitionsWithLag)."),
    ensureEvenDistributionOfPartitions: flag()
      .default(false)
      .describe("Whether the count divides the partitions evenly (ensureEvenDistributionOfPartitions)."),
    dispatch: mapping(
      {
        consumers: z
          .union([z.literal("pods"), count(1)], 'write a whole number, 1 or more, or "pods"')
          .describe("Consumers in front of the function; pods: the function's own pods read (spinkube only)."),
        inFlight: count(1).describe("Calls of each consumer at once."),
        autoCommitInterval: duration().prefault(0).describe("How often what is done is committed; 0: at once."),
        rebalance: distribution
          .prefault(0)
          .describe("How long nobody reads the partitions that change hands when a consumer comes or goes."),
      },
      { what: "dispatch: consumers, inFlight, autoCommitInterval, rebalance" },
    )
      .prefault({ consumers: 1, inFlight: 1 })
      .describe(
        "The consumer group in front, whose lag is scaled on; in a pipeline the trigger before the function is.",
      ),
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
  })
  .describe(
    "KEDA's ScaledObject on a consumer group's lag: 0 to 1 by its operator, from there on by the HPA that it makes.",
  );

const http = mapping(
  {
    ...kedaFields,
    trigger: z.literal("http").describe(scaledOn),
    metric: word(["concurrency", "requestRate"])
      .default("concurrency")
      .describe("Requests in flight, or requests per second (scalingMetric)."),
    target: positiveNumber().default(100).describe("Of the metric, per pod (scalingMetric.…targetValue)."),
    window: duration(positive)
      .prefault("1min")
      .describe("What the request rate is averaged over (scalingMetric.requestRate.window)."),
    granularity: duration(positive)
      .prefault("1s")
      .describe("The width of its buckets (scalingMetric.requestRate.granularity)."),
  },
  { what },
)
  .refine(...minBelowMax)
  .refine(...idleBelowMin)
  .describe("KEDA's HTTP add-on, whose interceptor holds requests while there is no pod.");

const keda = z.discriminatedUnion("trigger", [kafka, http], { error: 'write one of "kafka", "http"' });

/** For a Knative revision of class hpa or keda. */
export const revisionAutoscaler = z
  .discriminatedUnion("kind", [hpa, keda], { error: kindError(what, ["hpa", "keda"]) })
  .meta({ id: "RevisionAutoscaler", description: "What sets the number of a revision's pods: hpa or keda." });

/** For a Deployment. */
export const autoscaler = z
  .discriminatedUnion("kind", [fixed, hpa, keda], { error: kindError(what, ["fixed", "hpa", "keda"]) })
  .meta({ id: "Autoscaler", description: "What sets the number of pods: a mapping with a kind." });

function isLimitation(text: string): boolean {
  try {
    return parsePartitionLimitation(text).length > 0;
  } catch {
    return false;
  }
}
