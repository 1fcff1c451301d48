import { predict } from "../../src/model/predict.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { reportEdges } from "../../src/scenario/latencyRecorder.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { studentQuantile } from "../../src/stats/studentQuantile.ts";

/** One point at which model and simulator are compared. */
export interface AgreementPoint {
  readonly scenario: string;
  readonly q: number;
  readonly seconds: number;
  readonly predicted: number;
  readonly simulated: number;
  /** Standard error from the replications. */
  readonly error: number;
  /** How far apart, in standard errors. */
  readonly distance: number;
}

export interface Agreement {
  readonly points: readonly AgreementPoint[];
  /** Half the width of the simultaneous band, in standard errors. */
  readonly reach: number;
  readonly outside: readonly AgreementPoint[];
}

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999];
const cold = { kind: "lognormal", mean: "400ms", scv: 0.3 };
const poisson = (rate: string, batch?: object) => ({ kind: "poisson", rate, ...(batch && { batch }) });

/** Twelve single servers: arrivals, work, target. */
const servers: Readonly<Record<string, readonly [object, object, object]>> = {
  "M/M/1, load 0.5": [poisson("50/s"), { kind: "exponential", mean: "10ms" }, {}],
  "M/M/1, load 0.9": [poisson("90/s"), { kind: "exponential", mean: "10ms" }, {}],
  "M/E4/1, load 0.7": [poisson("70/s"), { kind: "erlang", mean: "10ms", stages: 4 }, {}],
  "M/LN/1, load 0.7": [poisson("70/s"), { kind: "lognormal", mean: "10ms", scv: 0.4 }, {}],
  "M/H2/1, load 0.6": [poisson("60/s"), { kind: "hyperexponential", mean: "10ms", scv: 4 }, {}],
  "off at once, constant start": [
    poisson("20/s"),
    { kind: "exponential", mean: "10ms" },
    { coldStart: "500ms", keepAlive: "0s" },
  ],
  "off at once, random start": [
    poisson("5/s"),
    { kind: "gamma", mean: "20ms", scv: 0.5 },
    { coldStart: cold, keepAlive: "0s" },
  ],
  "constant keep-alive": [
    poisson("2/s"),
    { kind: "lognormal", mean: "50ms", scv: 0.4 },
    { coldStart: cold, keepAlive: "1s" },
  ],
  "random keep-alive": [
    poisson("2/s"),
    { kind: "erlang", mean: "50ms", stages: 4 },
    { coldStart: { kind: "uniform", low: "100ms", high: "900ms" }, keepAlive: { kind: "exponential", mean: "700ms" } },
  ],
  "slow first request": [
    poisson("4/s"),
    { kind: "erlang", mean: "50ms", stages: 4 },
    { coldStart: "400ms", keepAlive: "500ms", firstWork: { kind: "exponential", mean: "200ms" } },
  ],
  "heavy cold start, high load": [
    poisson("18/s"),
    { kind: "exponential", mean: "50ms" },
    { coldStart: { kind: "hyperexponential", mean: "800ms", scv: 3 }, keepAlive: "100ms" },
  ],
  "camera-like": [
    poisson("30/s"),
    { kind: "lognormal", mean: "12ms", scv: 0.4 },
    { coldStart: { kind: "lognormal", mean: "1.8s", scv: 0.1 }, keepAlive: "150ms" },
  ],
};

/** The scenarios with the instants of the model's own quantiles as exact counters of the simulator. */
function scenarioOf(name: string, requests: number): { readonly given: Scenario; readonly predicted: AvailableAnswer } {
  const [arrivals, work, target] = servers[name]!;
  const document = {
    name: "agreement",
    seed: 20,
    duration: "1h",
    arrivals,
    work,
    targets: { one: { kind: "server", ...target } },
  };
  const plain = toScenario({ ...document, report: { quantiles } } as never);
  // A hair past each instant: on an atom, the last bit of a sum must not decide.
  const instants = modelOf(plain).latency.quantiles.map(({ value }) => value.value * (1 + 1e-9));
  const given = { ...plain, report: { ...plain.report, cdfAt: instants } };
  const rate = given.arrivals.kind === "poisson" ? given.arrivals.rate : 1;
  return { given: { ...given, warmup: requests / rate / 50 }, predicted: modelOf(given) };
}

function modelOf(scenario: Scenario): AvailableAnswer {
  const target = predict(scenario).targets[0]!;
  if (target.status === "unavailable") throw new Error(`${scenario.name}: ${target.reason}`);
  return target;
}

/**
 * Model against simulator: the simulated distribution function at every quantile of the model, inside one simultaneous 99 % band.
 *
 * Bonferroni over all points of all scenarios; standard errors from independent replications. Same arguments, same result.
 */
export function agreement(
  options: { readonly replications: number; readonly requests: number },
  onScenario: (name: string) => void = () => {},
): Agreement {
  const { replications, requests } = options;
  const names = Object.keys(servers);
  const points = names.flatMap((name): AgreementPoint[] => {
    const { given, predicted } = scenarioOf(name, requests);
    const edges = reportEdges(given.report);
    const shares = Array.from({ length: replications }, (_, replication) => {
      const { sections } = simulateReplication(given, "one", replication, { requests });
      const { bins, moments } = sections[0]!.latency;
      return given.report.cdfAt.map((at) => {
        let count = 0;
        for (let i = 0; edges[i]! <= at; i++) count += bins[i]!;
        return count / moments.count;
      });
    });
    onScenario(name);
    return predicted.latency.cdf.map(({ at, value }, i) => {
      const simulated = shares.reduce((sum, share) => sum + share[i]!, 0) / replications;
      const squares = shares.reduce((sum, share) => sum + (share[i]! - simulated) ** 2, 0);
      const error = Math.sqrt(squares / (replications - 1) / replications);
      const distance = (simulated - value.value) / error;
      return { scenario: name, q: quantiles[i]!, seconds: at, predicted: value.value, simulated, error, distance };
    });
  });
  const reach = studentQuantile(1 - 0.01 / 2 / points.length, replications - 1);
  return { points, reach, outside: points.filter(({ distance }) => !(Math.abs(distance) <= reach)) };
}

if (import.meta.main) {
  const [replications = 32, requests = 1e6] = process.argv.slice(2).map(Number);
  const started = performance.now();
  const { points, reach, outside } = agreement({ replications, requests }, (name) => process.stderr.write(`${name}\n`));
  process.stdout.write(
    "| scenario | q | at | model | simulated | standard error | distance |\n| --- | --- | --- | --- | --- | --- | --- |\n",
  );
  for (const point of points) {
    const { scenario, q, seconds, predicted, simulated, error, distance } = point;
    const cells = [scenario, q, `${(seconds * 1e3).toPrecision(5)} ms`, predicted.toFixed(6), simulated.toFixed(6)];
    process.stdout.write(`| ${[...cells, error.toExponential(2), distance.toFixed(2)].join(" | ")} |\n`);
  }
  const seconds = ((performance.now() - started) / 1e3).toFixed(0);
  process.stdout.write(
    `${points.length - outside.length} of ${points.length} points inside the simultaneous 99 % band of ±${reach.toFixed(2)} standard errors; ` +
      `${replications} replications × ${requests} requests, ${seconds} s\n`,
  );
  process.exitCode = outside.length === 0 ? 0 : 1;
}
