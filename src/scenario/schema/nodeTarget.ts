import { z } from "zod";
import { comings } from "./arrivals.ts";
import { distribution, law } from "./distribution.ts";
import { count, mapping, memory, positiveNumber } from "./fields.ts";
import { common, keepAlive, timeout, what } from "./targetFields.ts";

const neighbours = mapping(
  {
    count: count(1).default(1).describe("How many of them."),
    arrivals: comings("When requests come to each."),
    work: law("The core time of each of their requests."),
  },
  { what: "neighbours: count, arrivals, work" },
);

/** Many functions on shared nodes. */
export const nodeTarget = mapping(
  {
    kind: z.literal("node"),
    ...common,
    timeout: timeout.optional(),
    nodes: count(1).default(1).describe("How many nodes."),
    cores: positiveNumber().default(1).describe("Cores of each node."),
    nodeMemory: memory()
      .optional()
      .meta({ description: "Memory of each node; no limit where nothing is said.", examples: ["16GiB"] }),
    podsPerNode: count(1).default(110).describe("The most pods of a node (the kubelet's max-pods)."),
    functions: count(1)
      .default(1)
      .describe(
        "Functions of the measured kind, it included; the others have arrivals and work of the scenario's laws, drawn for themselves.",
      ),
    neighbours: z
      .array(neighbours, "write a list")
      .default([])
      .meta({
        description: "Other functions, which nobody measures.",
        examples: [[{ count: 20, arrivals: { kind: "poisson", rate: "1/s" }, work: "5ms" }]],
      }),
    concurrency: z
      .union([z.literal("unlimited"), count(1)], 'write a whole number, 1 or more, or "unlimited"')
      .default("unlimited")
      .describe("Requests of one pod at once."),
    podCores: positiveNumber()
      .optional()
      .describe("The most cores that a pod uses; all of the node's where nothing is said."),
    sharedBy: z
      .enum(["pod", "request"], 'write "pod" or "request"')
      .default("pod")
      .describe(
        "Who gets the same share of a node's cores: every pod (control groups), or every request (one process, or processes in no groups).",
      ),
    coldStart: distribution.prefault(0).describe("The part of a pod's start that needs no core, which comes first."),
    startWork: distribution
      .prefault(0)
      .describe("The core time of a pod's start, shared with what else runs on the node."),
    keepAlive: keepAlive
      .prefault("forever")
      .describe("How long a pod stays from the moment it has emptied; every function begins with one."),
    instanceStart: distribution.prefault(0).describe("The core time of a request's own instance."),
  },
  { what },
).describe("Many functions on shared nodes, one of which is measured; coldcast density finds how many fit.");
