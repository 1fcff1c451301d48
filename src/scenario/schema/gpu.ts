import { z } from "zod";
import { distribution } from "./distribution.ts";
import { count, duration, mapping, within } from "./fields.ts";

/** Where the work runs: on accelerators that serve batches. */
export const gpu = mapping(
  {
    on: z.literal("gpu", "write on: gpu").describe("That it is an accelerator."),
    of: distribution.optional().describe("In a pipeline's stage: a work of its own; else the scheduled work."),
    devices: count(1).default(1).describe("Accelerators that all pods of the target share."),
    maxBatchSize: count(1).default(1).describe("The most requests in one batch."),
    maxQueueDelay: duration()
      .prefault(0)
      .describe(
        "A free device takes what there is once the eldest request has waited so long, and a full batch at once.",
      ),
    launch: distribution.prefault(0).describe("What a batch takes whatever its size."),
    marginal: within(0, 1)
      .default(1)
      .describe(
        "A batch of n takes launch + its longest work × (1 + (n − 1) × marginal): 0 as its longest member, 1 as if one by one.",
      ),
  },
  { what: "work on a GPU: on, of, devices, maxBatchSize, maxQueueDelay, launch, marginal" },
).meta({
  id: "Gpu",
  description: "The scheduled work runs on accelerators; a request holds its slot until it is done.",
});
