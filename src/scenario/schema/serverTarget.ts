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
      .default(1),
    discipline: word(["fcfs", "processorSharing"]).default("fcfs"),
    servers: count(1).default(1),
    coldStart: distribution.prefault(0),
    keepAlive: keepAlive.prefault("forever"),
    closeDown: distribution.optional(),
    queueLimit: count(0).optional(),
  },
  { what },
);
