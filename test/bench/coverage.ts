/**
 * How often the 95 % intervals of one measured sample hold the law's quantiles: the table of docs/report.md.
 *
 *   node test/bench/coverage.ts [--samples 300]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Estimate } from "../../src/scenario/answer.ts";
import { latencyAnswerOf } from "../../src/scenario/latencyAnswer.ts";
import { latencyOverTime } from "../../src/scenario/latencyOverTime.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { traceReplication } from "../../src/sim/traceReplication.ts";
import { markdownTable } from "../validation/page.ts";

const { values: options } = parseArgs({ options: { samples: { type: "string", default: "300" } } });
const samples = Number(options.samples);
const levels = [0.5, 0.9, 0.99];

const queue = (arrivals: string, duration: string, work: string) => `
name: coverage
duration: ${duration}
arrivals: ${arrivals}
work: { kind: exponential, mean: ${work} }
targets: { single: { kind: server } }
`;
const poisson = "{ kind: poisson, rate: 100/s }";
const bursts = (every: string) => `{ kind: mmpp, rates: [20/s, 180/s], switching: [[0, "${every}"], ["${every}", 0]] }`;
const cases: Readonly<Record<string, string>> = {
  "no queue, Poisson, 20 s": queue(poisson, "20s", "10ms").replace("kind: server", "kind: spinkube, replicas: 1"),
  "M/M/1 at 50 %, 20 s": queue(poisson, "20s", "5ms"),
  "M/M/1 at 80 %, 20 s": queue(poisson, "20s", "8ms"),
  "MMPP, 20 and 180/s, switching every second, 20 s": queue(bursts("1/s"), "20s", "4ms"),
  "the same, 120 s": queue(bursts("1/s"), "120s", "4ms"),
  "MMPP, switching every five seconds, 60 s": queue(bursts("0.2/s"), "60s", "4ms"),
  "`single` of camera-burst, 20 s": readFileSync("scenarios/camera-burst.yaml", "utf8"),
};

const rows = Object.entries(cases).map(([name, text]) => [name, ...coverage(text)]);
process.stdout.write(`${markdownTable(["", ...levels.map((q) => `p${100 * q}`)], rows)}\n`);

function coverage(text: string): string[] {
  const scenario = parseScenario(text);
  const report = { ...scenario.report, quantiles: levels };
  const all = Array.from({ length: samples }, (_, k) => {
    const { requests } = traceReplication(scenario, "single", { seed: k + 1 });
    const served = requests.filter(({ parts }) => parts !== null);
    const latency = served.map(({ parts }) => Object.values(parts!).reduce((sum, part) => sum + part, 0));
    return { at: Float64Array.from(served, ({ arrivedAt }) => arrivedAt), latency: Float64Array.from(latency) };
  });
  const pooled = Float64Array.from(all.flatMap(({ latency }) => [...latency])).sort();
  const truths = levels.map((q) => pooled[Math.ceil(q * pooled.length) - 1]!);
  const overTime = all.map(({ at, latency }) => latencyOverTime(latency, at, report));
  const independent = all.map(({ latency }) => latencyAnswerOf(latency, report));
  const held = (laws: typeof overTime, i: number): string =>
    (laws.filter(({ quantiles }) => holds(quantiles[i]!.value, truths[i]!)).length / samples).toFixed(2);
  return levels.map((_, i) => `${held(overTime, i)} (${held(independent, i)})`);
}

function holds({ low, high }: Estimate, truth: number): boolean {
  return low <= truth && truth <= high;
}
