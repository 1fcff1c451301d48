import { z } from "zod";
import { type DistributionSpec, phaseTypeProblem } from "../../distributions/index.ts";
import {
  atLeast,
  count,
  describeTime,
  duration,
  kindError,
  list,
  mapping,
  plain,
  positive,
  positiveNumber,
  probabilities,
} from "./fields.ts";

const what = "a distribution";
const kind = <const Name extends string>(name: Name) => z.literal(name);
const mean = () => duration(positive);
const inner = (): z.ZodType<DistributionSpec, DistributionDocument> => z.lazy(() => distribution);

const hyperexponential = mapping(
  {
    kind: kind("hyperexponential"),
    mean: mean().optional(),
    scv: atLeast(1).optional(),
    probabilities: probabilities().optional(),
    means: list(mean()).optional(),
  },
  { what },
)
  .refine(
    (spec) =>
      spec.probabilities === undefined && spec.means === undefined
        ? spec.mean !== undefined && spec.scv !== undefined
        : spec.probabilities !== undefined &&
          spec.means !== undefined &&
          spec.mean === undefined &&
          spec.scv === undefined,
    "write either mean and scv, or probabilities and means",
  )
  .refine((spec) => sameLength(spec.probabilities, spec.means), "probabilities and means must be equally long");

const phaseType = mapping(
  {
    kind: kind("phaseType"),
    initial: probabilities(),
    generator: list(list(z.number("write a number per second, without a unit"))),
  },
  { what },
).check((context) => {
  const problem = phaseTypeProblem(context.value);
  // What is wrong with `initial` alone is said at its own place.
  if (problem === undefined || problem.rule.startsWith("initial")) return;
  const message = `${problem.rule}, got ${problem.got}`;
  context.issues.push({ code: "custom", input: context.value, path: ["generator"], message });
});

const flat = [
  mapping({ kind: kind("deterministic"), value: duration() }, { what }),
  mapping({ kind: kind("exponential"), mean: mean() }, { what }),
  mapping({ kind: kind("erlang"), mean: mean(), stages: count(1, 1000) }, { what }),
  mapping({ kind: kind("gamma"), mean: mean(), scv: positiveNumber() }, { what }),
  hyperexponential,
  mapping({ kind: kind("lognormal"), mean: mean(), scv: positiveNumber() }, { what }),
  mapping({ kind: kind("weibull"), mean: mean(), shape: atLeast(0.05) }, { what }),
  mapping({ kind: kind("lomax"), mean: mean(), shape: aboveOne() }, { what }),
  mapping({ kind: kind("pareto"), minimum: mean(), shape: aboveOne() }, { what }),
  phaseType,
  mapping({ kind: kind("uniform"), low: duration(), high: duration() }, { what }).refine(
    ({ low, high }) => low < high,
    { error: "high must be more than low", path: ["high"] },
  ),
  mapping({ kind: kind("discrete"), values: list(duration()), probabilities: probabilities() }, { what }).refine(
    (spec) => sameLength(spec.values, spec.probabilities),
    "values and probabilities must be equally long",
  ),
  mapping(
    {
      kind: kind("empirical"),
      values: list(duration()).optional(),
      file: z.string("write a file name").optional(),
      column: column().optional(),
      unit: timeUnit().optional(),
    },
    { what },
  ).refine(
    (spec) => (spec.values === undefined) !== (spec.file === undefined),
    "write either values, or file, column and unit",
  ),
] as const;

/** A distribution as a document writes it; a plain duration is short for a deterministic one. */
export type DistributionDocument =
  | string
  | 0
  | z.input<(typeof flat)[number]>
  | { readonly kind: "shifted"; readonly by: string | 0; readonly of: DistributionDocument }
  | {
      readonly kind: "mixture";
      readonly of: readonly { readonly weight: number; readonly of: DistributionDocument }[];
    };

export const distributionKinds = [
  "deterministic",
  "exponential",
  "erlang",
  "gamma",
  "hyperexponential",
  "lognormal",
  "weibull",
  "lomax",
  "pareto",
  "uniform",
  "discrete",
  "phaseType",
  "shifted",
  "mixture",
  "empirical",
] as const;

const nested = [
  mapping({ kind: kind("shifted"), by: duration(), of: inner() }, { what }),
  mapping(
    {
      kind: kind("mixture"),
      of: list(mapping({ weight: positiveNumber(), of: inner() }, { what: "a weight and a distribution" })),
    },
    { what },
  ),
] as const;

export const distribution: z.ZodType<DistributionSpec, DistributionDocument> = z
  .union(
    [
      duration().transform((value) => ({ kind: "deterministic" as const, value })),
      z.discriminatedUnion("kind", [...flat, ...nested], {
        error: kindError(what, distributionKinds),
      }),
    ],
    { error: ({ input }) => describeTime(input) },
  )
  .meta({ id: "Distribution" }) as unknown as z.ZodType<DistributionSpec, DistributionDocument>;

function aboveOne() {
  return plain([(value) => value > 1, "must be more than 1"]);
}

/** A column of a CSV file by its header or its number from 1. */
export function column() {
  return z.union([z.string(), z.int().min(1)], "write a column's header, or its number from 1");
}

/** The unit of a file's plain numbers. */
export function timeUnit() {
  return z.enum(["ns", "us", "µs", "ms", "s", "min", "h", "d"], "write a unit: ns us µs ms s min h d");
}

function sameLength(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  return a === undefined || b === undefined || a.length === b.length;
}
