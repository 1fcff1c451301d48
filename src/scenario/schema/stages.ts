import { z } from "zod";
import { retries } from "./client.ts";
import { distribution, law } from "./distribution.ts";
import { count, duration, kindError, list, mapping, word } from "./fields.ts";
import { gpu } from "./gpu.ts";
import { knativeTarget, scalesInOrder } from "./knativeTarget.ts";
import { instancesInOrder, perRequestTarget } from "./perRequestTarget.ts";
import { serverTarget } from "./serverTarget.ts";
import { spinkubeTarget } from "./spinkubeTarget.ts";

const what = "a stage";
const name = z
  .string("write a name")
  .min(1, "write a name")
  .optional()
  .meta({
    description: "What the stage is called; by default its kind, numbered where that occurs again.",
    examples: ["enrich"],
  });

const delay = mapping({ kind: z.literal("delay"), name, time: law("How long.") }, { what }).describe(
  "Time that passes and holds nothing.",
);

/** The defaults are Kafka's: linger.ms 5 (since 4.0). */
const produce = mapping(
  {
    kind: z.literal("produce"),
    name,
    partitions: count(1).default(1).describe("The topic's partitions."),
    by: word(["origin", "roundRobin", "random"])
      .default("random")
      .describe("How a record's partition is chosen; origin: by the device that it comes from."),
    linger: duration().prefault("5ms").describe("How long a batch waits for more records (linger.ms)."),
    batchSize: count(1)
      .optional()
      .meta({
        description:
          "Records at which a batch is sent at once; never full where nothing is said (batch.size, there in bytes).",
        examples: [100],
      }),
    send: distribution.prefault(0).describe("From sending a batch until it can be read."),
  },
  { what },
).describe("A topic and who writes to it.");

/** max.poll.records 500, auto.commit.interval.ms 5000: Kafka's own. */
const consumer = {
  name,
  consumers: count(1).default(1).describe("Consumers of the group."),
  fetch: distribution.prefault(0).describe("What one fetch takes."),
  maxPollRecords: count(1).default(500).describe("The most records of one fetch (max.poll.records)."),
  autoCommitInterval: duration()
    .prefault("5s")
    .describe("How often offsets are committed (auto.commit.interval.ms); 0: after every record."),
  rebalance: mapping(
    { every: law("From one to the next."), pause: law("How long nobody reads.") },
    { what: "rebalances: every, pause" },
  )
    .optional()
    .describe("The group's rebalances; none where nothing is said."),
};

const perRecord = distribution.prefault(0).describe("What one record takes.");
const aggregator = mapping(
  {
    kind: z.literal("aggregator"),
    ...consumer,
    work: perRecord,
    transaction: distribution
      .optional()
      .describe(
        "What a fetch brought is written in a transaction, which goes on for so long after its last record and holds up the next fetch.",
      ),
  },
  { what },
).describe("A consumer group right after its topic, one record at a time.");
const collector = mapping({ kind: z.literal("collector"), ...consumer, work: perRecord }, { what }).describe(
  "A consumer group at the end.",
);
const trigger = mapping(
  {
    kind: z.literal("trigger"),
    ...consumer,
    inFlight: count(1).default(1).describe("Calls of each consumer at once."),
    retries: retries.optional(),
  },
  { what },
).describe("A consumer group that calls the stage after it.");

/** What a function has as a stage: a name, and where its work comes from and runs. */
const asStage = {
  name,
  work: z
    .union([gpu, distribution], "write a distribution, or { on: gpu, … }")
    .optional()
    .meta({
      description: "A work of its own, in place of the scheduled one, or that it runs on a GPU.",
      examples: ["5ms"],
    }),
};

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
      mapping({ ...serverTarget.shape, ...asStage }, { what }).describe("The function, as such a target."),
      mapping({ ...perRequestTarget.shape, ...asStage }, { what })
        .refine(...instancesInOrder)
        .describe("The function, as such a target."),
      mapping({ ...knativeTarget.shape, ...asStage }, { what })
        .refine(...scalesInOrder)
        .describe("The function, as such a target."),
      mapping({ ...spinkubeTarget.shape, ...asStage }, { what }).describe("The function, as such a target."),
    ],
    { error: kindError(what, kinds) },
  )
  .meta({ id: "Stage", description: "One stage of a pipeline: a mapping with a kind." });

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
  const seen = new Map<string, number>();
  return all.map(({ kind, name: given }) => {
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return given ?? (count === 1 ? kind : `${kind}-${count}`);
  });
}
