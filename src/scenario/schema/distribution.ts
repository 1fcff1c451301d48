import { z } from "zod";
import { type DistributionSpec, phaseTypeProblem } from "../../distributions/index.ts";
import {
  aboveOne,
  atLeast,
  count,
  describeTime,
  duration,
  kindError,
  list,
  mapping,
  positive,
  positiveNumber,
  probabilities,
} from "./fields.ts";

const what = "a distribution";
const kind = <const Name extends string>(name: Name) => z.literal(name);
const mean = () => duration(positive).describe("The mean.");
const scv = <Type extends z.ZodType>(type: Type) =>
  type.describe(
    "Squared coefficient of variation, variance over mean squared: near 0 constant, 1 as varied as exponential.",
  );
const shares = (of: string) =>
  probabilities().meta({ description: `The probability of each of the ${of}; they sum to 1.`, examples: [[0.9, 0.1]] });
const twoTimes = ["5ms", "80ms"];

/**
 * A field that holds a distribution and must be there.
 *
 * A reference, as one within a distribution must be: a description makes a copy, and the copy of what holds itself would be spelled out in
 * the JSON Schema.
 */
export const law = (
  description: string,
  example?: DistributionDocument,
): z.ZodType<DistributionSpec, DistributionDocument> =>
  z.lazy(() => distribution).meta({ description, ...(example !== undefined && { examples: [example] }) });

