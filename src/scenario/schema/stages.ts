import { z } from "zod";
import { retries } from "./client.ts";
import { distribution } from "./distribution.ts";
import { count, duration, kindError, list, mapping, word } from "./fields.ts";
import { gpu } from "./gpu.ts";
import { knativeTarget, scalesInOrder } from "./knativeTarget.ts";
import { instancesInOrder, perRequestTarget } from "./perRequestTarget.ts";
import { serverTarget } from "./serverTarget.ts";
import { spinkubeTarget } from "./spinkubeTarget.ts";

const what = "a stage";
const name = z.string("write a name").min(1, "write a name").optional();

const delay = mapping({ kind: z.literal("delay"), name, time: distribution }, { what });

/** The defaults are Kafka's: linger.ms 5 (since 4.0). */
const produce = mapping(
  {
    kind: z.literal("produce"),
    name,
    partitions: count(1).default(1),
    by: word(["origin", "roundRobin", "random"]).default("random"),
    linger: duration().prefault("5ms"),
    batchSize: count(1).optional(),
    send: distribution.prefault(0),
  },
  { what },
);

/** max.poll.records 500, auto.commit.interval.ms 5000: Kafka's own. */
const consumer = {
  name,
  consumers: count(1).default(1),
  fetch: distribution.prefault(0),
  maxPollRecords: count(1).default(500),
  autoCommitInterval: duration().prefault("5s"),
  rebalance: mapping({ every: distribution, pause: distribution }, { what: "rebalances: every, pause" }).optional(),
};

const aggregator = mapping(
  { kind: z.literal("aggregator"), ...consumer, work: distribution.prefault(0), transaction: distribution.optional() },
  { what },
);
const collector = mapping({ kind: z.literal("collector"), ...consumer, work: distribution.prefault(0) }, { what });
const trigger = mapping(
  { kind: z.literal("trigger"), ...consumer, inFlight: count(1).default(1), retries: retries.optional() },
  { what },
);

/** What a function has as a stage: a name, and where its work comes from and runs. */
const asStage = { name, work: z.union([gpu, distribution], "write a distribution, or { on: gpu, … }").optional() };

const kinds = ["produce", "aggregator", "trigger", "collector", "delay", "server", "perRequest", "knative", "spinkube"];

/** One stage of a pipeline. */
const stage = z
  .discriminatedUnion(
    "kind",
    [
      produce,
      aggregator,
      trigger,
      collector,
      delay,
      mapping({ ...serverTarget.shape, ...asStage }, { what }),
      mapping({ ...perRequestTarget.shape, ...asStage }, { what }).refine(...instancesInOrder),
      mapping({ ...knativeTarget.shape, ...asStage }, { what }).refine(...scalesInOrder),
      mapping({ ...spinkubeTarget.shape, ...asStage }, { what }),
    ],
    { error: kindError(what, kinds) },
  )
  .meta({ id: "Stage" });

const isConsumer = (kind: string | undefined) => kind === "aggregator" || kind === "trigger" || kind === "collector";
const isFunction = (kind: string | undefined) => kind !== undefined && kinds.indexOf(kind) > kinds.indexOf("delay");

/** Stages in series, of which a consumer needs its topic and a trigger something to call. */
export const stages = list(stage)
  .refine((all) => all.every(({ kind }, i) => !isConsumer(kind) || all[i - 1]?.kind === "produce"), {
    error: "an aggregator, trigger or collector must stand right after the produce stage whose topic it reads",
    when: (payload) => payload.issues.length === 0,
  })
  .refine((all) => all.every(({ kind }, i) => kind !== "produce" || isConsumer(all[i + 1]?.kind)), {
    error: "a produce stage must be followed by who reads its topic: aggregator, trigger or collector",
    when: (payload) => payload.issues.length === 0,
  })
  .refine((all) => all.every(({ kind }, i) => kind !== "trigger" || isFunction(all[i + 1]?.kind)), {
    error: "a trigger must be followed by what it calls: server, perRequest, knative or spinkube",
    when: (payload) => payload.issues.length === 0,
  })
  .refine((all) => all.every(({ kind }, i) => kind !== "collector" || i === all.length - 1), {
    error: "a collector must be the last stage",
    when: (payload) => payload.issues.length === 0,
  })
  .refine((all) => new Set(named(all)).size === all.length, {
    error: "names of stages must differ",
    when: (payload) => payload.issues.length === 0,
  });

/** The stages' names; one without is called as its kind, with a number from the second on. */
export function named(all: readonly { readonly kind: string; readonly name?: string | undefined }[]): string[] {
  return all.map(({ kind, name: given }, i) => {
    if (given !== undefined) return given;
    const before = all.slice(0, i).filter((other) => other.kind === kind).length;
    return before === 0 ? kind : `${kind}-${before + 1}`;
  });
}
