import { z } from "zod";
import { distribution } from "./distribution.ts";
import { count, duration, mapping, positive, rate, word } from "./fields.ts";
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
    coldStart: distribution,
    keepAlive,
    selection: word(["newest", "mru", "lru", "oldest", "random"]).default("mru"),
    maxInstances: count(1).optional(),
    minInstances: count(0).default(0),
    startsPerSecond: rate().optional(),
    maxLifetime: distribution.optional(),
    scaleToZeroAfter: duration(positive).optional(),
    coldStartOccupiesInstance: z.boolean("write true or false").default(true),
  },
  { what },
).refine(...instancesInOrder);
