import { z } from "zod";
import { parseDuration, parseRate } from "../../base/units.ts";

/** Checks that run after the unit is read: [predicate, what was expected]. */
type Rule = readonly [(value: number) => boolean, string];

export const positive: Rule = [(value) => value > 0, "must be more than 0"];
export const nonNegative: Rule = [(value) => value >= 0, "must not be negative"];

const durationHint = 'write a duration as a string with a unit, such as "5ms" (ns us µs ms s min h d)';
const rateHint = 'write a rate as a string with a unit, such as "50/s" (/s /min /h /d)';

/** A duration in a document (a string with a unit, or literal 0), seconds past the parser. */
export const duration = ([holds, rule]: Rule = nonNegative) =>
  quantity(
    parseDuration,
    durationHint,
    String.raw`^\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\s*(ns|us|µs|μs|ms|s|min|h|d)\s*$`,
  ).refine(holds, rule);

/** A rate in a document, per second past the parser. */
export const rate = ([holds, rule]: Rule = positive) =>
  quantity(parseRate, rateHint, String.raw`^\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\s*/\s*(s|min|h|d)\s*$`).refine(
    holds,
    rule,
  );

export const count = (minimum: number) =>
  z.int(`write a whole number, ${minimum} or more`).min(minimum, `must be ${minimum} or more`);
export const positiveNumber = () => z.number("write a number").positive("must be more than 0");
export const probabilities = () =>
  z
    .array(
      z.number("write a number").min(0, "must be in [0, 1]").max(1, "must be in [0, 1]"),
      "write a list of numbers",
    )
    .min(1, "must have at least one entry")
    .refine((values) => Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) <= 1e-9, {
      error: (issue) =>
        `must sum to 1, sums to ${Number((issue.input as number[]).reduce((sum, value) => sum + value, 0).toPrecision(12))}`,
    });

function quantity(parse: (text: string) => number | undefined, hint: string, pattern: string) {
  return z.union([z.literal(0), z.string().meta({ pattern })], hint).transform((value, context) => {
    if (value === 0) return 0;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.issues.push({ code: "custom", input: value, message: hint });
    return z.NEVER;
  });
}
