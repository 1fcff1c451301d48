import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { goal } from "../../src/model/goal.ts";
import { predict } from "../../src/model/predict.ts";
import { solveFor } from "../../src/model/solveFor.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** `hey -disable-redirects -c 200 -n 50000`, as the talk prints it; seconds. */
export const hey = {
  clients: 200,
  requests: 50_000,
  total: 2.8559,
  perSecond: 17_507,
  mean: 0.0104,
  fastest: 0.0052,
  slowest: 0.1632,
  upstream: 0.001,
} as const;

const documentOf = (name: string): object =>
  parse(readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), "utf8"));

/** Little's law over the whole run: what a client's round takes, and what of it is not the measured latency. */
export function round() {
  const seconds = hey.clients / hey.perSecond;
  return { seconds, fromTotal: (hey.total * hey.clients) / hey.requests, outside: seconds - hey.mean };
}

/** What the run leaves for network, queue and work, for one network that is assumed. */
export interface HeySplit {
  readonly network: number;
  /** A server's mean service time, of sixteen that are always busy. */
  readonly work: number;
  readonly queue: number;
  readonly mean: number;
  readonly perSecond: number;
}

/**
 * The closed loop with sixteen servers whose service time makes the model's mean latency the measured one, given the network.
 *
 * Sixteen is of no account: what is found is how fast they are together.
 */
export function splitOf(network: number): HeySplit {
  const scenario = loop(network, hey.clients);
  const { atMost } = solveFor(scenario, "redirects", "work.mean", [goal(`mean<=${hey.mean}s`)]);
  const found = withWork(scenario, atMost!);
  const { latency, breakdown } = answerOf(found, "redirects");
  return {
    network: breakdown.network.value,
    work: breakdown.work.value,
    queue: breakdown.queue.value,
    mean: latency.mean.value,
    perSecond: throughput(latency.mean.value, hey.clients),
  };
}

/** The mean latency that the same system would show to another number of clients: a prediction that another run can refute. */
export function withClients(network: number, work: number, clients: number) {
  const mean = answerOf(withWork(loop(network, clients), work), "redirects").latency.mean.value;
  return { mean, perSecond: throughput(mean, clients) };
}

const throughput = (mean: number, clients: number): number => clients / (mean + round().outside);

function loop(network: number, clients: number): Scenario {
  return toScenario({
    name: "loop",
    duration: "3s",
    arrivals: { kind: "closed", clients, thinkTime: `${round().outside}s` },
    work: { kind: "exponential", mean: "0.5ms" },
    targets: { redirects: { kind: "server", servers: 16, network: `${network}s` } },
  });
}

const withWork = (scenario: Scenario, mean: number): Scenario => ({ ...scenario, work: { kind: "exponential", mean } });

/** One target of scenarios/blink.yaml at one rate: how much of its latency is network, and who gets an answer within a blink. */
export interface BlinkRow {
  readonly name: string;
  readonly network: number;
  readonly compute: number;
  readonly cold: number;
  readonly p50: number;
  readonly p99: number;
  readonly within: number;
}

export function blinkAt(rate: string): BlinkRow[] {
  const scenario = toScenario({ ...documentOf("blink"), arrivals: { kind: "poisson", rate } } as never);
  return predict(scenario).targets.map((target) => {
    const { name, latency, breakdown, cold } = available(target);
    const { network, cold: wait, start, queue, work } = breakdown;
    return {
      name,
      network: network.value,
      compute: wait.value + start.value + queue.value + work.value,
      cold: cold.probability.value,
      p50: latency.quantiles[0]!.value.value,
      p99: latency.quantiles.at(-1)!.value.value,
      within: latency.withinObjective!.value,
    };
  });
}

function answerOf(scenario: Scenario, target: string): AvailableAnswer {
  return available(predict(scenario, { targets: [target] }).targets[0]!);
}

function available(target: ReturnType<typeof predict>["targets"][number]): AvailableAnswer {
  if (target.status === "unavailable") throw new Error(target.reason);
  return target;
}