const hyperexponential = mapping(
  {
    kind: kind("hyperexponential"),
    mean: mean().optional().describe("The mean, of two phases with balanced means."),
    scv: atLeast(1).optional().describe("Squared coefficient of variation, variance over mean squared; with mean."),
    probabilities: shares("phases").optional(),
    means: list(duration(positive))
      .optional()
      .meta({ description: "The mean of each phase.", examples: [twoTimes] }),
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
  .refine((spec) => sameLength(spec.probabilities, spec.means), "probabilities and means must be equally long")
  .describe("Exponential in one of several phases: write mean and scv, or probabilities and means.");

const phaseType = mapping(
  {
    kind: kind("phaseType"),
    initial: probabilities().meta({ description: "The probability of beginning in each phase.", examples: [[1, 0]] }),
    generator: list(list(z.number("write a number per second, without a unit"))).meta({
      description:
        "Square, numbers per second, negative on the diagonal; what a row lacks to 0 is the rate of ending from there.",
      examples: [
        [
          [-200, 200],
          [0, -100],
        ],
      ],
    }),
  },
  { what },
)
  .check((context) => {
    const problem = phaseTypeProblem(context.value);
    // What is wrong with `initial` alone is said at its own place.
    if (problem === undefined || problem.rule.startsWith("initial")) return;
    const message = `${problem.rule}, got ${problem.got}`;
    context.issues.push({ code: "custom", input: context.value, path: ["generator"], message });
  })
  .describe("The time until a Markov chain has ended.");

const flat = [
  mapping({ kind: kind("deterministic"), value: duration().describe("The one value.") }, { what }).describe(
    "Always the same; a plain duration is short for it.",
  ),
  mapping({ kind: kind("exponential"), mean: mean() }, { what }).describe("P(X > x) = e^(−x/mean)."),
  mapping(
    { kind: kind("erlang"), mean: mean(), stages: count(1, 1000).describe("How many exponential stages in a row.") },
    { what },
  ).describe("The sum of equal exponential stages."),
  mapping({ kind: kind("gamma"), mean: mean(), scv: scv(positiveNumber()) }, { what }).describe(
    "Gamma: Erlang's law for any variance.",
  ),
  hyperexponential,
  mapping({ kind: kind("lognormal"), mean: mean(), scv: scv(positiveNumber()) }, { what }).describe(
    "The logarithm is normal: what times of starts and functions mostly look like.",
  ),
  mapping(
    {
      kind: kind("weibull"),
      mean: mean(),
      shape: atLeast(0.05).describe(
        "P(X > x) = e^(−(x/λ)^shape) with λ = mean / Γ(1 + 1/shape); below 1 a heavy tail. The model takes it up to 8.",
      ),
    },
    { what },
  ).describe("Weibull's law."),
  mapping(
    {
      kind: kind("lomax"),
      mean: mean(),
      shape: aboveOne().describe(
        "P(X > x) = (1 + x/θ)^−shape with θ = mean·(shape − 1); the variance is infinite up to 2.",
      ),
    },
    { what },
  ).describe("A power law that begins at 0 (Pareto of the second kind)."),
  mapping(
    {
      kind: kind("pareto"),
      minimum: duration(positive).describe("The least value."),
      shape: aboveOne().describe("P(X > x) = (minimum/x)^shape; the variance is infinite up to 2."),
    },
    { what },
  ).describe("A power law that begins at a minimum."),
  phaseType,
  mapping(
    {
      kind: kind("uniform"),
      low: duration().describe("The least value."),
      high: duration().describe("The greatest value, more than low."),
    },
    { what },
  )
    .refine(({ low, high }) => low < high, { error: "high must be more than low", path: ["high"] })
    .describe("Equally likely everywhere between two values."),
  mapping(
    {
      kind: kind("discrete"),
      values: list(duration()).meta({ description: "What it can be.", examples: [twoTimes] }),
      probabilities: shares("values"),
    },
    { what },
  )
    .refine((spec) => sameLength(spec.values, spec.probabilities), "values and probabilities must be equally long")
    .describe("One of a few values."),
  mapping(
    {
      kind: kind("empirical"),
      values: list(duration())
        .optional()
        .meta({ description: "What was seen.", examples: [["4ms", "5ms", "9ms"]] }),
      file: fileName(),
      column: column(),
      unit: timeUnit(),
    },
    { what },
  )
    .refine(
      (spec) => (spec.values === undefined) !== (spec.file === undefined),
      "write either values, or file, column and unit",
    )
    .describe("What was measured, each value equally likely: values, or file, column and unit."),
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
  mapping(
    {
      kind: kind("shifted"),
      by: duration().describe("How far to the right."),
      of: law("The distribution that is moved."),
    },
    { what },
  ).describe("A distribution moved to the right: by is its least value where it began at 0."),
  mapping(
    {
      kind: kind("mixture"),
      of: list(
        mapping(
          {
            weight: positiveNumber().describe("How often this one, against the sum of all weights."),
            of: law("The distribution."),
          },
          { what: "a weight and a distribution" },
        ),
      ).describe("The distributions and their weights."),
    },
    { what },
  ).describe("One of several distributions, drawn each time."),
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
  .meta({
    id: "Distribution",
    description: "A time that varies: a plain duration, or a mapping with a kind.",
    examples: [{ kind: "lognormal", mean: "20ms", scv: 0.3 }],
  }) as unknown as z.ZodType<DistributionSpec, DistributionDocument>;

/** The name of a CSV file. */
export function fileName() {
  return z
    .string("write a file name")
    .optional()
    .meta({ description: "A CSV file in the scenario's folder or below.", examples: ["measured.csv"] });
}

/** A column of a CSV file by its header or its number from 1. */
export function column() {
  return z
    .union([z.string(), z.int().min(1)], "write a column's header, or its number from 1")
    .optional()
    .meta({
      description: "The file's column, by its header or its number from 1; the first where nothing is said.",
      examples: [2],
    });
}

/** The unit of a file's plain numbers. */
export function timeUnit() {
  return z
    .enum(["ns", "us", "µs", "ms", "s", "min", "h", "d"], "write a unit: ns us µs ms s min h d")
    .optional()
    .meta({ description: "The unit of the file's numbers; seconds where nothing is said.", examples: ["ms"] });
}

function sameLength(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  return a === undefined || b === undefined || a.length === b.length;
}
