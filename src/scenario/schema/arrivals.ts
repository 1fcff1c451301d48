import { z } from "zod";
import type { ArrivalsSpec } from "../../arrivals/index.ts";
import { column, distribution, timeUnit } from "./distribution.ts";
import {
  atLeast,
  count,
  duration,
  kindError,
  list,
  mapping,
  positive,
  positiveNumber,
  probabilities,
  rate,
  rateOrZero,
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

const flat = [
  mapping({ kind: z.literal("poisson"), rate: rate(), batch: batch.optional() }, { what }),
  mapping({ kind: z.literal("deterministic"), interval: duration(positive) }, { what }),
  mapping({ kind: z.literal("renewal"), interval: distribution, batch: batch.optional() }, { what }),
  mmpp,
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
  "onOff",
  "devices",
  "superposition",
  "burst",
  "trace",
] as const;

export const arrivals: z.ZodType<ArrivalsSpec, ArrivalsDocument> = z
  .discriminatedUnion("kind", [...flat, ...nested], {
    error: kindError(what, arrivalsKinds, ["map", "hawkes", "profile", "closed"]),
  })
  .meta({ id: "Arrivals" }) as unknown as z.ZodType<ArrivalsSpec, ArrivalsDocument>;
