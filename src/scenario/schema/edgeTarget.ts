import { z } from "zod";
import { distribution } from "./distribution.ts";
import { list, mapping, within } from "./fields.ts";
import { common, keepAlive, timeout, what } from "./targetFields.ts";

const pop = mapping(
  {
    name: z.string("write a name").min(1, "write a name"),
    share: within(0, 1).refine((value) => value > 0, "must be more than 0"),
    roundTrip: distribution,
  },
  { what: "a point of presence: name, share, roundTrip" },
);

const pops = list(pop)
  .refine((all) => Math.abs(all.reduce((sum, { share }) => sum + share, 0) - 1) <= 1e-9, {
    error: (issue) => `shares must sum to 1, they sum to ${Number(sharesOf(issue.input).toPrecision(12))}`,
    when: (payload) => Array.isArray(payload.value) && payload.issues.length === 0,
  })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: "names must differ",
    when: (payload) => Array.isArray(payload.value) && payload.issues.length === 0,
  });

/** Functions at points of presence. */
export const edgeTarget = mapping(
  {
    kind: z.literal("edge"),
    ...common,
    timeout: timeout.optional(),
    pops,
    instanceStart: distribution,
    coldStart: distribution.optional(),
    keepAlive: keepAlive.prefault("forever"),
  },
  { what },
);

const sharesOf = (pops: unknown): number =>
  (pops as readonly { share: number }[]).reduce((sum, { share }) => sum + share, 0);
