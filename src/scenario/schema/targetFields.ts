import { z } from "zod";
import { hedge, retries } from "./client.ts";
import { distribution } from "./distribution.ts";
import { describeTime, duration, memory, positive, positiveNumber, word } from "./fields.ts";
import { live } from "./live.ts";
import { prices } from "./prices.ts";

/** What a message calls the mapping of a target. */
export const what = "a target";

/** What every target takes. */
export const common = {
  workFactor: positiveNumber().default(1),
  network: distribution.optional(),
  requestOverhead: distribution.prefault(0),
  firstWork: distribution.optional(),
  live: live.optional(),
  memory: memory().optional(),
  prices: prices.optional(),
  retries: retries.optional(),
  hedge: hedge.optional(),
};
export const timeout = duration(positive);

/** How long an idle instance stays. */
export const keepAlive = z
  .union([z.literal("forever"), distribution], {
    error: ({ input }) =>
      typeof input === "number" ? describeTime(input) : 'write "forever", a duration such as "30s", or a distribution',
  })
  .meta({ id: "KeepAlive" });

export const workIs = word(["io", "cpu"]).default("io");
