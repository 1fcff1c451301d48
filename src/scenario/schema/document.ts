import { z } from "zod";
import { comings } from "./arrivals.ts";
import { distribution, law } from "./distribution.ts";
import { faults } from "./faults.ts";
import { atLeast, count, duration, level, list, mapping, positive, positiveNumber, within } from "./fields.ts";
import type { Problem } from "./issues.ts";
import { endsByItself } from "./normalise.ts";
import { prices } from "./prices.ts";
import { target } from "./target.ts";

const increasing = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]!);

const tolerance = mapping(
  {
    quantileRatio: atLeast(1)
      .default(1.25)
      .describe("A quantile agrees where prediction over measurement is within this ratio, either way …"),
    absolute: duration().prefault("1ms").describe("… or where they differ by no more than this."),
    ks: within(0, 1)
      .default(0.1)
      .describe("The greatest distance of the two distribution functions (Kolmogorov–Smirnov)."),
  },
  { what: "tolerances: quantileRatio, absolute, ks" },
);

const report = mapping(
  {
    quantiles: list(level())
      .refine(increasing, "must increase")
      .default([0.5, 0.9, 0.95, 0.99, 0.999])
      .describe("Which quantiles of the latency are given and judged; they increase."),
    cdfAt: z
      .array(duration(), "write a list of durations")
      .refine(increasing, "must increase")
      .default([])
      .meta({ description: "Latencies at which P(latency ≤ t) is given as well.", examples: [["5ms", "100ms"]] }),
    buckets: list(duration(positive))
      .refine(increasing, "must increase")
      .prefault(["5ms", "10ms", "20ms", "40ms", "80ms", "160ms", "320ms"])
      .describe("Upper edges of the buckets that shares are given for; one more, open, comes after the last."),
    objective: duration(positive)
      .optional()
      .meta({
        description: "The latency users are promised: the share of requests within it is given.",
        examples: ["100ms"],
      }),
    tolerance: tolerance.prefault({}).describe("How far prediction and measurement may be apart and still agree."),
  },
  { what: "what to report: quantiles, cdfAt, buckets, objective, tolerance" },
);

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const nameRule =
  "use up to 63 letters, digits, dots, dashes and underscores, a letter or digit first: it becomes part of file names";

/** The whole scenario document, before times get their numbers and after. */
export const scenarioDocument = mapping(
  {
    name: z
      .string("write a name, such as camera-burst")
      .regex(namePattern, nameRule)
      .meta({
        description: "What answers and files are called: letters, digits, dots, dashes and underscores.",
        examples: ["camera-burst"],
      }),
    seed: count(0).default(1).describe("All chance of the run follows from it."),
    duration: duration(positive)
      .optional()
      .meta({
        description:
          "Requests arrive in [0, duration) and are followed to their end; needed unless the arrivals end by themselves.",
        examples: ["10min"],
      }),
    warmup: duration().prefault(0).describe("Figures leave out requests that arrive before it; shorter than duration."),
    arrivals: comings("When requests come."),
    work: law("A request's demand at the full speed of one core, the same on every target."),
    network: distribution
      .prefault(0)
      .describe("The whole round trip between client and platform, added to every latency; it holds no slot."),
    targets: z
      .record(z.string(), target, { error: () => "write targets as name: { kind: …, … }" })
      .refine((targets) => Object.keys(targets).length > 0, "must name at least one target")
      .describe("The platforms that are asked, by name; each gets all of the requests."),
    prices: prices.optional().describe("What running costs, for every target that states no prices of its own."),
    faults: faults.optional().describe("What goes wrong, and when."),
    report: report.prefault({}).describe("Which figures to give, and how they are judged."),
    calibration: mapping(
      {
        answerSha256: sha256("Of the measured answer"),
        seed: count(0).describe("The seed that was measured: answers of another one may be judged by the fit."),
        scheduleSha256: sha256("Of the requests that were measured, where they were one schedule").optional(),
        ratePerSecond: positiveNumber().optional().describe("Requests per second at which it was measured."),
        latenessSeconds: positiveNumber()
          .optional()
          .describe("By how many seconds requests were sent too late then, at the 99 % quantile."),
      },
      { what: "answerSha256, seed, scheduleSha256, ratePerSecond and latenessSeconds of the measurement" },
    )
      .optional()
      .describe("Written by coldcast calibrate: the measurement that the fitted fields come from."),
  },
  { what: "a scenario: name, arrivals, work, targets, duration" },
).refine(({ warmup, duration: whole }) => whole === undefined || warmup < whole, {
  error: "must be shorter than duration",
  path: ["warmup"],
  when: ({ value, issues }) =>
    isObject(value) && !issues.some(({ path }) => path?.[0] === "warmup" || path?.[0] === "duration"),
});

/** A scenario as a TypeScript object: the same keys and unit strings as in YAML. */
export type ScenarioDocument = z.input<typeof scenarioDocument>;

/** Target names that cannot be used; looked at apart, because the schema skips what stands under a bad key. */
export function targetNameProblems(document: unknown): Problem[] {
  const targets = (document as { targets?: unknown } | null | undefined)?.targets;
  if (!isObject(targets)) return [];
  const bad = Object.keys(targets).filter((name) => !namePattern.test(name));
  return bad.map((name) => ({ path: ["targets"], message: `target "${name}": ${nameRule}`, key: name }));
}

/** Arrivals without an end need a duration. */
export function durationProblems(document: unknown): Problem[] {
  if (!isObject(document)) return [];
  const { duration, arrivals } = document as { duration?: unknown; arrivals?: unknown };
  if (duration !== undefined || endsByItself(arrivals)) return [];
  return [{ path: ["duration"], message: 'is missing; these arrivals never end: write one, such as "10min"' }];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sha256(of: string) {
  return z
    .string("write a SHA-256 in hex")
    .regex(/^[0-9a-f]{64}$/, "write a SHA-256 in hex")
    .meta({ description: `${of}, in hex.`, examples: ["0".repeat(64)] });
}
