import { z } from "zod";
import { arrivals } from "./arrivals.ts";
import { distribution } from "./distribution.ts";
import { count, mapping, memory, positiveNumber } from "./fields.ts";
import { common, keepAlive, timeout, what } from "./targetFields.ts";

const neighbours = mapping(
  { count: count(1).default(1), arrivals, work: distribution },
  { what: "neighbours: count, arrivals, work" },
);

/** Many functions on shared nodes. */
export const nodeTarget = mapping(
  {
    kind: z.literal("node"),
    ...common,
    timeout: timeout.optional(),
    nodes: count(1).default(1),
    cores: positiveNumber().default(1),
    nodeMemory: memory().optional(),
    podsPerNode: count(1).default(110),
    functions: count(1).default(1),
    neighbours: z.array(neighbours, "write a list").default([]),
    concurrency: z
      .union([z.literal("unlimited"), count(1)], 'write a whole number, 1 or more, or "unlimited"')
      .default("unlimited"),
    podCores: positiveNumber().optional(),
    coldStart: distribution.prefault(0),
    startWork: distribution.prefault(0),
    keepAlive: keepAlive.prefault("forever"),
    instanceStart: distribution.prefault(0),
  },
  { what },
);
