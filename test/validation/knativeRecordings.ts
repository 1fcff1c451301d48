import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { calibrate, type Fit } from "../../src/live/calibrate.ts";
import { measuredAnswer } from "../../src/live/measured.ts";
import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { combineReplications } from "../../src/sim/combine.ts";
import type { ReplicationResult } from "../../src/sim/runRecorder.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { type RecordedPod, type Recording, readRecording } from "./recording.ts";
import { fitStarts, type StartFit } from "./startFit.ts";

/** How a recording is judged: with its Service's settings, and with the fits of another recording. */
export interface Plan {
  readonly name: string;
  readonly fittedOn: string;
  readonly settings: { readonly containerConcurrency: number; readonly stableWindow?: string };
  /** Until its process listens, as the recordings state. */
  readonly process: string;
  /** Where its files lie; absent: with this project. */
  readonly folder?: URL;
}

/** A static Go server. */
const listens = "10ms";
const packed = { containerConcurrency: 1 };
const quick = { containerConcurrency: 1, stableWindow: "6s" };

/** Every recording with the nearest other one, chosen by settings before any was simulated. */
export const plans: readonly Plan[] = [
  { name: "fast-cold-11", fittedOn: "slow-cold-11", settings: quick, process: listens },
  { name: "slow-cold-11", fittedOn: "fast-cold-11", settings: quick, process: "810ms" },
  { name: "cc1-poisson-11", fittedOn: "cc1-burst-11", settings: packed, process: listens },
  { name: "cc1-burst-11", fittedOn: "cc1-poisson-11", settings: packed, process: listens },
  { name: "cc1-mmpp-11", fittedOn: "cc1-burst-11", settings: packed, process: listens },
  { name: "cc10-mmpp-11", fittedOn: "cc10-ramp-11", settings: { containerConcurrency: 10 }, process: listens },
  { name: "cc10-ramp-11", fittedOn: "cc10-mmpp-11", settings: { containerConcurrency: 10 }, process: listens },
  { name: "cc0-ramp-11", fittedOn: "cc10-ramp-11", settings: { containerConcurrency: 0 }, process: listens },
];

/**
 * Plans for recordings that are not this project's own: `COLDCAST_RECORDINGS` names a folder of them. Each has the settings of ours of the
 * same name, and is calibrated on that one, another seed's.
 *
 * @throws {Error} for a recording whose settings are not known
 */
export function plansElsewhere(folder: string | undefined): Plan[] {
  if (folder === undefined) return [];
  const url = pathToFileURL(`${resolve(folder)}/`);
  const names = readdirSync(url).flatMap((file) => /^(.*-\d+)\.pods\.csv\.gz$/.exec(file)?.[1] ?? []);
  return names
    .filter((name) => !plans.some((own) => own.name === name))
    .map((name) => {
      const own = plans.find((plan) => baseOf(plan.name) === baseOf(name));
      if (own === undefined) throw new Error(`${name}: no recording of this project has its settings`);
      return { ...own, name, fittedOn: own.name, folder: url };
    });
}

const baseOf = (name: string): string => name.replace(/-\d+$/, "");

export interface QuantilePair {
  readonly q: number;
  readonly predicted: number;
  readonly measured: number;
}

/** One recording beside its simulation. */
export interface RecordingRow {
  readonly name: string;
  readonly fittedOn: string;
  readonly fits: readonly Fit[];
  /** Share of the time in which the ready pods lie inside the simulations' 95 % band. */
  readonly podsInBand: number;
  readonly meanPods: { readonly predicted: number; readonly measured: number };
  readonly starts: { readonly predicted: number; readonly measured: number };
  readonly quantiles: readonly QuantilePair[];
  readonly scenarios: readonly Scenario[];
  readonly simulated: AvailableAnswer;
  readonly recorded: AvailableAnswer;
}

const folder = new URL("data/knative-1.23/", import.meta.url);

