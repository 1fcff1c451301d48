import { z } from "zod";
import type { DistributionSpec } from "../../distributions/index.ts";
import type { PodStartSteps } from "../podStart.ts";
import { type DistributionDocument, distribution } from "./distribution.ts";
import { atLeast, count, describeTime, duration, flag, mapping, memory, positive, positiveNumber } from "./fields.ts";

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
        control: distribution.prefault(0).describe("From the decision to the pod object."),
        schedule: distribution
          .prefault(publishedSteps.schedule)
          .describe("Until a node is chosen; the default has p99 30 ms."),
        sandbox: distribution
          .prefault(publishedSteps.sandbox)
          .describe("Network, volumes, sandbox; with the default a pod has its address after 2.028 s, p99 2.493 s."),
        pull: distribution.prefault(0).describe("Fetching the image; 0 where it is cached."),
        unpack: distribution.prefault(0).describe("Unpacking the image; 0 where it is cached."),
        containers: distribution
          .prefault(publishedSteps.containers)
          .describe(
            "Starting the containers; with the default, which holds the user's process, a pod is ready after 3.149 s, p99 4.182 s.",
          ),
        process: distribution
          .prefault(0)
          .describe("The user's process until it can serve, where containers does not hold it."),
      },
      { what },
    ).describe("The steps, one after another; those left out keep their defaults."),
  },
  { what: `a distribution, or ${what}` },
).transform(({ steps: each }): PodStartSteps => ({ kind: "steps", ...each }));

type StepsDocument = {
  readonly steps: { readonly [K in Exclude<keyof PodStartSteps, "kind">]?: DistributionDocument };
};

/** A pod's start, as one time or step by step. */
export const podStart: z.ZodType<DistributionSpec | PodStartSteps, DistributionDocument | StepsDocument> = z
  .union([steps, distribution], { error: ({ input }) => describeTime(input) })
  .meta({
    id: "PodStart",
    description: "A pod's start as one time, or step by step.",
    examples: [{ kind: "lognormal", mean: "1.8s", scv: 0.1 }],
  }) as never;

/** The start of a pod where nothing is said. */
export const publishedPodStart: StepsDocument = { steps: {} };

/** What every platform on Kubernetes takes. */
export const podFields = {
  startWork: distribution
    .optional()
    .describe("The CPU time of one start, shared with the other starts on a node's cores; none where nothing is said."),
  stopWork: distribution
    .optional()
    .describe("The CPU time of taking a drained pod down, shared alike; none where nothing is said."),
  startsAtOnce: count(1)
    .optional()
    .meta({
      description: "Pods that a node starts at once; no limit where nothing is said.",
      examples: [10],
    }),
  nodes: mapping(
    {
      count: count(1).describe("How many."),
      cores: positiveNumber().describe("Cores of each."),
      memory: memory()
        .optional()
        .meta({ description: "Memory of each; no limit where nothing is said.", examples: ["16GiB"] }),
      podMemory: memory()
        .optional()
        .describe("What a pod requests of it (requests.memory); the target's memory where nothing is said."),
      podCpu: atLeast(0).default(0).describe("Cores that a pod requests (requests.cpu)."),
      podsMax: count(1).default(110).describe("The most pods of a node (the kubelet's max-pods)."),
      imageCached: flag()
        .default(true)
        .describe("Whether the image is on every node; if not, pull and unpack come with a node's first pod."),
    },
    { what: "the nodes: count, cores, memory, podMemory, podCpu, podsMax, imageCached" },
  )
    .meta({ id: "Nodes", description: "The nodes that pods are scheduled on; without, there is room for any number." })
    .optional(),
};

/** A readiness probe, with the defaults of a SpinApp. */
export const checks = mapping(
  {
    readiness: mapping(
      {
        initialDelay: duration()
          .prefault("10s")
          .describe("From the container's start to the first probe (initialDelaySeconds)."),
        period: duration(positive).prefault("10s").describe("Between probes (periodSeconds)."),
      },
      { what: "a readiness check: initialDelay, period" },
    ).describe("The readiness probe, with a SpinApp's defaults."),
  },
  { what: "checks: { readiness: { initialDelay, period } }" },
);
