import { z } from "zod";
import { type ArrivalsSpec, mapProblem } from "../../arrivals/index.ts";
import { column, fileName, law, timeUnit } from "./distribution.ts";
import {
  atLeast,
  belowOne,
  count,
  duration,
  flag,
  kindError,
  list,
  mapping,
  positive,
  positiveNumber,
  probabilities,
  rate,
  rateOrZero,
  word,
} from "./fields.ts";

const what = "arrivals";

/** A field that holds arrivals; a reference, as `law` is. */
export const comings = (description: string): z.ZodType<ArrivalsSpec, ArrivalsDocument> =>
  z.lazy(() => arrivals).describe(description);

const batchWhat = "a batch";
const batch = z
  .discriminatedUnion(
    "kind",
    [
      mapping(
        { kind: z.literal("fixed"), size: count(1).describe("Requests in each batch.") },
        { what: batchWhat },
      ).describe("Always the same number."),
      mapping(
        { kind: z.literal("geometric"), mean: atLeast(1).describe("Requests in a batch on average.") },
        { what: batchWhat },
      ).describe("A geometric number, 1 or more."),
      mapping(
        {
          kind: z.literal("pmf"),
          sizes: list(count(1)).meta({ description: "How many requests a batch can have.", examples: [[1, 10]] }),
          probabilities: probabilities().meta({
            description: "The probability of each size; they sum to 1.",
            examples: [[0.9, 0.1]],
          }),
        },
        { what: batchWhat },
      )
        .refine(
          (spec) => spec.sizes.length === spec.probabilities.length,
          "sizes and probabilities must be equally long",
        )
        .describe("One of a few numbers."),
    ],
    { error: kindError(batchWhat, ["fixed", "geometric", "pmf"]) },
  )
  .meta({ id: "Batch", description: "How many requests come together, at each event." });

const batched = batch
  .optional()
  .describe("Requests that come together: rates count events, and requests are events × batch.");

const mmpp = mapping(
  {
    kind: z.literal("mmpp"),
    rates: list(rateOrZero())
      .refine((rates) => rates.some((r) => r > 0), "at least one rate must be more than 0")
      .meta({ description: "The rate in each phase.", examples: [["5/s", "100/s"]] }),
    switching: list(list(rateOrZero())).meta({
      description: "The rate at which each phase gives way to each other one: square, 0 on the diagonal.",
      examples: [
        [
          [0, "1/min"],
          ["6/min", 0],
        ],
      ],
    }),
    batch: batched,
  },
  { what },
)
  .check((context) => {
    const { rates, switching } = context.value;
    const refuse = (path: PropertyKey[], message: string) =>
      context.issues.push({ code: "custom", input: context.value, path, message });
    if (switching.length !== rates.length) {
      refuse(["switching"], `must have one row per rate: ${rates.length}, has ${switching.length}`);
    }
    for (const [i, row] of switching.entries()) {
      if (row.length !== switching.length) {
        refuse(["switching", i], `must be square: ${switching.length} entries, has ${row.length}`);
      } else if (row[i] !== 0) refuse(["switching", i, i], "must be 0 on the diagonal");
    }
  })
  .describe("Poisson at a rate that a Markov chain sets (MMPP); begins in its stationary state.");

const matrix = (description: string, example: number[][]) =>
  list(list(z.number("write a number per second, without a unit"))).meta({ description, examples: [example] });

const map = mapping(
  {
    kind: z.literal("map"),
    d0: matrix("Square, numbers per second: changes of phase without an event, negative on the diagonal.", [
      [-10, 2],
      [1, -3],
    ]),
    d1: matrix("As d0: changes of phase with an event; the rows of d0 + d1 sum to 0.", [
      [8, 0],
      [0, 2],
    ]),
    batch: batched,
  },
  { what },
)
  .check((context) => {
    const problem = mapProblem(context.value);
    if (problem === undefined) return;
    const message = `${problem.rule}, got ${problem.got}`;
    context.issues.push({ code: "custom", input: context.value, path: [problem.field], message });
  })
  .describe("A Markovian arrival process; begins in its stationary state.");

const profile = mapping(
  {
    kind: z.literal("profile"),
    points: list(
      mapping(
        {
          at: duration().describe("When, from the beginning; two points at one instant are a jump."),
          rate: rateOrZero().describe("The rate there."),
        },
        { what: "a point: at, rate" },
      ),
    )
      .refine((points) => points.every(({ at }, i) => i === 0 || at >= points[i - 1]!.at), "at must not decrease")
      .refine((points) => points.some((point) => point.rate > 0), "at least one rate must be more than 0")
      .meta({
        description: "The rate at instants that do not decrease; the first and last hold before and after.",
        examples: [
          [
            { at: 0, rate: "5/s" },
            { at: "10min", rate: "50/s" },
          ],
        ],
      }),
    step: flag()
      .default(false)
      .describe("Whether a point's rate holds until the next one, instead of a line between them."),
    spacing: word(["poisson", "even"])
      .default("poisson")
      .describe("poisson: at random; even: a request whenever the integrated rate is a whole number."),
  },
  { what },
).describe("A rate that changes over time; no steady state.");

