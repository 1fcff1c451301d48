import { z } from "zod";
import { parseDuration, parseMemory, parseRate } from "../../base/units.ts";
import { nearest } from "./nearest.ts";

/** A check after the unit is read: [predicate, what was expected]. */
type Rule = readonly [(value: number) => boolean, string];

export const positive: Rule = [(value) => value > 0, "must be more than 0"];
const nonNegative: Rule = [(value) => value >= 0, "must not be negative"];

/** A quantity as a document writes it; 0 is the one number that needs no unit. */
type QuantityText = string | 0;
type Quantity = z.ZodType<number, QuantityText>;

interface QuantityHint {
  readonly what: string;
  readonly unit: string;
  readonly write: string;
}

const durationHint = {
  what: "a duration",
  unit: "s",
  write: 'write one with its unit, such as "5ms" (ns us µs ms s min h d)',
};
const memoryHint = {
  what: "an amount of memory",
  unit: "MiB",
  write: 'write one with its unit, such as "64MiB" (B kB MB GB KiB MiB GiB)',
};
const rateHint = { what: "a rate", unit: "/s", write: 'write one with its unit, such as "50/s" (/s /min /h /d)' };

const number = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?";

/** What may be written for a quantity; its name in the JSON Schema, where every field refers to it, says whether 0 may be. */
const text = (id: string, units: string, hint: QuantityHint, description: string) =>
  z
    .union([z.literal(0), z.string().meta({ pattern: String.raw`^\s*${number}\s*${units}\s*$` })], {
      error: ({ input }) => describeQuantity(input, hint),
    })
    .meta({ id, description });

const durationUnits = "(ns|us|µs|μs|ms|s|min|h|d)";
const durationNote = "A number with its unit: ns us µs ms s min h d, such as 1.5e-3s";
const durationText = text("Duration", durationUnits, durationHint, `${durationNote}; 0 needs none.`);
const positiveDurationText = text("PositiveDuration", durationUnits, durationHint, `${durationNote}; more than 0.`);
const rateUnits = "/\\s*(s|min|h|d)";
const rateText = text("RateOrZero", rateUnits, rateHint, "A number per unit of time: /s /min /h /d; 0 needs none.");
const positiveRateText = text("Rate", rateUnits, rateHint, "A number per unit of time: /s /min /h /d; more than 0.");
const memoryUnits = "(B|kB|MB|GB|KiB|MiB|GiB)";
const memoryText = text(
  "Memory",
  memoryUnits,
  memoryHint,
  "A number with its unit: B kB MB GB KiB MiB GiB; more than 0.",
);

/** A duration in a document (a string with a unit, or literal 0), seconds past the parser. */
export const duration = (rule: Rule = nonNegative): Quantity =>
  quantity(parseDuration, durationHint, rule === positive ? positiveDurationText : durationText, rule);

/** A rate in a document, per second past the parser. */
export const rate = (rule: Rule = positive): Quantity =>
  quantity(parseRate, rateHint, rule === positive ? positiveRateText : rateText, rule);

/** An amount of memory in a document, bytes past the parser. */
export const memory = (): Quantity => quantity(parseMemory, memoryHint, memoryText, positive);
export const rateOrZero = (): Quantity => rate(nonNegative);

/** A whole number. */
export const count = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => {
  const hint = `write a whole number, ${minimum} or more`;
  return z.number(hint).int(hint).min(minimum, `must be ${minimum} or more`).max(maximum, `must be ${maximum} or less`);
};

/** A number without a unit. */
const plain = () => z.number("write a number without a unit");
export const positiveNumber = () => plain().gt(0, "must be more than 0");
export const aboveOne = () => plain().gt(1, "must be more than 1");
export const atLeast = (minimum: number) => plain().min(minimum, `must be ${minimum} or more`);
export const within = (low: number, high: number) =>
  plain().min(low, `must be from ${low} to ${high}`).max(high, `must be from ${low} to ${high}`);

/** A share of which there is some. */
export const someShare = () => plain().gt(0, "must be more than 0").max(1, "must be from 0 to 1");

/** A share strictly between 0 and 1. */
export const level = () =>
  plain().gt(0, "must be more than 0 and less than 1").lt(1, "must be more than 0 and less than 1");

/** 0 or more, and less than 1. */
export const belowOne = () =>
  plain().min(0, "must be 0 or more and less than 1").lt(1, "must be 0 or more and less than 1");

export const flag = () => z.boolean("write true or false");

export const probabilities = () =>
  list(within(0, 1)).refine((values) => Math.abs(total(values) - 1) <= 1e-9, {
    error: (issue) => `must sum to 1, they sum to ${Number(total(issue.input as number[]).toPrecision(12))}`,
  });

export const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item, "write a list").min(1, "must have at least one entry");

export const word = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, {
    error: (issue) => {
      const wanted = words.map((option) => `"${option}"`).join(", ");
      const near = typeof issue.input === "string" ? nearest(issue.input, words) : undefined;
      return near === undefined ? `write one of ${wanted}` : `write one of ${wanted}; did you mean "${near}"?`;
    },
  });

/** A mapping that refuses keys it does not know, one line of the message for each of them. */
export const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape, { what }: { readonly what: string }) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? (issue.keys as string[]).map((key) => unknown("key", key, Object.keys(shape))).join("\n")
        : `write ${what}`,
  });

/** The error of a union told apart by `kind`. */
export const kindError =
  (what: string, known: readonly string[]) =>
  (issue: z.core.$ZodRawIssue): string => {
    if (issue.code !== "invalid_union") return `write ${what}, such as { kind: ${known[0]}, … }`;
    const kind = (issue.input as { kind?: unknown }).kind;
    if (typeof kind !== "string") return `write one of ${known.join(", ")}`;
    return unknown("kind", kind, known);
  };

function unknown(what: "key" | "kind", word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return `unknown ${what} "${word}"; ${near === undefined ? `known are ${known.join(", ")}` : `did you mean "${near}"?`}`;
}

function quantity(
  parse: (text: string) => number | undefined,
  hint: QuantityHint,
  written: z.ZodType<QuantityText, QuantityText>,
  [holds, rule]: Rule,
): Quantity {
  return written
    .transform((value, context) => {
      const parsed = value === 0 ? 0 : parse(value);
      if (parsed !== undefined) return parsed;
      context.issues.push({ code: "custom", input: value, message: describeQuantity(value, hint) });
      return z.NEVER;
    })
    .refine(holds, rule);
}

function describeQuantity(input: unknown, { what, unit, write }: QuantityHint): string {
  if (typeof input === "number") return `${input} has no unit; if you mean "${input}${unit}" write that`;
  return typeof input === "string" ? `"${input}" is not ${what}; ${write}` : `${write.replace("one", what)}`;
}

/** What a time-valued field wants, where it is given nothing of the kind. */
export function describeTime(input: unknown): string {
  return typeof input === "number"
    ? describeQuantity(input, durationHint)
    : `${describeQuantity(undefined, durationHint)}, or a distribution such as { kind: exponential, mean: 5ms }`;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
