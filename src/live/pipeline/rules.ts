import { z } from "zod";
import { InputError } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import { readYaml } from "../../scenario/readYaml.ts";
import { count, duration, list, mapping, positive, within, word } from "../../scenario/schema/fields.ts";
import { problems, toIssue } from "../../scenario/schema/issues.ts";

/** What a rule looks for in a device's detections. */
export interface Pattern {
  readonly label?: "face" | "person" | undefined;
  /** At least this confident, in [0, 1]. */
  readonly confidence: number;
}

/** Conditions on one device's events, in event time. */
export type Rule = { readonly name: string } & (
  | { readonly kind: "threshold"; readonly of: Pattern; readonly count: number; readonly within: Seconds }
  | { readonly kind: "sequence"; readonly of: readonly Pattern[]; readonly within: Seconds }
  | { readonly kind: "absence"; readonly of: Pattern; readonly for: Seconds }
);

export interface Rules {
  /** Of the sliding counts and of dwell times. */
  readonly window: Seconds;
  /** How far behind the newest frame of its partition an event may be before it counts as late. */
  readonly lateness: Seconds;
  readonly rules: readonly Rule[];
}

const what = "a rule";
const pattern = mapping(
  { label: word(["face", "person"]).optional(), confidence: within(0, 1).default(0) },
  { what: "what to look for: label, confidence" },
);
const name = z
  .string("write a name")
  .min(1, "write a name")
  .refine((text) => !(text in {}), "write another name: every object has one of this name");
const rules = mapping(
  {
    window: duration(positive).prefault("10s"),
    lateness: duration().prefault("2s"),
    rules: list(
      z.discriminatedUnion(
        "kind",
        [
          mapping(
            { name, kind: z.literal("threshold"), of: pattern, count: count(1), within: duration(positive) },
            { what },
          ),
          mapping({ name, kind: z.literal("sequence"), of: list(pattern), within: duration(positive) }, { what }),
          mapping({ name, kind: z.literal("absence"), of: pattern, for: duration(positive) }, { what }),
        ],
        { error: 'write a rule of kind "threshold", "sequence" or "absence"' },
      ),
    )
      .refine((all) => new Set(all.map((rule) => rule.name)).size === all.length, {
        error: "each rule needs a name of its own",
      })
      .default([]),
  },
  { what: "rules: window, lateness, rules" },
);

/**
 * Reads a file of rules (YAML or JSON).
 *
 * @throws {InputError} with every problem at once
 */
export function parseRules(text: string, file: string): Rules {
  const { value, place } = readYaml(text, file);
  const parsed = rules.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const found = problems(parsed.error.issues, value).slice(0, problemsMax);
  throw new InputError(
    file,
    found.map((problem) => ({ ...toIssue(problem), ...place(problem) })),
  );
}

/** One slip can make all of a long list wrong. */
const problemsMax = 100;

/** What is looked for where no file says otherwise. */
export const standardRules: Rules = {
  window: 10,
  lateness: 2,
  rules: [
    { name: "crowd", kind: "threshold", of: { label: "person", confidence: 0.6 }, count: 30, within: 10 },
    {
      name: "approach",
      kind: "sequence",
      of: [
        { label: "person", confidence: 0.6 },
        { label: "face", confidence: 0.7 },
      ],
      within: 5,
    },
    { name: "left", kind: "absence", of: { confidence: 0 }, for: 10 },
  ],
};
