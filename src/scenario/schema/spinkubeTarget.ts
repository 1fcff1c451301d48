import { z } from "zod";
import { distribution } from "./distribution.ts";
import { count, mapping, positiveNumber } from "./fields.ts";
import { common, timeout, what, workIs } from "./targetFields.ts";

/** A fresh WebAssembly instance per request, inside pods that are ready. */
export const spinkubeTarget = mapping(
  {
    kind: z.literal("spinkube"),
    ...common,
    timeout: timeout.optional(),
    instanceStart: distribution.prefault("0.05ms"),
    podStart: distribution.optional(),
    replicas: count(1),
    maxInstanceCount: count(1).default(1000),
    cores: positiveNumber().default(1),
    workIs,
  },
  { what, notBuilt: ["autoscaler"] },
);
