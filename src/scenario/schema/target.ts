import { z } from "zod";
import { distribution } from "./distribution.ts";
import {
  atLeast,
  count,
  describeTime,
  duration,
  kindError,
  mapping,
  positive,
  positiveNumber,
  rate,
  within,
  word,
} from "./fields.ts";

const what = "a target";
const texts = () => z.record(z.string(), z.string("write a string"), "write a mapping of strings");
const text = () => z.string("write a string");

const live = mapping(
  {
    url: text().optional(),
    method: text().optional(),
    path: text().optional(),
    query: texts().optional(),
    headers: texts().optional(),
    body: text().optional(),
  },
  { what: "how to send a request: url, method, path, query, headers, body" },
);

/** What every target takes. */
const common = {
  workFactor: positiveNumber().default(1),
  network: distribution.optional(),
  requestOverhead: distribution.prefault(0),
  firstWork: distribution.optional(),
  live: live.optional(),
};
const timeout = duration(positive);

const keepAlive = z
  .union([z.literal("forever"), distribution], {
    error: ({ input }) =>
      typeof input === "number" ? describeTime(input) : 'write "forever", a duration such as "30s", or a distribution',
  })
  .meta({ id: "KeepAlive" });

const workIs = word(["io", "cpu"]).default("io");

const server = mapping(
  {
    kind: z.literal("server"),
    ...common,
    timeout: timeout.optional(),
    concurrency: z
      .union([z.literal("unlimited"), count(1)], 'write a whole number, 1 or more, or "unlimited"')
      .default(1),
    discipline: word(["fcfs", "processorSharing"]).default("fcfs"),
    servers: count(1).default(1),
    coldStart: distribution.prefault(0),
    keepAlive: keepAlive.prefault("forever"),
    closeDown: distribution.optional(),
    queueLimit: count(0).optional(),
  },
  { what },
);

const perRequest = mapping(
  {
    kind: z.literal("perRequest"),
    ...common,
    timeout: timeout.optional(),
    coldStart: distribution,
    keepAlive,
    selection: word(["newest", "mru", "lru", "oldest", "random"]).default("mru"),
    maxInstances: count(1).optional(),
    minInstances: count(0).default(0),
    startsPerSecond: rate().optional(),
    coldStartOccupiesInstance: z.boolean("write true or false").default(true),
  },
  { what },
).refine((spec) => spec.minInstances <= (spec.maxInstances ?? Infinity), {
  error: "must not be more than maxInstances",
  path: ["minInstances"],
});

/**
 * The time to a ready pod where a scenario states none: a lognormal through the mean (3.149 s) and the 99 % quantile
 * (4.182 s) of 100 pods with a cached image in knative/serving issue 11956.
 */
const publishedPodStart = { kind: "lognormal", mean: "3.149s", scv: 0.015831 } as const;

const knative = mapping(
  {
    kind: z.literal("knative"),
    ...common,
    timeout: timeout.prefault("300s"),
    podStart: distribution.prefault(publishedPodStart),
    containerConcurrency: count(0, 1000).default(0),
    cores: positiveNumber().default(1),
    workIs,
    metric: word(["concurrency", "rps"]).default("concurrency"),
    target: atLeast(0.01).optional(),
    targetUtilization: within(0.01, 1).default(0.7),
    minScale: count(0).default(0),
    maxScale: count(0).default(0),
    initialScale: count(0).default(1),
    stableWindow: duration([(value) => value >= 1 && value <= 3600, "must be from 1s to 1h"]).prefault("60s"),
    panicWindowPercentage: within(1, 100).default(10),
    panicThresholdPercentage: within(110, 1000).default(200),
    maxScaleUpRate: aboveOne().default(1000),
    maxScaleDownRate: aboveOne().default(2),
    targetBurstCapacity: atLeast(-1).default(211),
    scaleToZero: z.boolean("write true or false").default(true),
    scaleToZeroGracePeriod: duration().prefault("30s"),
    scaleToZeroPodRetentionPeriod: duration().prefault(0),
    scaleDownDelay: duration().prefault(0),
    minActivators: count(1).default(2),
    activators: count(1, 20).default(1),
    readyDelay: distribution.prefault(0),
  },
  { what, notBuilt: ["startWork", "startsAtOnce", "nodes", "autoscaler"] },
).refine((spec) => spec.maxScale === 0 || spec.minScale <= spec.maxScale, {
  error: "must not be more than maxScale",
  path: ["minScale"],
});

const spinkube = mapping(
  {
    kind: z.literal("spinkube"),
    ...common,
    timeout: timeout.optional(),
    instanceStart: distribution.prefault("0.05ms"),
    podStart: distribution.optional(),
    replicas: count(1),
    maxInstanceCount: count(1).default(1000),
    cores: positiveNumber().default(1),
    workIs,
  },
  { what, notBuilt: ["autoscaler"] },
);

export const targetKinds = ["server", "spinkube", "knative", "perRequest"] as const;

export const target = z
  .discriminatedUnion("kind", [server, spinkube, knative, perRequest], {
    error: kindError(what, targetKinds, ["edge", "pipeline"]),
  })
  .meta({ id: "Target" });

export type TargetDocument = z.input<typeof target>;

function aboveOne() {
  return z.number("write a number without a unit").gt(1, "must be more than 1");
}
