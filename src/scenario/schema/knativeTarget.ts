import { z } from "zod";
import { revisionAutoscaler } from "./autoscaler.ts";
import { distribution } from "./distribution.ts";
import { atLeast, count, duration, mapping, positiveNumber, within, word } from "./fields.ts";
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
    podStart: podStart.prefault(publishedPodStart),
    ...podFields,
    containerConcurrency: count(0, 1000).default(0),
    cores: positiveNumber().default(1),
    workIs,
    metric: word(["concurrency", "rps"]).default("concurrency"),
    target: atLeast(0.01).optional(),
    targetUtilization: within(0.01, 1).default(0.7),
    minScale: count(0).default(0),
    maxScale: count(0).default(0),
    initialScale: count(0).default(1),
    stableWindow: duration([(value) => value >= 1 && value <= 3600, "must be from 1s to 1h"]).prefault("60s"),
    panicWindowPercentage: within(1, 100).default(10),
    panicThresholdPercentage: within(110, 1000).default(200),
    maxScaleUpRate: aboveOne().default(1000),
    maxScaleDownRate: aboveOne().default(2),
    targetBurstCapacity: atLeast(-1).default(211),
    scaleToZero: z.boolean("write true or false").default(true),
    scaleToZeroGracePeriod: duration().prefault("30s"),
    scaleToZeroPodRetentionPeriod: duration().prefault(0),
    scaleDownDelay: duration().prefault(0),
    minActivators: count(1).default(2),
    activators: count(1, 20).default(1),
    readyDelay: distribution.prefault(0),
    autoscaler: revisionAutoscaler.optional(),
  },
  { what },
).refine(...scalesInOrder);

function aboveOne() {
  return z.number("write a number without a unit").gt(1, "must be more than 1");
}
