import { z } from "zod";
import { autoscaler } from "./autoscaler.ts";
import { distribution } from "./distribution.ts";
import { count, mapping, memory, positiveNumber } from "./fields.ts";
import { gpu } from "./gpu.ts";
import { checks, podFields, podStart } from "./podStart.ts";
import { common, timeout, what, workIs } from "./targetFields.ts";

/** A fresh WebAssembly instance per request, inside pods that are ready. */
export const spinkubeTarget = mapping(
  {
    kind: z.literal("spinkube"),
    ...common,
    work: gpu.optional(),
    timeout: timeout.optional(),
    instanceStart: distribution
      .prefault("0.05ms")
      .describe(
        "Making the fresh instance of a request, inside a pod that runs; the default was published for Spin at concurrency 1.",
      ),
    podStart: podStart
      .optional()
      .describe(
        "From the order of a pod until it can serve; as with knative where there is an autoscaler and nothing is said.",
      ),
    ...podFields,
    instanceMemory: memory()
      .optional()
      .meta({
        description: "What a request's own instance holds beside its pod's memory.",
        examples: ["2MiB"],
      }),
    replicas: count(1).optional().describe("Pods, for ever; either this or autoscaler."),
    autoscaler: autoscaler.optional().describe("What sets the number of pods; either this or replicas."),
    checks: checks.optional().describe("The pods' probes; without, a pod is ready as soon as its container runs."),
    connections: count(1)
      .optional()
      .meta({
        description:
          "Connections that clients keep, each to one pod while that is there; without, every request goes to a random pod.",
        examples: [16],
      }),
    maxInstanceCount: count(1)
      .default(1000)
      .describe("The most instances of a pod at once, above which requests fail (Wasmtime's pool)."),
    cores: positiveNumber().default(1).describe("Cores of a pod."),
    workIs,
  },
  { what },
)
  .refine(({ replicas, autoscaler }) => replicas !== undefined || autoscaler !== undefined, {
    error: "write how many pods there are, or an autoscaler",
    path: ["replicas"],
  })
  .refine(({ replicas, autoscaler }) => replicas === undefined || autoscaler === undefined, {
    error: "cannot stand beside replicas: either the number of pods is fixed or something sets it",
    path: ["autoscaler"],
  })
  .describe("SpinKube: a fresh WebAssembly instance per request, inside pods that are ready.");