/** Replays a recording's schedule through the simulator, with the platform's parts fitted on the plan's other recording. */
export function judgeRecording(plan: Plan, replications: number): RecordingRow {
  const recorded = readRecording(plan.folder ?? folder, plan.name, true);
  const { scenarios, fits } = fitted(plan, readRecording(folder, plan.fittedOn, true), recorded);
  const scenario = scenarios[0]!;
  const results = Array.from({ length: replications }, (_, r) =>
    simulateReplication(scenarios[r % scenarios.length]!, "faas", r, { schedule: recorded.schedule }),
  );
  const answer = combineReplications(scenario, "faas", results);
  const latencies = completedLatencies(recorded);
  const steps = pods(recorded, results);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    name: plan.name,
    fittedOn: plan.fittedOn,
    fits,
    podsInBand: mean(steps.map(({ measured, low, high }) => (measured >= low && measured <= high ? 1 : 0))),
    meanPods: { predicted: mean(steps.map(({ mean: value }) => value)), measured: mean(steps.map((s) => s.measured)) },
    starts: {
      predicted: median(results.map(({ sections }) => sections.reduce((sum, { starts }) => sum + starts, 0))),
      measured: recorded.pods.filter(({ serves }) => serves <= recorded.seconds).length,
    },
    quantiles: answer.latency.quantiles.map(({ q, value }) => ({
      q,
      predicted: value.value,
      measured: latencies[Math.max(0, Math.ceil(q * latencies.length) - 1)]!,
    })),
    scenarios,
    simulated: answer,
    recorded: measuredAnswer(scenario, scenario.targets[0]!, recorded.outcomes, {}),
  };
}

/** What a request took beside its work on the recorded Knative, as the calibration finds it. */
export function recordedOverhead(name: string): DistributionSpec {
  const plan = { name, fittedOn: name, settings: packed, process: listens };
  const recording = readRecording(folder, name, true);
  return fitted(plan, recording, recording).scenarios[0]!.targets[0]!.requestOverhead;
}

/** One scenario for each start that the other recordings have; replications take them in turn. */
export function fitted(
  plan: Plan,
  other: Recording,
  recorded: Recording,
): { scenarios: readonly Scenario[]; fits: readonly Fit[] } {
  const others = plans.filter(({ name }) => name !== plan.name).map(({ name }) => readRecording(folder, name, true));
  const starts = fitStarts(others, other);
  let fits: readonly Fit[] = [];
  const scenarios = starts.starts.map((start) => {
    const scenario = toScenario({
      name: plan.name,
      seed: 1,
      duration: `${recorded.seconds}s`,
      arrivals: { kind: "trace", times: ["0s"] }, // Never played: the recorded schedule is.
      work: "1s",
      targets: { faas: { kind: "knative", ...plan.settings, ...startOf(plan, { ...starts, start }), nodes } },
      report: { quantiles: [0.5, 0.9, 0.99] },
    });
    const source = { answerSha256: "0".repeat(64), seed: 0 };
    const calibrated = calibrate(scenario, new Map([["faas", other.outcomes]]), source);
    fits = calibrated.fits;
    const targets = scenario.targets.map((target) => ({
      ...target,
      requestOverhead: calibrated.scenario.targets[0]!.requestOverhead,
    }));
    return { ...scenario, targets };
  });
  return { scenarios, fits };
}

/** The recorded node: two cores, and a kubelet's default of 110 pods less ten of the platform's own. */
const nodes = { count: 1, cores: 2, podsMax: 100 };

function startOf({ process }: Plan, { start, work, stopWork, control, schedule, scatter }: StartFit) {
  const scv = (scatter / start) ** 2;
  const containers = { kind: "lognormal", mean: `${start}s`, scv } as const;
  return {
    podStart: { steps: { control: `${control}s`, schedule: `${schedule}s`, sandbox: 0, containers, process } },
    startWork: `${work}s`,
    stopWork: `${stopWork}s`,
  } as const;
}

interface PodStep {
  readonly measured: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Per step of the simulations' timeline: the recorded ready pods at its middle, and what the simulations had during it. */
function pods(recorded: Recording, results: readonly ReplicationResult[]): PodStep[] {
  const { stepSeconds, span } = results[0]!.timeline;
  return Array.from(span, (_, i) => {
    const counts = results.map(({ timeline }) => timeline.ready[i]! / timeline.span[i]!).sort((a, b) => a - b);
    // A step's average between two counts means that both occurred in it.
    const at = (p: number): number => counts[Math.min(counts.length - 1, Math.floor(p * counts.length))]!;
    return {
      measured: readyAt(recorded.pods, Math.min((i + 0.5) * stepSeconds, recorded.seconds)),
      mean: counts.reduce((sum, value) => sum + value, 0) / counts.length,
      low: Math.floor(at(0.025) + 1e-9),
      high: Math.ceil(at(0.975) - 1e-9),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}

function readyAt(all: readonly RecordedPod[], time: number): number {
  return all.filter(({ serves, deleting }) => serves <= time && !(deleting <= time)).length;
}

function completedLatencies({ outcomes }: Recording): number[] {
  return [...outcomes.latency].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
}