const trace = mapping(
  {
    kind: z.literal("trace"),
    file: fileName(),
    column: column(),
    unit: timeUnit(),
    scale: positiveNumber()
      .optional()
      .meta({ description: "Multiplies time; 1 where nothing is said.", examples: [0.5] }),
    times: list(duration())
      .optional()
      .meta({
        description: "The instants themselves, which do not decrease.",
        examples: [[0, "120ms", "1.5s"]],
      }),
  },
  { what },
)
  .refine(
    (spec) => (spec.times === undefined) !== (spec.file === undefined),
    "write either times, or file, column and unit",
  )
  .refine(({ times }) => times?.every((time, i) => i === 0 || time >= times[i - 1]!) ?? true, {
    error: "times must not decrease",
    path: ["times"],
  })
  .describe("Recorded instants: times, or file, column and unit; no steady state.");

const flat = [
  mapping(
    { kind: z.literal("poisson"), rate: rate().describe("Events per second, on average."), batch: batched },
    { what },
  ).describe("Independent users: exponential gaps."),
  mapping(
    { kind: z.literal("deterministic"), interval: duration(positive).describe("Between one request and the next.") },
    { what },
  ).describe("A clock: the first request after one full interval."),
  mapping(
    {
      kind: z.literal("renewal"),
      interval: law("Between one event and the next, drawn anew each time."),
      batch: batched,
    },
    { what },
  ).describe("Independent gaps of any law; the first event after one full gap."),
  mmpp,
  map,
  mapping(
    {
      kind: z.literal("hawkes"),
      rate: rate().describe("Requests per second in the long run, those that others brought included."),
      branching: belowOne().describe("Requests that each one brings, on average."),
      decayTime: duration(positive).describe("Their mean delay."),
    },
    { what },
  ).describe("Requests that bring others (self-exciting); begins empty."),
  profile,
  mapping(
    {
      kind: z.literal("closed"),
      clients: count(1).describe("How many there are."),
      thinkTime: law("From an answer to the same client's next request; the first comes after one."),
    },
    { what },
  ).describe(
    "Clients that wait for their answer before they ask again. There is no schedule: schedule and replay refuse it.",
  ),
  mapping(
    {
      kind: z.literal("onOff"),
      on: law("How long it sends."),
      off: law("How long it is silent."),
      rate: rate().describe("Requests per second while on."),
    },
    { what },
  ).describe("Poisson while on, nothing while off; begins in its stationary state."),
  mapping(
    {
      kind: z.literal("burst"),
      size: count(1).describe("Requests at once."),
      at: duration().prefault(0).describe("When."),
      every: duration(positive).optional().describe("Again so long after; once where nothing is said."),
    },
    { what },
  ).describe("Many requests at one instant; no steady state."),
  trace,
] as const;

const nested = [
  mapping(
    {
      kind: z.literal("devices"),
      count: count(1).describe("How many devices."),
      each: comings("The arrivals of one device."),
    },
    { what },
  ).describe("Independent copies of the same arrivals, each with its own source in the schedule."),
  mapping(
    {
      kind: z.literal("superposition"),
      of: list(comings("Arrivals of any kind.")).describe("The arrivals that are put together."),
    },
    { what },
  ).describe("Several arrivals at once."),
] as const;

/** Arrivals as a document writes them. */
export type ArrivalsDocument =
  | z.input<(typeof flat)[number]>
  | { readonly kind: "devices"; readonly count: number; readonly each: ArrivalsDocument }
  | { readonly kind: "superposition"; readonly of: readonly ArrivalsDocument[] };

export const arrivalsKinds = [
  "poisson",
  "deterministic",
  "renewal",
  "mmpp",
  "map",
  "onOff",
  "hawkes",
  "profile",
  "devices",
  "superposition",
  "burst",
  "trace",
  "closed",
] as const;

export const arrivals: z.ZodType<ArrivalsSpec, ArrivalsDocument> = z
  .discriminatedUnion("kind", [...flat, ...nested], {
    error: kindError(what, arrivalsKinds),
  })
  .meta({
    id: "Arrivals",
    description: "When requests come: a mapping with a kind.",
    examples: [{ kind: "poisson", rate: "50/s" }],
  }) as unknown as z.ZodType<ArrivalsSpec, ArrivalsDocument>;
