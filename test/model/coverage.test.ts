import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { arrivalProcesses } from "../../src/arrivals/index.ts";
import { distributions } from "../../src/distributions/index.ts";
import { predict } from "../../src/model/predict.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { targetKinds } from "../../src/scenario/schema/target.ts";
import { simulate } from "../../src/sim/simulate.ts";

const page = "docs/model.md";
const [begin, end] = ["<!-- coverage -->", "<!-- /coverage -->"];

const work = { kind: "exponential", mean: "10ms" };
const poisson = { kind: "poisson", rate: "20/s" };
const server = { kind: "server", coldStart: "50ms", keepAlive: "100ms" };
const autoscaled = { metric: "concurrency", target: 10, min: 1, max: 5 };

/** Every distribution, as the work of a server that sleeps. */
const works: Readonly<Record<string, object>> = {
  deterministic: { value: "10ms" },
  exponential: { mean: "10ms" },
  erlang: { mean: "10ms", stages: 3 },
  gamma: { mean: "10ms", scv: 0.4 },
  hyperexponential: { mean: "10ms", scv: 4 },
  lognormal: { mean: "10ms", scv: 0.4 },
  weibull: { mean: "10ms", shape: 0.8 },
  lomax: { mean: "10ms", shape: 3.5 },
  pareto: { minimum: "6ms", shape: 3.5 },
  phaseType: {
    initial: [1, 0],
    generator: [
      [-300, 200],
      [0, -300],
    ],
  },
  uniform: { low: "5ms", high: "15ms" },
  discrete: { values: ["5ms", "15ms"], probabilities: [0.5, 0.5] },
  shifted: { by: "5ms", of: { kind: "exponential", mean: "5ms" } },
  mixture: {
    of: [
      { weight: 1, of: work },
      { weight: 1, of: { kind: "gamma", mean: "10ms", scv: 0.4 } },
    ],
  },
  empirical: { values: ["5ms", "9ms", "16ms"] },
};

/** Every arrival process, on the same server. */
const processes: Readonly<Record<string, object>> = {
  poisson: { rate: "20/s" },
  deterministic: { interval: "50ms" },
  renewal: { interval: { kind: "gamma", mean: "50ms", scv: 0.5 } },
  mmpp: {
    rates: ["30/s", "10/s"],
    switching: [
      ["0/s", "1/s"],
      ["1/s", "0/s"],
    ],
  },
  map: {
    d0: [
      [-30, 5],
      [5, -20],
    ],
    d1: [
      [20, 5],
      [5, 10],
    ],
  },
  onOff: { on: { kind: "exponential", mean: "1s" }, off: { kind: "exponential", mean: "1s" }, rate: "40/s" },
  hawkes: { rate: "20/s", branching: 0.3, decayTime: "100ms" },
  devices: {
    count: 4,
    each: {
      kind: "onOff",
      on: { kind: "exponential", mean: "1s" },
      off: { kind: "exponential", mean: "1s" },
      rate: "10/s",
    },
  },
  superposition: { of: [poisson, poisson] },
  profile: {
    points: [
      { at: "0s", rate: "10/s" },
      { at: "10s", rate: "30/s" },
    ],
  },
  burst: { size: 20 },
  trace: { times: ["0s", "10ms", "20ms"] },
  closed: { clients: 5, thinkTime: "100ms" },
};

