import { z } from "zod";
import { type Answer, failureKinds } from "../scenario/answer.ts";

/** In memory an unknown figure is NaN; only here and in json.ts does it meet JSON's null. */
const figure = z.union(
  [z.number(), z.literal("Infinity").transform(() => Infinity), z.null().transform(() => Number.NaN)],
  'must be a number, "Infinity" or null',
);
const unknownEstimate = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
const estimate = z.object({ value: figure, low: figure, high: figure });
const maybeEstimate = estimate.nullish().transform((value) => value ?? null);
const someEstimate = estimate.nullish().transform((value) => value ?? unknownEstimate);
const probability = z.number().min(0).max(1);
const count = z.int().nonnegative();

const curve = z
  .object({ seconds: z.array(z.number()), probability: z.array(probability) })
  .refine(
    ({ seconds, probability }) => seconds.length === probability.length,
    "must hold as many seconds as probabilities",
  )
  .refine(({ seconds }) => rises(seconds), "seconds must not fall")
  .refine(({ probability }) => rises(probability), "probabilities must not fall");

const latency = z.looseObject({
  mean: estimate,
  variance: estimate.default(unknownEstimate),
  quantiles: z.array(z.object({ q: probability, value: estimate })),
  cdf: z.array(z.object({ at: z.number(), value: estimate })).default([]),
  buckets: z.array(z.object({ upTo: figure, value: estimate })).default([]),
  curve: curve.default({ seconds: [], probability: [] }),
  withinObjective: maybeEstimate,
  hdr: z.string().optional(),
  oneRun: z
    .looseObject({ runs: count, quantiles: z.array(z.object({ q: probability, value: estimate })), ks: figure })
    .optional(),
});
const maybeLatency = latency.nullish().transform((value) => value ?? null);

const counts = z.looseObject({
  scheduled: count,
  sent: count,
  completed: count,
  failed: z.partialRecord(z.enum(failureKinds), count),
  dropped: count,
  unsent: count,
  measured: count,
  attempts: count.optional(),
});

const steps = z.array(z.number().nullable()).default([]);

const available = z.looseObject({
  name: z.string(),
  kind: z.string(),
  method: z.string(),
  status: z.enum(["exact", "numeric", "approximate", "simulated", "measured"]),
  reason: z.string().optional(),
  omission: z.enum(["scheduled", "corrected", "uncorrected", "unknown"]).optional(),
  stable: z.boolean(),
  warnings: z.array(z.string()).optional(),
  precision: z.looseObject({ of: z.string(), wanted: figure, reached: figure, replications: count }).optional(),
  counts: counts.nullish().transform((value) => value ?? null),
  latency,
  breakdown: z.looseObject({
    network: someEstimate,
    cold: someEstimate,
    start: someEstimate,
    queue: someEstimate,
    work: someEstimate,
  }),
  stages: z
    .array(
      z.object({
        name: z.string(),
        kind: z.string(),
        mean: estimate,
        quantiles: z.array(z.object({ q: z.number(), value: estimate })).optional(),
      }),
    )
    .optional(),
  overhead: estimate,
  overheadAt: z.array(z.object({ q: z.number(), value: estimate })).default([]),
  cold: z.looseObject({
    probability: someEstimate,
    triggered: maybeEstimate,
    inTriggerBatch: maybeEstimate,
    busyPeriod: maybeEstimate,
    startsPerSecond: maybeEstimate,
    duration: maybeLatency,
  }),
  instanceStart: maybeLatency,
  instances: z.looseObject({
    total: someEstimate,
    starting: maybeEstimate,
    ready: maybeEstimate,
    busy: maybeEstimate,
    idle: maybeEstimate,
  }),
  states: z
    .object({ off: estimate, starting: estimate, idle: estimate, busy: estimate })
    .nullish()
    .transform((value) => value ?? null),
  resources: z
    .looseObject({
      memoryBytes: maybeEstimate,
      gigabyteSeconds: maybeEstimate,
      instanceHours: someEstimate,
      cost: maybeEstimate,
      costPerMillionRequests: maybeEstimate,
    })
    .nullish()
    .transform((value) => value ?? null),
  timeline: z
    .looseObject({ everySeconds: z.number().positive(), ready: steps, starting: steps, p50: steps, p99: steps })
    .nullish()
    .transform((value) => value ?? null),
  lateness: maybeLatency,
  uncorrected: maybeLatency,
});

const unavailable = z.looseObject({
  name: z.string(),
  kind: z.string(),
  status: z.literal("unavailable"),
  reason: z.string(),
});

/** The answer document, format 1: reads JSON's "Infinity" and null, fills in optional parts, keeps unknown keys. */
export const answerSchema: z.ZodType<Answer> = z.looseObject({
  coldcast: z.literal(1),
  from: z.enum(["model", "sim", "live", "import"]),
  scenario: z.string(),
  seed: z.int(),
  provenance: z.looseObject({
    version: z.string(),
    scenarioSha256: z.string(),
    scheduleSha256: z
      .string()
      .nullish()
      .transform((value) => value ?? null),
    calibration: z
      .looseObject({ answerSha256: z.string(), seed: z.int() })
      .nullish()
      .transform((value) => value ?? null),
    machine: z.string().optional(),
    at: z.string().optional(),
  }),
  targets: z.array(z.discriminatedUnion("status", [available, unavailable])).min(1),
  differences: z
    .array(
      z.looseObject({
        target: z.string(),
        than: z.string(),
        mean: estimate,
        quantiles: z.array(z.object({ q: probability, value: estimate })),
      }),
    )
    .optional(),
}) as unknown as z.ZodType<Answer>;

function rises(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value >= values[i - 1]!);
}
