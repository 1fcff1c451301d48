import { z } from "zod";
import { revisionAutoscaler } from "./autoscaler.ts";
import { distribution } from "./distribution.ts";
import { aboveOne, atLeast, count, duration, flag, mapping, positiveNumber, within, word } from "./fields.ts";
import { gpu } from "./gpu.ts";
import { podFields, podStart, publishedPodStart } from "./podStart.ts";
import { common, timeout, what, workIs } from "./targetFields.ts";

/** The minimum is not above the maximum. */
export const scalesInOrder = [
  ({ minScale, maxScale }: { minScale: number; maxScale: number }) => maxScale === 0 || minScale <= maxScale,
  { error: "must not be more than maxScale", path: ["minScale"] as PropertyKey[] },
] as const;

/** A revision under Knative's autoscaler. */
export const knativeTarget = mapping(
  {
    kind: z.literal("knative"),
    ...common,
    work: gpu.optional(),
    timeout: timeout.prefault("300s"),
    podStart: podStart
      .prefault(publishedPodStart)
      .describe(
        "From the order of a pod until it can serve; by default 3.149 s on average with a cached image, p99 4.182 s.",
      ),
    ...podFields,
    containerConcurrency: count(0, 1000)
      .default(0)
      .describe("Requests that a pod serves at once, 0 for no limit (containerConcurrency)."),
    cores: positiveNumber().default(1).describe("Cores of a pod (resources.limits.cpu)."),
    workIs,
    metric: word(["concurrency", "rps"])
      .default("concurrency")
      .describe("What is scaled on (autoscaling.knative.dev/metric)."),
    target: atLeast(0.01)
      .optional()
      .meta({
        description:
          "Of the metric, per pod (autoscaling.knative.dev/target); by default containerConcurrency, or 100 without a limit, and 200 for rps.",
        examples: [10],
      }),
    targetUtilization: within(0.01, 1)
      .default(0.7)
      .describe(
        "The share of the target that is aimed at (autoscaling.knative.dev/target-utilization-percentage, as a share).",
      ),
    minScale: count(0).default(0).describe("The fewest pods (autoscaling.knative.dev/min-scale)."),
    maxScale: count(0).default(0).describe("The most pods, 0 for no limit (autoscaling.knative.dev/max-scale)."),
    initialScale: count(0).default(1).describe("Pods to begin with (autoscaling.knative.dev/initial-scale)."),
    stableWindow: duration([(value) => value >= 1 && value <= 3600, "must be from 1s to 1h"])
      .prefault("60s")
      .describe("The time that the metric is averaged over, from 1s to 1h (autoscaling.knative.dev/window)."),
    panicWindowPercentage: within(1, 100)
      .default(10)
      .describe("The panic window, in percent of stableWindow (autoscaling.knative.dev/panic-window-percentage)."),
    panicThresholdPercentage: within(110, 1000)
      .default(200)
      .describe(
        "Panic begins where the panic window asks for this percentage of the ready pods (autoscaling.knative.dev/panic-threshold-percentage).",
      ),
    maxScaleUpRate: aboveOne()
      .default(1000)
      .describe("The most that pods may be multiplied by in one decision (config-autoscaler: max-scale-up-rate)."),
    maxScaleDownRate: aboveOne()
      .default(2)
      .describe("The most that pods may be divided by in one decision (config-autoscaler: max-scale-down-rate)."),
    targetBurstCapacity: atLeast(-1)
      .default(211)
      .describe(
        "Requests that must still fit, else the activator stays in the path; −1 always, 0 only at zero pods (autoscaling.knative.dev/target-burst-capacity).",
      ),
    scaleToZero: flag()
      .default(true)
      .describe("Whether the last pod may go (config-autoscaler: enable-scale-to-zero)."),
    scaleToZeroGracePeriod: duration()
      .prefault("30s")
      .describe(
        "The longest that the last pod stays while the activator takes over (config-autoscaler: scale-to-zero-grace-period).",
      ),
    scaleToZeroPodRetentionPeriod: duration()
      .prefault(0)
      .describe("The least time that the last pod stays (autoscaling.knative.dev/scale-to-zero-pod-retention-period)."),
    scaleDownDelay: duration()
      .prefault(0)
      .describe("How long fewer pods must have been enough before they go (autoscaling.knative.dev/scale-down-delay)."),
    minActivators: count(1).default(2).describe("The fewest activators that a revision's requests are spread over."),
    activators: count(1, 20)
      .default(1)
      .describe("Pods of the activator's own Deployment; its HPA allows 20. No more can be in the path."),
    readyDelay: distribution.prefault(0).describe("From the moment a pod can serve until Kubernetes counts it ready."),
    autoscaler: revisionAutoscaler
      .optional()
      .describe("In place of Knative's own, for a revision of class hpa or keda (autoscaling.knative.dev/class)."),
  },
  { what },
)
  .refine(...scalesInOrder)
  .describe("A Knative revision under Knative's autoscaler; the defaults are Knative's.");
