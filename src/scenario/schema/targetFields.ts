import { z } from "zod";
import { distribution } from "./distribution.ts";
import { describeTime, duration, mapping, positive, positiveNumber, word } from "./fields.ts";

/** What a message calls the mapping of a target. */
export const what = "a target";

const texts = () => z.record(z.string(), z.string("write a string"), "write a mapping of strings");
const text = () => z.string("write a string");

const live = mapping(
  {
    url: text().optional(),
    method: text().optional(),
    path: text().optional(),
    query: texts().optional(),
    headers: texts().optional(),
    body: text().optional(),
  },
  { what: "how to send a request: url, method, path, query, headers, body" },
);

/** What every target takes. */
export const common = {
  workFactor: positiveNumber().default(1),
  network: distribution.optional(),
  requestOverhead: distribution.prefault(0),
  firstWork: distribution.optional(),
  live: live.optional(),
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
