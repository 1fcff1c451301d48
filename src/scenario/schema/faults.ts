import { z } from "zod";
import { count, duration, kindError, list, mapping, positive, someShare } from "./fields.ts";

const fields = {
  at: duration().describe("When it happens, from the beginning."),
  every: duration(positive).optional().describe("Again so long after; once where nothing is said."),
  targets: list(z.string("write a target's name"))
    .optional()
    .meta({ description: "The names of the targets that it hits; all where nothing is said.", examples: [["faas"]] }),
};
const what = "a fault";

const node = count(0).default(0).describe("Which node, from 0.");
const lasts = duration(positive).optional().describe("For how long; for good where nothing is said.");

const podCrash = mapping(
  {
    kind: z.literal("podCrash"),
    ...fields,
    pods: count(1).default(1).describe("How many, chosen at random."),
  },
  { what },
).describe("Pods are gone with every request in them (reset). Acts on every kind; in a pipeline on its functions.");
const nodeLoss = mapping({ kind: z.literal("nodeLoss"), ...fields, node, lasts }, { what }).describe(
  "A node's pods are gone; others start at once where there is room. Acts on knative and spinkube with nodes, and on node.",
);
const slowNode = mapping(
  {
    kind: z.literal("slowNode"),
    ...fields,
    node,
    lasts,
    speed: someShare().describe("The share of its cores' speed that is left."),
  },
  { what },
).describe("A node's cores are slower. Acts as nodeLoss does, where workIs is cpu.");
const brokerPause = mapping(
  { kind: z.literal("brokerPause"), ...fields, lasts: duration(positive).describe("For how long.") },
  { what },
).describe("The broker takes and gives nothing. Acts on pipeline, and on a keda autoscaler on kafka.");
const autoscalerRestart = mapping(
  {
    kind: z.literal("autoscalerRestart"),
    ...fields,
    lasts: duration().prefault(0).describe("For how long it is away."),
  },
  { what },
).describe(
  "The autoscaler forgets what it has seen and decides nothing while away. Acts on knative, and on every autoscaler.",
);

const kinds = ["podCrash", "nodeLoss", "slowNode", "brokerPause", "autoscalerRestart"];

/** What goes wrong, and when. */
export const faults = z.array(
  z.discriminatedUnion("kind", [podCrash, nodeLoss, slowNode, brokerPause, autoscalerRestart], {
    error: kindError(what, kinds),
  }),
  "write a list of faults",
);
