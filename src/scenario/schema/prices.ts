import { atLeast, mapping, memory, positiveNumber, word } from "./fields.ts";

const node = mapping(
  { cores: positiveNumber(), memory: memory() },
  { what: "the node that perNodeHour pays for: cores, memory" },
);

/** What running costs, in any currency; each is 0 where it is not stated. */
export const prices = mapping(
  {
    perGigabyteSecond: atLeast(0).default(0),
    perRequest: atLeast(0).default(0),
    perInstanceHour: atLeast(0).default(0),
    perNodeHour: atLeast(0).default(0),
    node: node.optional(),
    billed: word(["held", "busy"]).default("held"),
  },
  { what: "prices: perGigabyteSecond, perRequest, perInstanceHour, perNodeHour, node, billed" },
).refine(({ perNodeHour, node: size }) => perNodeHour === 0 || size !== undefined, {
  error: "is missing; perNodeHour needs it: write { cores: 4, memory: 16GiB }",
  path: ["node"],
});
