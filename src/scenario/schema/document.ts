import { z } from "zod";
import { arrivals } from "./arrivals.ts";
import { distribution } from "./distribution.ts";
import { faults } from "./faults.ts";
import { atLeast, count, duration, level, list, mapping, positive, positiveNumber, within } from "./fields.ts";
import type { Problem } from "./issues.ts";
import { endsByItself } from "./normalise.ts";
import { prices } from "./prices.ts";
import { target } from "./target.ts";

const increasing = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]!);

const tolerance = mapping(
  {
    quantileRatio: atLeast(1).default(1.25),
    absolute: duration().prefault("1ms"),
    ks: within(0, 1).default(0.1),
  },
  { what: "tolerances: quantileRatio, absolute, ks" },
);

const report = mapping(
  {
    quantiles: list(level()).refine(increasing, "must increase").default([0.5, 0.9, 0.95, 0.99, 0.999]),
    cdfAt: z.array(duration(), "write a list of durations").refine(increasing, "must increase").default([]),
    buckets: list(duration(positive))
      .refine(increasing, "must increase")
      .prefault(["5ms", "10ms", "20ms", "40ms", "80ms", "160ms", "320ms"]),
    objective: duration(positive).optional(),
    tolerance: tolerance.prefault({}),
  },
  { what: "what to report: quantiles, cdfAt, buckets, objective, tolerance" },
);

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const nameRule =
  "use up to 63 letters, digits, dots, dashes and underscores, a letter or digit first: it becomes part of file names";

/** The whole scenario document, before times get their numbers and after. */
export const scenarioDocument = mapping(
  {
    name: z.string("write a name, such as camera-burst").regex(namePattern, nameRule),
    seed: count(0).default(1),
    duration: duration(positive).optional(),
    warmup: duration().prefault(0),
    arrivals,
    work: distribution,
    network: distribution.prefault(0),
    targets: z
      .record(z.string(), target, { error: () => "write targets as name: { kind: …, … }" })
      .refine((targets) => Object.keys(targets).length > 0, "must name at least one target"),
    prices: prices.optional(),
    faults: faults.optional(),
    report: report.prefault({}),
    calibration: mapping(
      {
        answerSha256: sha256(),
        seed: count(0),
        scheduleSha256: sha256().optional(),
        ratePerSecond: positiveNumber().optional(),
        latenessSeconds: positiveNumber().optional(),
      },
      { what: "answerSha256, seed, scheduleSha256, ratePerSecond and latenessSeconds of the measurement" },
    ).optional(),
  },
  { what: "a scenario: name, arrivals, work, targets, duration" },
).refine(({ warmup, duration: whole }) => typeof warmup !== "number" || typeof whole !== "number" || warmup < whole, {
  error: "must be shorter than duration",
  path: ["warmup"],
  when: isObject,
});

/** A scenario as a TypeScript object: the same keys and unit strings as in YAML. */
export type ScenarioDocument = z.input<typeof scenarioDocument>;

/** Target names that cannot be used; looked at apart, because the schema skips what stands under a bad key. */
export function targetNameProblems(document: unknown): Problem[] {
  const targets = (document as { targets?: unknown } | null | undefined)?.targets;
  if (typeof targets !== "object" || targets === null || Array.isArray(targets)) return [];
  const bad = Object.keys(targets).filter((name) => !namePattern.test(name));
  return bad.map((name) => ({ path: ["targets"], message: `target "${name}": ${nameRule}`, key: name }));
}

/** Arrivals without an end need a duration. */
export function durationProblems(document: unknown): Problem[] {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return [];
  const { duration, arrivals } = document as { duration?: unknown; arrivals?: unknown };
  if (duration !== undefined || endsByItself(arrivals)) return [];
  return [{ path: ["duration"], message: 'is missing; these arrivals never end: write one, such as "10min"' }];
}

function isObject(payload: z.core.ParsePayload): boolean {
  return typeof payload.value === "object" && payload.value !== null;
}

function sha256() {
  return z.string("write a SHA-256 in hex").regex(/^[0-9a-f]{64}$/, "write a SHA-256 in hex");
}
