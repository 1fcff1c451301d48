import { z } from "zod";
import { distribution } from "./distribution.ts";
import { count, mapping, word } from "./fields.ts";
import { gpu } from "./gpu.ts";
import { common, keepAlive, timeout, what } from "./targetFields.ts";

/** One instance behind a cold start, or several with one queue. */
export const serverTarget = mapping(
  {
    kind: z.literal("server"),
    ...common,
    work: gpu.optional(),
    timeout: timeout.optional(),
    concurrency: z
      .union([z.literal("unlimited"), count(1)], 'write a whole number, 1 or more, or "unlimited"')
      .default(1)
      .describe("Slots of the instance: how many requests it serves at once."),
    discipline: word(["fcfs", "processorSharing"])
      .default("fcfs")
      .describe("fcfs: in order, each slot at full speed; processorSharing: the requests in service share one core."),
    servers: count(1).default(1).describe("Instances behind the one queue (M/G/k)."),
    coldStart: distribution.prefault(0).describe("From the order of an instance that is off until it can serve."),
    keepAlive: keepAlive
      .prefault("forever")
      .describe("How long an instance stays on from the moment it empties; 0 is off at once."),
    closeDown: distribution
      .optional()
      .describe("How long it takes to go off; a request that comes meanwhile waits for that, too."),
    queueLimit: count(0)
      .optional()
      .describe("Requests that may wait; one more is rejected. No limit where nothing is said."),
  },
  { what },
).describe("One instance behind a cold start, or several with one queue: queueing theory's own platform.");
