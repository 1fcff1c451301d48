import { atLeast, mapping, memory, positiveNumber, word } from "./fields.ts";

const node = mapping(
  { cores: positiveNumber().describe("Its cores."), memory: memory().describe("Its memory.") },
  { what: "the node that perNodeHour pays for: cores, memory" },
);

/** What running costs, in any currency; each is 0 where it is not stated. */
export const prices = mapping(
  {
    perGigabyteSecond: atLeast(0).default(0).describe("Of memory; a gigabyte is 2³⁰ bytes."),
    perRequest: atLeast(0).default(0).describe("Of every request that is taken in."),
    perInstanceHour: atLeast(0).default(0).describe("Of an instance or pod, busy or not."),
    perNodeHour: atLeast(0)
      .default(0)
      .describe(
        "Of a node: an instance pays the share that it takes of its memory or of its cores, whichever is more.",
      ),
    node: node.optional().describe("The node that perNodeHour pays for; needed with it."),
    billed: word(["held", "busy"])
      .default("held")
      .describe(
        "Which memory is paid: held all the time, or busy, while the instance starts or serves (as AWS Lambda bills).",
      ),
  },
  { what: "prices: perGigabyteSecond, perRequest, perInstanceHour, perNodeHour, node, billed" },
)
  .refine(({ perNodeHour, node: size }) => perNodeHour === 0 || size !== undefined, {
    error: "perNodeHour needs it: write { cores: 4, memory: 16GiB }",
    path: ["node"],
  })
  .meta({ id: "Prices", description: "What running costs, as numbers in any one currency." });
