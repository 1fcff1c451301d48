/**
 * How late the replayer sends at 1,000 requests a second (Poisson) of null io work against the embedded rig, and how
 * precise the rig's own waits are.
 *
 *   node test/bench/lateness.ts [--rate 1000] [--seconds 20] [--work 0ms]
 */
import { parseArgs } from "node:util";
import { deploymentAt } from "../../src/live/deployment.ts";
import { replay } from "../../src/live/replay.ts";
import type { LatencyAnswer } from "../../src/scenario/answer.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";

const { values: options } = parseArgs({
  options: {
    rate: { type: "string", default: "1000" },
    seconds: { type: "string", default: "20" },
    work: { type: "string", default: "0ms" },
  },
});
const scenario = parseScenario(`
name: lateness
duration: ${options.seconds}s
arrivals: { kind: poisson, rate: ${options.rate}/s }
work: { kind: deterministic, value: ${options.work} }
targets:
  waas: { kind: spinkube, replicas: 1, instanceStart: 0.1ms }
  faas: { kind: knative, podStart: 100ms, minScale: 1 }
  single: { kind: server }
report: { quantiles: [0.5, 0.9, 0.99, 0.999] }
`);

const { answer, outcomes } = await replay(scenario, schedule(scenario), deploymentAt());
process.stdout.write(
  `${answer.provenance.machine}\n${options.rate}/s for ${options.seconds} s, work ${options.work}\n\n`,
);
process.stdout.write(
  `target        requests  lateness ms p50/p90/p99/p99.9      latency ms p50/p90/p99/p99.9       work error ms p50/p99\n`,
);
for (const target of answer.targets) {
  if (target.status === "unavailable") continue;
  const log = outcomes.get(target.name)!;
  const errors = log.workDone
    .map((done, i) => done - log.work[i]!)
    .filter((error) => !Number.isNaN(error))
    .sort();
  const error = [0.5, 0.99].map((q) => ms(errors[Math.ceil(q * errors.length) - 1] ?? Number.NaN)).join(" / ");
  process.stdout.write(
    `${target.name.padEnd(12)} ${String(target.counts?.completed).padStart(9)}  ${levels(target.lateness).padEnd(34)} ${levels(target.latency).padEnd(34)} ${error}\n`,
  );
}

function levels(law: LatencyAnswer | null): string {
  return (law?.quantiles ?? []).map(({ value }) => ms(value.value)).join(" / ");
}

function ms(seconds: number): string {
  return (seconds * 1e3).toFixed(3);
}
