import { z } from "zod";
import { distribution, law } from "./distribution.ts";
import { list, mapping, someShare } from "./fields.ts";
import { common, keepAlive, timeout, what } from "./targetFields.ts";

const pop = mapping(
  {
    name: z
      .string("write a name")
      .min(1, "write a name")
      .meta({ description: "Where it is.", examples: ["frankfurt"] }),
    share: someShare().describe("The share of the users that are nearest to it; all shares sum to 1."),
    roundTrip: law("From these users to it and back, on top of network."),
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
    pops: pops.meta({
      description: "Where the function runs, and for whom.",
      examples: [
        [
          { name: "frankfurt", share: 0.7, roundTrip: "12ms" },
          { name: "newark", share: 0.3, roundTrip: "20ms" },
        ],
      ],
    }),
    instanceStart: law("Making the fresh instance of a request.", "0.05ms"),
    coldStart: distribution
      .optional()
      .describe("Loading the application where it is not, for everybody who waits; without it is always loaded."),
    keepAlive: keepAlive
      .prefault("forever")
      .describe("How long it stays loaded, from the moment a point of presence has emptied."),
  },
  { what },
).describe("Functions at points of presence: network plus compute, a fresh instance per request.");

const sharesOf = (pops: unknown): number =>
  (pops as readonly { share: number }[]).reduce((sum, { share }) => sum + share, 0);
