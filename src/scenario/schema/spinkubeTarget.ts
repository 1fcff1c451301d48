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
    instanceStart: distribution.prefault("0.05ms"),
    podStart: podStart.optional(),
    ...podFields,
    instanceMemory: memory().optional(),
    replicas: count(1).optional(),
    autoscaler: autoscaler.optional(),
    checks: checks.optional(),
    connections: count(1).optional(),
    maxInstanceCount: count(1).default(1000),
    cores: positiveNumber().default(1),
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
  });
