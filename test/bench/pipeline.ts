/**
 * The event pipeline on a real Kafka: many events end to end, each accounted for once; and the highest rates of generator
 * and trigger beside those of the Kafka client alone, in one run.
 *
 *   node test/bench/pipeline.ts [--events 100000] [--rate 1000] [--rounds 3] [--burst 20000] [--sections accounts,rates]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { deploymentAt } from "../../src/live/deployment.ts";
import { localBroker } from "../../src/live/kafka/broker.ts";
import type { Kafka } from "../../src/live/kafka/kafka.ts";
import { kafkajsClient } from "../../src/live/kafka/kafkajsClient.ts";
import { runPipeline } from "../../src/live/pipeline/pipeline.ts";
import { groups, topics } from "../../src/live/pipeline/topics.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { schedule } from "../../src/scenario/schedule.ts";
import { measureRates, type Rates } from "./pipelineRates.ts";

const { values: options } = parseArgs({
  options: {
    events: { type: "string", default: "100000" },
    rate: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    burst: { type: "string", default: "20000" },
    sections: { type: "string", default: "accounts,rates" },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const callee = spawn(process.execPath, [new URL("pipelineFunction.ts", import.meta.url).pathname], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = String((await once(callee.stdout, "data"))[0]).trim();
const broker = await localBroker();
const kafka = await kafkajsClient(broker.bootstrap);
let isWell = true;
try {
  say(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}; ${broker.origin}`);
  if (options.sections.includes("accounts")) isWell = await accounts();
  if (options.sections.includes("rates")) await rates(broker.bootstrap, kafka);
} finally {
  callee.kill();
  await kafka.close();
  await broker.stop();
}
process.exitCode = isWell ? 0 : 1;

/** Every id once, in the collector as at the function, and nothing left in the topic. */
async function accounts(): Promise<boolean> {
  const [events, rate] = [Number(options.events), Number(options.rate)];
  const scenario = toScenario({
    name: "accounts",
    duration: `${(events + 0.5) / rate}s`,
    arrivals: { kind: "deterministic", interval: `${1 / rate}s` },
    work: 0,
    targets: { f: { kind: "spinkube", replicas: 1 } },
  });
  let most = 0;
  const { answer, last, outcomes } = await runPipeline(scenario, schedule(scenario), deploymentAt({ f: url }), {
    kafka,
    inFlight: 64,
    onSnapshot: ({ lag }) => {
      most = Math.max(most, lag ?? 0);
    },
  });
  const { events: called, calls } = (await (await fetch(url)).json()) as { events: number; calls: number };
  const lag = await kafka.lag(groups.trigger, topics.enriched);
  const [f] = answer.targets;
  if (f === undefined || f.status === "unavailable" || f.counts === null) throw new Error("nothing was measured");
  const { scheduled, completed, failed, unsent } = f.counts;
  const times = f.latency.quantiles.map(({ q, value }) => `p${q * 100} ${(1e3 * value.value).toFixed(1)} ms`);
  say(`\n${scheduled} events at ${rate}/s: ${completed} completed, failed ${JSON.stringify(failed)}, unsent ${unsent}`);
  say(`function: ${called} ids, ${calls} calls; second deliveries ${last.duplicates}; lag now ${lag}, at most ${most}`);
  say(`end to end: ${times.join(", ")}`);
  return outcomes.get("f")!.length === scheduled && completed === scheduled && called === scheduled && lag === 0;
}

async function rates(bootstrap: string, client: Kafka): Promise<void> {
  const all: Rates[] = [];
  // The first round is to warm up.
  for (let round = 0; round <= Number(options.rounds); round++) {
    const measured = await measureRates(bootstrap, client, deploymentAt({ f: url }), Number(options.burst));
    if (round > 0) all.push(measured);
  }
  const line = (name: string, pick: (round: Rates) => number, raw: (round: Rates) => number): void => {
    const own = all.map(pick);
    const ratios = all.map((round) => pick(round) / raw(round));
    const spread = `[${Math.round(Math.min(...own))}, ${Math.round(Math.max(...own))}]`;
    say(`| ${name} | ${Math.round(median(own))} ${spread} | ${median(ratios).toFixed(2)} |`);
  };
  say(`\nEvents a second, median [least, most] of ${all.length} rounds of ${options.burst} events:\n`);
  say("| | events/s | beside the raw one |\n| --- | --- | --- |");
  line(
    "raw producer",
    ({ rawProducer }) => rawProducer,
    ({ rawProducer }) => rawProducer,
  );
  line(
    "generator",
    ({ generator }) => generator,
    ({ rawProducer }) => rawProducer,
  );
  line(
    "raw consumer",
    ({ rawConsumer }) => rawConsumer,
    ({ rawConsumer }) => rawConsumer,
  );
  line(
    "trigger, function in the same process",
    ({ trigger }) => trigger,
    ({ rawConsumer }) => rawConsumer,
  );
  line(
    "calls over HTTP without Kafka",
    ({ rawCalls }) => rawCalls,
    ({ rawCalls }) => rawCalls,
  );
  line(
    "trigger, function over HTTP",
    ({ triggerCalls }) => triggerCalls,
    ({ rawCalls }) => rawCalls,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
