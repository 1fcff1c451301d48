import fc from "fast-check";
import type { ScenarioDocument } from "../../src/scenario/schema/document.ts";

// Random documents of every built kind, with numbers that are awkward to write and read back.

const seconds = fc.oneof(
  fc.double({ min: 1e-9, max: 1e5, noNaN: true }),
  fc.integer({ min: 1, max: 5000 }).map((ms) => ms / 1000),
);
const time = seconds.map((value) => `${value}s`);
const rate = fc.double({ min: 1e-6, max: 1e6, noNaN: true }).map((value) => `${value}/s`);
const scv = fc.double({ min: 0.01, max: 50, noNaN: true });
const probabilities = fc.constantFrom([1], [0.5, 0.5], [0.25, 0.25, 0.5], [0.1, 0.2, 0.7]);

export const distributions = fc.letrec((tie) => ({
  distribution: fc.oneof(
    { maxDepth: 2 },
    time,
    fc.record({ kind: fc.constant("deterministic"), value: time }),
    fc.record({ kind: fc.constant("exponential"), mean: time }),
    fc.record({ kind: fc.constant("erlang"), mean: time, stages: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constantFrom("gamma", "lognormal"), mean: time, scv }),
    fc.record({ kind: fc.constant("weibull"), mean: time, shape: scv.map((value) => 0.05 + value) }),
    fc.record({ kind: fc.constant("lomax"), mean: time, shape: scv.map((value) => 1 + value) }),
    fc.record({ kind: fc.constant("pareto"), minimum: time, shape: scv.map((value) => 1 + value) }),
    fc.tuple(scv, scv).map(([a, b]) => ({
      kind: "phaseType",
      initial: [0.25, 0.75],
      generator: [
        [-a - b, b],
        [0, -b],
      ],
    })),
    fc.record({ kind: fc.constant("hyperexponential"), mean: time, scv: scv.map((value) => 1 + value) }),
    probabilities.map((p) => ({ kind: "hyperexponential", probabilities: p, means: p.map((_, i) => `${i + 0.1}s`) })),
    fc.tuple(seconds, seconds).map(([low, more]) => ({ kind: "uniform", low: `${low}s`, high: `${low + more + 1}s` })),
    probabilities.map((p) => ({ kind: "discrete", values: p.map((_, i) => `${i + 1}ms`), probabilities: p })),
    fc.record({ kind: fc.constant("empirical"), values: fc.array(time, { minLength: 1, maxLength: 5 }) }),
    fc.record({ kind: fc.constant("shifted"), by: time, of: tie("distribution") }),
    fc.record({
      kind: fc.constant("mixture"),
      of: fc.array(fc.record({ weight: scv, of: tie("distribution") }), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).distribution;

const batch = fc.oneof(
  fc.record({ kind: fc.constant("fixed"), size: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant("geometric"), mean: fc.double({ min: 1, max: 9, noNaN: true }) }),
  probabilities.map((p) => ({ kind: "pmf", sizes: p.map((_, i) => i + 1), probabilities: p })),
);

export const arrivals = fc.letrec((tie) => ({
  arrivals: fc.oneof(
    { maxDepth: 2 },
    fc.record({ kind: fc.constant("poisson"), rate }),
    fc.record({ kind: fc.constant("poisson"), rate, batch }),
    fc.record({ kind: fc.constant("deterministic"), interval: time }),
    fc.record({ kind: fc.constant("renewal"), interval: distributions }),
    fc.record({ kind: fc.constant("onOff"), on: time, off: distributions, rate }),
    fc.tuple(rate, rate, rate).map(([a, b, c]) => ({
      kind: "mmpp",
      rates: [a, 0],
      switching: [
        [0, b],
        [c, 0],
      ],
    })),
    fc.tuple(rate, scv, scv).map(([, a, b]) => ({
      kind: "map",
      d0: [
        [-a - b, b],
        [0, -b],
      ],
      d1: [
        [a, 0],
        [b, 0],
      ],
      batch: { kind: "fixed", size: 2 },
    })),
    fc.record({
      kind: fc.constant("hawkes"),
      rate,
      branching: fc.double({ min: 0, max: 0.99, noNaN: true }),
      decayTime: time,
    }),
    fc.record(
      {
        kind: fc.constant("profile"),
        points: fc
          .array(rate, { minLength: 1, maxLength: 4 })
          .map((rates) => rates.map((r, i) => ({ at: `${i}s`, rate: r }))),
        step: fc.boolean(),
        spacing: fc.constantFrom("poisson", "even"),
      },
      { requiredKeys: ["kind", "points"] },
    ),
    fc.record({ kind: fc.constant("burst"), size: fc.integer({ min: 1, max: 9 }), at: time, every: time }),
    fc.array(seconds, { minLength: 1, maxLength: 5 }).map((times) => ({
      kind: "trace",
      times: times.sort((a, b) => a - b).map((at) => `${at}s`),
    })),
    fc.record({ kind: fc.constant("devices"), count: fc.integer({ min: 1, max: 99 }), each: tie("arrivals") }),
    fc.record({ kind: fc.constant("superposition"), of: fc.array(tie("arrivals"), { minLength: 1, maxLength: 3 }) }),
  ),
})).arrivals;

const common = {
  workFactor: scv,
  network: distributions,
  requestOverhead: distributions,
  timeout: time,
  live: fc.record({ path: fc.constant("/work"), query: fc.constant({ ms: "{workMs}" }) }),
};

const steps = fc.record({ steps: fc.record({ pull: distributions, process: time }, { requiredKeys: [] }) });
const nodes = fc.record(
  {
    count: fc.integer({ min: 1, max: 9 }),
    cores: scv,
    memory: fc.constantFrom("16GiB", "1.5GB"),
    podMemory: fc.constantFrom("64MiB", "17B"),
    podCpu: scv,
    podsMax: fc.integer({ min: 1, max: 250 }),
    imageCached: fc.boolean(),
  },
  { requiredKeys: ["count", "cores"] },
);
const pods = { startWork: distributions, startsAtOnce: fc.integer({ min: 1, max: 9 }), nodes };

const behavior = fc.constantFrom(
  {},
  { scaleUp: { stabilizationWindowSeconds: 30 }, scaleDown: { selectPolicy: "Disabled", tolerance: 0 } },
  { scaleUp: { policies: [{ type: "Pods", value: 4, periodSeconds: 15 }] } },
);
const hpa = { max: fc.integer({ min: 2, max: 9 }), behavior, tolerance: fc.constant(0.05), syncPeriod: time };
const keda = { ...hpa, kind: fc.constant("keda"), cooldownPeriod: time, min: fc.constantFrom(0, 1) };
const autoscaler = fc.oneof(
  fc.record(
    {
      ...hpa,
      kind: fc.constant("hpa"),
      metric: fc.constantFrom("cpu", "rps", "concurrency"),
      target: fc.double({ min: 0.1, max: 10, noNaN: true }),
      initialReadinessDelay: time,
    },
    { requiredKeys: ["kind", "metric", "target", "max"] },
  ),
  fc.record(
    {
      ...keda,
      trigger: fc.constant("kafka"),
      partitions: fc.integer({ min: 1, max: 9 }),
      lagThreshold: fc.integer({ min: 1, max: 99 }),
      partitionLimitation: fc.constant("0-3,7"),
      offsetResetPolicy: fc.constant("earliest"),
      excludePersistentLag: fc.boolean(),
      fallback: fc.constant({ failureThreshold: 3, replicas: 6 }),
      dispatch: fc.constantFrom(
        { consumers: 3, inFlight: 10 },
        {
          consumers: "pods",
          inFlight: 1,
          autoCommitInterval: "5s",
          rebalance: { kind: "uniform", low: 0, high: "3s" },
        },
      ),
    },
    { requiredKeys: ["kind", "trigger", "partitions"] },
  ),
  fc.record(
    { ...keda, trigger: fc.constant("http"), metric: fc.constant("requestRate"), target: scv, window: time },
    { requiredKeys: ["kind", "trigger"] },
  ),
);

const targets = fc.record({
  one: fc.record(
    {
      ...common,
      kind: fc.constant("server"),
      concurrency: fc.constantFrom(1, 7, "unlimited"),
      discipline: fc.constantFrom("fcfs", "processorSharing"),
      servers: fc.integer({ min: 1, max: 9 }),
      coldStart: distributions,
      keepAlive: fc.oneof(fc.constant("forever"), distributions),
      closeDown: distributions,
      queueLimit: fc.integer({ min: 0, max: 9 }),
    },
    { requiredKeys: ["kind"] },
  ),
  two: fc.record(
    {
      ...common,
      kind: fc.constant("spinkube"),
      replicas: fc.integer({ min: 1, max: 9 }),
      instanceStart: distributions,
      podStart: fc.oneof(distributions, steps),
      ...pods,
      checks: fc.constantFrom({ readiness: {} }, { readiness: { initialDelay: "1s", period: "1s" } }),
      maxInstanceCount: fc.integer({ min: 1, max: 99 }),
      cores: scv,
      workIs: fc.constantFrom("io", "cpu"),
    },
    { requiredKeys: ["kind", "replicas"] },
  ),
  scaled: fc.record({ kind: fc.constant("spinkube"), autoscaler, ...pods }, { requiredKeys: ["kind", "autoscaler"] }),
  three: fc.record(
    {
      ...common,
      kind: fc.constant("knative"),
      podStart: fc.oneof(distributions, steps),
      ...pods,
      autoscaler,
      containerConcurrency: fc.integer({ min: 0, max: 9 }),
      metric: fc.constantFrom("concurrency", "rps"),
      target: fc.double({ min: 0.01, max: 200, noNaN: true }),
      maxScale: fc.integer({ min: 2, max: 9 }),
      stableWindow: fc.constantFrom("6s", "60s"),
      scaleDownDelay: time,
      readyDelay: distributions,
      scaleToZero: fc.boolean(),
    },
    { requiredKeys: ["kind"] },
  ),
  four: fc.record(
    {
      ...common,
      kind: fc.constant("perRequest"),
      coldStart: distributions,
      keepAlive: fc.oneof(fc.constant("forever"), distributions),
      selection: fc.constantFrom("newest", "mru", "lru", "oldest", "random"),
      maxInstances: fc.integer({ min: 3, max: 9 }),
      startsPerSecond: rate,
      maxLifetime: time,
      scaleToZeroAfter: time,
      coldStartOccupiesInstance: fc.boolean(),
    },
    { requiredKeys: ["kind", "coldStart", "keepAlive"] },
  ),
});

export const documents = fc.record(
  {
    name: fc.constant("random"),
    seed: fc.integer({ min: 0, max: 2 ** 40 }),
    duration: seconds.map((value) => `${value + 1}s`),
    warmup: fc.constantFrom("1ms", "0.3s", 0),
    arrivals,
    work: distributions,
    network: distributions,
    targets,
    report: fc.record(
      {
        quantiles: fc.constantFrom([0.5], [0.1, 0.9999]),
        cdfAt: fc.constantFrom([], ["3ms", "0.1s"]),
        buckets: fc.constantFrom(["0.7us", "70s"]),
        objective: time,
        tolerance: fc.record({ quantileRatio: fc.constant(1.1), absolute: time }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
    calibration: fc.constant({ answerSha256: "0123456789abcdef".repeat(4), seed: 3 }),
  },
  { requiredKeys: ["name", "duration", "arrivals", "work", "targets"] },
) as unknown as fc.Arbitrary<ScenarioDocument>;
