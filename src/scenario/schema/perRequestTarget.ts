import { z } from "zod";
import { distribution, law } from "./distribution.ts";
import { count, duration, flag, mapping, positive, rate, word } from "./fields.ts";
import { common, keepAlive, timeout, what } from "./targetFields.ts";

/** The minimum is not above the maximum. */
export const instancesInOrder = [
  ({ minInstances, maxInstances = Infinity }: { minInstances: number; maxInstances?: number | undefined }) =>
    minInstances <= maxInstances,
  { error: "must not be more than maxInstances", path: ["minInstances"] as PropertyKey[] },
] as const;

/** An instance per concurrent request, kept for the next. */
export const perRequestTarget = mapping(
  {
    kind: z.literal("perRequest"),
    ...common,
    timeout: timeout.optional(),
    coldStart: law(
      "From a request that finds no idle instance until its own can serve (Lambda: the Init duration and what comes before it).",
      { kind: "lognormal", mean: "250ms", scv: 0.1 },
    ),
    keepAlive: keepAlive.describe("How long an idle instance is kept for the next request."),
    selection: word(["newest", "mru", "lru", "oldest", "random"])
      .default("mru")
      .describe("Which idle instance serves: the most or least recently used one, the newest or oldest, or any."),
    maxInstances: count(1)
      .optional()
      .meta({
        description:
          "The most at once, above which requests are rejected (Lambda: reserved concurrency); no limit where nothing is said.",
        examples: [1000],
      }),
    minInstances: count(0).default(0).describe("Instances that are always there (Lambda: provisioned concurrency)."),
    startsPerSecond: rate()
      .optional()
      .meta({
        description: "The most starts per second (Lambda: the scaling rate); no limit where nothing is said.",
        examples: ["100/s"],
      }),
    maxLifetime: distribution.optional().meta({
      description: "From an instance's order on; an older one takes no more requests. No limit where nothing is said.",
      examples: ["2h"],
    }),
    scaleToZeroAfter: duration(positive)
      .optional()
      .meta({
        description:
          "With no request in hand for so long every idle instance goes, whatever its keepAlive; never where nothing is said.",
        examples: ["10min"],
      }),
    coldStartOccupiesInstance: flag()
      .default(true)
      .describe(
        "Whether an instance is held during its start, too; false: for the work only, as if the start happened elsewhere.",
      ),
  },
  { what },
)
  .refine(...instancesInOrder)
  .describe("An instance per concurrent request, kept for the next one: AWS Lambda.");
