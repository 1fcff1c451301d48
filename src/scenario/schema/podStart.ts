import { z } from "zod";
import type { DistributionSpec } from "../../distributions/index.ts";
import type { PodStartSteps } from "../podStart.ts";
import { type DistributionDocument, distribution } from "./distribution.ts";
import { atLeast, count, describeTime, duration, mapping, memory, positive, positiveNumber } from "./fields.ts";

/** A lognormal that has the published mean and 99 % quantile. */
const lognormal = (mean: string, scv: number) => ({ kind: "lognormal", mean, scv }) as const;

/**
 * The steps of 100 pods started one after another with a cached image (knative/serving issue 11956), each a lognormal: `schedule`
 * through the mean (12 ms) and 99 % quantile (30 ms) of "scheduled", `sandbox` so that the pod's address is known after 2.028 s with
 * 2.493 s at 99 %, and `containers` so that the pod is ready after 3.149 s with 4.182 s at 99 %. The figures count from the pod object
 * and do not part the user's process from its container, so `control` and `process` are 0 where nothing is said.
 */
const publishedSteps = {
  schedule: lognormal("12ms", 0.207725),
  sandbox: lognormal("2.016s", 0.008309),
  containers: lognormal("1.121s", 0.082445),
} as const;

const what = "steps of a start: control, schedule, sandbox, pull, unpack, containers, process";

const steps = mapping(
  {
    steps: mapping(
      {
        control: distribution.prefault(0),
        schedule: distribution.prefault(publishedSteps.schedule),
        sandbox: distribution.prefault(publishedSteps.sandbox),
        pull: distribution.prefault(0),
        unpack: distribution.prefault(0),
        containers: distribution.prefault(publishedSteps.containers),
        process: distribution.prefault(0),
      },
      { what },
    ),
  },
  { what: `a distribution, or ${what}` },
).transform(({ steps: each }): PodStartSteps => ({ kind: "steps", ...each }));

type StepsDocument = {
  readonly steps: { readonly [K in Exclude<keyof PodStartSteps, "kind">]?: DistributionDocument };
};

/** A pod's start, as one time or step by step. */
export const podStart: z.ZodType<DistributionSpec | PodStartSteps, DistributionDocument | StepsDocument> = z
  .union([steps, distribution], { error: ({ input }) => describeTime(input) })
  .meta({ id: "PodStart" }) as never;

/** The start of a pod where nothing is said. */
export const publishedPodStart: StepsDocument = { steps: {} };

/** What every platform on Kubernetes takes. */
export const podFields = {
  startWork: distribution.optional(),
  stopWork: distribution.optional(),
  startsAtOnce: count(1).optional(),
  nodes: mapping(
    {
      count: count(1),
      cores: positiveNumber(),
      memory: memory().optional(),
      podMemory: memory().optional(),
      podCpu: atLeast(0).default(0),
      podsMax: count(1).default(110),
      imageCached: z.boolean("write true or false").default(true),
    },
    { what: "the nodes: count, cores, memory, podMemory, podCpu, podsMax, imageCached" },
  ).optional(),
};

/** A readiness probe, with the defaults of a SpinApp. */
export const checks = mapping(
  {
    readiness: mapping(
      { initialDelay: duration().prefault("10s"), period: duration(positive).prefault("10s") },
      { what: "a readiness check: initialDelay, period" },
    ),
  },
  { what: "checks: { readiness: { initialDelay, period } }" },
);
