import { z } from "zod";
import { type ArrivalsSpec, mapProblem } from "../../arrivals/index.ts";
import { column, distribution, timeUnit } from "./distribution.ts";
import {
  atLeast,
  count,
  duration,
  kindError,
  list,
  mapping,
  plain,
  positive,
  positiveNumber,
  probabilities,
  rate,
  rateOrZero,
  word,
} from "./fields.ts";

const what = "arrivals";
const inner = (): z.ZodType<ArrivalsSpec, ArrivalsDocument> => z.lazy(() => arrivals);

const batchWhat = "a batch";
const batch = z.discriminatedUnion(
  "kind",
  [
    mapping({ kind: z.literal("fixed"), size: count(1) }, { what: batchWhat }),
    mapping({ kind: z.literal("geometric"), mean: atLeast(1) }, { what: batchWhat }),
    mapping(
      { kind: z.literal("pmf"), sizes: list(count(1)), probabilities: probabilities() },
      { what: batchWhat },
    ).refine((spec) => spec.sizes.length === spec.probabilities.length, "sizes and probabilities must be equally long"),
  ],
  { error: kindError(batchWhat, ["fixed", "geometric", "pmf"]) },
);

const mmpp = mapping(
  {
    kind: z.literal("mmpp"),
    rates: list(rateOrZero()).refine((rates) => rates.some((r) => r > 0), "at least one rate must be more than 0"),
    switching: list(list(rateOrZero())),
    batch: batch.optional(),
  },
  { what },
).check((context) => {
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
});

const branching = [(value: number) => value >= 0 && value < 1, "must be 0 or more and less than 1"] as const;
const matrix = () => list(list(z.number("write a number per second, without a unit")));

const map = mapping({ kind: z.literal("map"), d0: matrix(), d1: matrix(), batch: batch.optional() }, { what }).check(
  (context) => {
    const problem = mapProblem(context.value);
    if (problem === undefined) return;
    const message = `${problem.rule}, got ${problem.got}`;
    context.issues.push({ code: "custom", input: context.value, path: [problem.field], message });
  },
);

const profile = mapping(
  {
    kind: z.literal("profile"),
    points: list(mapping({ at: duration(), rate: rateOrZero() }, { what: "a point: at, rate" }))
      .refine((points) => points.every(({ at }, i) => i === 0 || at >= points[i - 1]!.at), "at must not decrease")
      .refine((points) => points.some((point) => point.rate > 0), "at least one rate must be more than 0"),
    step: z.boolean("write true or false").default(false),
    spacing: word(["poisson", "even"]).default("poisson"),
  },
  { what },
);

const flat = [
  mapping({ kind: z.literal("poisson"), rate: rate(), batch: batch.optional() }, { what }),
  mapping({ kind: z.literal("deterministic"), interval: duration(positive) }, { what }),
  mapping({ kind: z.literal("renewal"), interval: distribution, batch: batch.optional() }, { what }),
  mmpp,
  map,
  mapping(
    { kind: z.literal("hawkes"), rate: rate(), branching: plain(branching), decayTime: duration(positive) },
    { what },
  ),
  profile,
  mapping({ kind: z.literal("closed"), clients: count(1), thinkTime: distribution }, { what }),
  mapping({ kind: z.literal("onOff"), on: distribution, off: distribution, rate: rate() }, { what }),
  mapping(
    {
      kind: z.literal("burst"),
      size: count(1),
      at: duration().prefault(0),
      every: duration(positive).optional(),
    },
    { what },
  ),
  mapping(
    {
      kind: z.literal("trace"),
      file: z.string("write a file name").optional(),
      column: column().optional(),
      unit: timeUnit().optional(),
      scale: positiveNumber().optional(),
      times: list(duration()).optional(),
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
    }),
] as const;

const nested = [
  mapping({ kind: z.literal("devices"), count: count(1), each: inner() }, { what }),
  mapping({ kind: z.literal("superposition"), of: list(inner()) }, { what }),
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
  .meta({ id: "Arrivals" }) as unknown as z.ZodType<ArrivalsSpec, ArrivalsDocument>;
