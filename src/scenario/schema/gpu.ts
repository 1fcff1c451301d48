import { z } from "zod";
import { distribution } from "./distribution.ts";
import { count, duration, mapping, within } from "./fields.ts";

/** Where the work runs: on accelerators that serve batches. */
export const gpu = mapping(
  {
    on: z.literal("gpu", "write on: gpu"),
    of: distribution.optional(),
    devices: count(1).default(1),
    maxBatchSize: count(1).default(1),
    maxQueueDelay: duration().prefault(0),
    launch: distribution.prefault(0),
    marginal: within(0, 1).default(1),
  },
  { what: "work on a GPU: on, of, devices, maxBatchSize, maxQueueDelay, launch, marginal" },
);
