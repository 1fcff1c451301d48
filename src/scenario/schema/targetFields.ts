import { z } from "zod";
import { hedge, retries } from "./client.ts";
import { distribution } from "./distribution.ts";
import { describeTime, duration, memory, positive, positiveNumber, word } from "./fields.ts";
import { live } from "./live.ts";
import { prices } from "./prices.ts";

/** What a message calls the mapping of a target. */
export const what = "a target";

/** What every target takes. */
export const common = {
  workFactor: positiveNumber()
    .default(1)
    .describe("Multiplies the scheduled work: how slow the runtime is against the reference."),
  network: distribution.optional().describe("The whole round trip, in place of the scenario's network."),
  requestOverhead: distribution
    .prefault(0)
    .describe("What the platform adds to every request after completion, without holding a slot."),
  firstWork: distribution
    .optional()
    .describe("Replaces the work of an instance's first request: connections, caches and compilers that are cold."),
  live: live.optional(),
  memory: memory().optional().describe("What one instance or pod holds."),
  prices: prices.optional().describe("What running costs; replaces the scenario's prices as a whole."),
  retries: retries.optional(),
  hedge: hedge.optional(),
};
export const timeout = duration(positive).describe(
  "When a request is given up, from its scheduled instant and with the network; one that runs keeps its slot.",
);

/** How long an idle instance stays. */
export const keepAlive = z
  .union([z.literal("forever"), distribution], {
    error: ({ input }) =>
      typeof input === "number" ? describeTime(input) : 'write "forever", a duration such as "30s", or a distribution',
  })
  .meta({ id: "KeepAlive", description: "How long an idle instance stays.", examples: ["10min"] });

export const workIs = word(["io", "cpu"])
  .default("io")
  .describe("What work is: io slows nobody down; with cpu the requests of a pod share its cores.");
