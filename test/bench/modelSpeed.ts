import { predict } from "../../src/model/predict.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** A prediction to time, and the most it may take: a curve of 200 points or more and seven quantiles, in a warm process. */
export interface SpeedCase {
  readonly name: string;
  readonly limitMs: number;
  readonly scenario: Scenario;
}

const quantiles = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];
const cold = { coldStart: "500ms", keepAlive: "1s" };
const one = (arrivals: object, work: object, target: object): Scenario =>
  toScenario({
    name: "speed",
    seed: 1,
    duration: "1h",
    arrivals,
    work,
    targets: { one: { kind: "server", ...target } },
    report: { quantiles },
  } as never);
const poisson = { kind: "poisson", rate: "10/s" };
const bursty = {
  kind: "mmpp",
  rates: ["20/s", "2/s"],
  switching: [
    ["0/s", "0.5/s"],
    ["0.3/s", "0/s"],
  ],
};
const lognormal = { kind: "lognormal", mean: "40ms", scv: 0.5 };

export const speedCases: readonly SpeedCase[] = [
  { name: "M/M/1", limitMs: 5, scenario: one(poisson, { kind: "exponential", mean: "60ms" }, {}) },
  { name: "M/E4/1, cold", limitMs: 5, scenario: one(poisson, { kind: "erlang", mean: "60ms", stages: 4 }, cold) },
  {
    name: "M/H2/1, random start",
    limitMs: 5,
    scenario: one(
      poisson,
      { kind: "hyperexponential", mean: "50ms", scv: 4 },
      {
        ...cold,
        coldStart: { kind: "hyperexponential", mean: "500ms", scv: 2 },
      },
    ),
  },
  { name: "M/LN/1, cold", limitMs: 50, scenario: one(poisson, lognormal, cold) },
  {
    name: "M/LN/1, lognormal start",
    limitMs: 50,
    scenario: one(poisson, lognormal, { ...cold, coldStart: { kind: "lognormal", mean: "450ms", scv: 0.3 } }),
  },
  { name: "MMPP(2)/M/1, cold", limitMs: 20, scenario: one(bursty, { kind: "exponential", mean: "40ms" }, cold) },
  {
    name: "MMPP(2)/E4/1",
    limitMs: 20,
    scenario: one(bursty, { kind: "erlang", mean: "60ms", stages: 4 }, {}),
  },
  {
    name: "M/M/50/setup",
    limitMs: 200,
    scenario: one(
      { kind: "poisson", rate: "400/s" },
      { kind: "exponential", mean: "100ms" },
      {
        servers: 50,
        coldStart: { kind: "exponential", mean: "500ms" },
        keepAlive: { kind: "exponential", mean: "1s" },
      },
    ),
  },
];

/** The median of several predictions after a few to warm up, in milliseconds of processor time: others may use the machine. */
export function modelSpeed(scenario: Scenario, runs: number): number {
  const times: number[] = [];
  for (let k = 0; k < 2 * runs; k++) {
    const started = process.cpuUsage();
    predict(scenario);
    const { user, system } = process.cpuUsage(started);
    if (k >= runs) times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

/** `node test/bench/modelSpeed.ts [runs]`. */
if (import.meta.main) {
  const [runs = 21] = process.argv.slice(2).map(Number);
  process.stdout.write("| prediction | median | limit |\n| --- | --- | --- |\n");
  let late = false;
  for (const { name, limitMs, scenario } of speedCases) {
    const median = modelSpeed(scenario, runs);
    late ||= median > limitMs;
    process.stdout.write(`| ${name} | ${median.toFixed(1)} ms | ${limitMs} ms |\n`);
  }
  process.exitCode = late ? 1 : 0;
}
