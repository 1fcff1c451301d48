import { z } from "zod";
import { count, duration, kindError, list, mapping, positive, within } from "./fields.ts";

const fields = {
  at: duration(),
  every: duration(positive).optional(),
  targets: list(z.string("write a target's name")).optional(),
};
const what = "a fault";

const podCrash = mapping({ kind: z.literal("podCrash"), ...fields, pods: count(1).default(1) }, { what });
const nodeLoss = mapping(
  { kind: z.literal("nodeLoss"), ...fields, node: count(0).default(0), lasts: duration(positive).optional() },
  { what },
);
const slowNode = mapping(
  {
    kind: z.literal("slowNode"),
    ...fields,
    node: count(0).default(0),
    lasts: duration(positive).optional(),
    speed: within(0, 1).refine((value) => value > 0, "must be more than 0"),
  },
  { what },
);
const brokerPause = mapping({ kind: z.literal("brokerPause"), ...fields, lasts: duration(positive) }, { what });
const autoscalerRestart = mapping(
  { kind: z.literal("autoscalerRestart"), ...fields, lasts: duration().prefault(0) },
  { what },
);

const kinds = ["podCrash", "nodeLoss", "slowNode", "brokerPause", "autoscalerRestart"];

/** What goes wrong, and when. */
export const faults = z.array(
  z.discriminatedUnion("kind", [podCrash, nodeLoss, slowNode, brokerPause, autoscalerRestart], {
    error: kindError(what, kinds),
  }),
  "write a list of faults",
);