/** Every kind of target under Poisson arrivals, and what its fields change. */
const targets: Readonly<Record<string, object>> = {
  server: server,
  "server, several": { kind: "server", servers: 4 },
  "server, several, cold, exponential": {
    kind: "server",
    servers: 4,
    coldStart: { kind: "exponential", mean: "50ms" },
    keepAlive: "0s",
  },
  "server, several, cold, fixed times": { ...server, servers: 4 },
  "server, slots": { ...server, concurrency: 4 },
  "server, processorSharing": { kind: "server", discipline: "processorSharing", concurrency: "unlimited" },
  "server, queueLimit": { ...server, queueLimit: 5 },
  "server, closeDown": { ...server, closeDown: "20ms" },
  "server, firstWork": { ...server, firstWork: "30ms" },
  "server, timeout": { ...server, timeout: "1s" },
  perRequest: { kind: "perRequest", coldStart: "50ms", keepAlive: "1s" },
  "perRequest, other selection": { kind: "perRequest", coldStart: "50ms", keepAlive: "1s", selection: "random" },
  knative: { kind: "knative", podStart: "2s" },
  "knative, autoscaler": { kind: "knative", podStart: "2s", autoscaler: { kind: "hpa", ...autoscaled } },
  spinkube: { kind: "spinkube", replicas: 2 },
  "spinkube, workIs cpu": { kind: "spinkube", replicas: 2, workIs: "cpu" },
  "spinkube, autoscaler": { kind: "spinkube", podStart: "2s", autoscaler: { kind: "hpa", ...autoscaled } },
  edge: {
    kind: "edge",
    pops: [{ name: "a", share: 1, roundTrip: "20ms" }],
    instanceStart: "1ms",
    coldStart: "20ms",
    keepAlive: "1s",
  },
  "pipeline of delays and M/M/1": {
    kind: "pipeline",
    stages: [{ kind: "produce", linger: "0s" }, { kind: "aggregator", work, autoCommitInterval: "0s" }, { ...server }],
  },
  "pipeline that lingers": {
    kind: "pipeline",
    stages: [
      { kind: "produce", linger: "5ms" },
      { kind: "aggregator", work, autoCommitInterval: "0s" },
      { kind: "spinkube", replicas: 2 },
    ],
  },
  "pipeline with two cold stages": {
    kind: "pipeline",
    stages: [
      { ...server, name: "a" },
      { ...server, name: "b" },
    ],
  },
  node: {
    kind: "node",
    nodes: 1,
    cores: 4,
    podsPerNode: 10,
    functions: 2,
    neighbours: [],
    concurrency: 1,
    podCores: 1,
    coldStart: "50ms",
    startWork: "50ms",
    keepAlive: "1s",
    instanceStart: "0s",
  },
  "any, retries": { ...server, retries: { maxAttempts: 2, initialBackoff: "10ms", on: ["rejected"] } },
  "any, hedge": { ...server, hedge: { maxAttempts: 2, delay: "50ms" } },
};

const documentOf = (arrivals: object, law: object, target: object) => ({
  name: "coverage",
  duration: "20s",
  arrivals,
  work: law,
  targets: { one: target },
});

/** What the model and the simulator say, in one word each. */
function row(name: string, document: object): string {
  const scenario = toScenario(document as never);
  const model = predict(scenario).targets[0]!.status;
  let sim: string;
  try {
    sim = simulate(scenario, { replications: 1 }).targets[0]!.status;
  } catch {
    sim = "unavailable";
  }
  const word = (status: string): string => (status === "unavailable" ? "–" : status);
  return `| ${name} | ${word(model)} | ${word(sim)} |`;
}

function table(): string {
  const rows = [
    "| feature | model | simulator |",
    "| --- | --- | --- |",
    ...Object.keys(distributions).map((kind) =>
      row(`work: \`${kind}\``, documentOf(poisson, { kind, ...works[kind] }, server)),
    ),
    ...Object.keys(arrivalProcesses).map((kind) =>
      row(
        `arrivals: \`${kind}\``,
        documentOf({ kind, ...processes[kind] }, work, kind === "closed" ? { kind: "server" } : server),
      ),
    ),
    row("arrivals in batches", documentOf({ ...poisson, batch: { kind: "fixed", size: 3 } }, work, server)),
    ...Object.entries(targets).map(([name, target]) => row(`target: ${name}`, documentOf(poisson, work, target))),
    row("faults", { ...documentOf(poisson, work, server), faults: [{ kind: "podCrash", at: "5s" }] }),
  ];
  return rows.join("\n");
}

describe("the table of what each engine answers", () => {
  it("names every registered kind", () => {
    expect(Object.keys(works).sort()).toEqual(Object.keys(distributions).sort());
    expect(Object.keys(processes).sort()).toEqual(Object.keys(arrivalProcesses).sort());
    const kinds = new Set(Object.values(targets).map((target) => (target as { kind: string }).kind));
    expect([...kinds].sort()).toEqual([...targetKinds].sort());
  });

  it("is what docs/model.md says", { timeout: 60_000 }, () => {
    const text = readFileSync(page, "utf8");
    const [before, rest] = text.split(begin);
    const [stated, after] = rest!.split(end);
    const found = `\n\n${table()}\n\n`;
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(page, `${before}${begin}${found}${end}${after}`);
    else expect(stated).toBe(found);
  });
});
