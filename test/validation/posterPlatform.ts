import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { sweepPoints } from "../../src/scenario/variations.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { plans } from "./knativeRecordings.ts";
import { readRecording } from "./recording.ts";

/** scenarios/poster.yaml as its file has it. */
const document: object = parse(readFileSync(new URL("../../scenarios/poster.yaml", import.meta.url), "utf8"));
export const posterScenario = (): Scenario => toScenario(document as never);

/** What a Wasm pod takes to start: as the poster has it, as it was measured, and as the poster has it for a container. */
export const podStarts = {
  "5–20 ms": { kind: "uniform", low: "5ms", high: "20ms" },
  "86–122 ms": { kind: "uniform", low: "86ms", high: "122ms" },
  "100–900 ms": { kind: "uniform", low: "100ms", high: "900ms" },
} as const;

/** The quantiles, in seconds, of one simulated setting. */
export interface SettingRow {
  readonly settings: readonly string[];
  readonly quantiles: readonly number[];
  /** Of the last quantile. */
  readonly interval: readonly [number, number];
  readonly cold: number;
  readonly pods: number;
}

const row = (settings: readonly string[], { latency, cold, instances }: AvailableAnswer): SettingRow => ({
  settings,
  quantiles: latency.quantiles.map(({ value }) => value.value),
  interval: [latency.quantiles.at(-1)!.value.low, latency.quantiles.at(-1)!.value.high],
  cold: cold.probability.value,
  pods: instances.ready!.value,
});

function answerOf(scenario: Scenario, target: string, replications: number): AvailableAnswer {
  const [answer] = simulate(scenario, { targets: [target], replications }).targets;
  if (answer!.status === "unavailable") throw new Error(answer!.reason);
  return answer!;
}

/** The poster's bursts on a SpinApp that KEDA scales, with fewer or more pods kept, and with the starts of both sides. */
export function underBursts({
  duration,
  replications,
  mins,
  starts,
}: {
  readonly duration: string;
  readonly replications: number;
  /** KEDA's minReplicaCount. */
  readonly mins: readonly number[];
  readonly starts: readonly (keyof typeof podStarts)[];
}): SettingRow[] {
  const points = sweepPoints(
    { ...document, duration, warmup: "1min" },
    [
      { path: "targets.waas.autoscaler.min", values: mins },
      { path: "targets.waas.podStart", values: starts.map((name) => podStarts[name]) },
    ],
    {},
  );
  return points.map(({ values, scenario, index }) =>
    row(
      [String(values["targets.waas.autoscaler.min"]), starts[index % starts.length]!],
      answerOf(scenario, "waas", replications),
    ),
  );
}

/** Fifty detections after a silence in which KEDA has scaled to nothing. */
export function afterSilence(replications: number, polls: readonly string[]): SettingRow[] {
  const points = sweepPoints(
    { ...document, duration: "1min", warmup: 0, arrivals: { kind: "burst", size: 50 } },
    [
      { path: "targets.waas.autoscaler.min", values: [0] },
      { path: "targets.waas.autoscaler.pollingInterval", values: polls },
      { path: "targets.waas.podStart", values: Object.values(podStarts) },
    ],
    {},
  );
  const names = Object.keys(podStarts);
  return points.map(({ values, scenario, index }) =>
    row(
      [String(values["targets.waas.autoscaler.pollingInterval"]), names[index % names.length]!],
      answerOf(scenario, "waas", replications),
    ),
  );
}

/** Pods that Knative starts for so many requests at once on a revision without pods, on average. */
export function podsStarted(requests: number, containerConcurrency: number, replications: number): number {
  const seconds = 60;
  const scenario = toScenario({
    name: "wake",
    duration: `${seconds}s`,
    arrivals: { kind: "burst", size: requests },
    work: "20ms",
    targets: { it: { kind: "knative", containerConcurrency } },
  });
  return answerOf(scenario, "it", replications).cold.startsPerSecond!.value * seconds;
}

/** Pods created per lone request on a real Knative 1.23 at containerConcurrency 1. */
export function podsRecorded(): { readonly name: string; readonly requests: number; readonly pods: number }[] {
  const folder = new URL("data/knative-1.23/", import.meta.url);
  return plans
    .filter(({ name }) => /^(fast|slow)-cold/.test(name))
    .map(({ name }) => {
      const { outcomes, pods } = readRecording(folder, name, true);
      return { name, requests: outcomes.latency.length, pods: pods.length };
    });
}

/** One warm function as Wasm and as container under one schedule on a real cluster: latency quantiles in seconds. */
export function recordedWarm(): { readonly load: string; readonly wasm: number[]; readonly native: number[] }[] {
  const folder = new URL("data/wasm-native/", import.meta.url);
  const quantiles = (name: string): number[] => {
    const sorted = readRecording(folder, name, false).outcomes.latency.toSorted();
    return [0.5, 0.95, 0.99].map((q) => sorted[Math.ceil(q * sorted.length) - 1]!);
  };
  return ["cpu", "cpub"].map((load) => ({
    load,
    wasm: quantiles(`wasm-${load}-31`),
    native: quantiles(`native-${load}-31`),
  }));
}
