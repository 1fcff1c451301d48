import { type DistributionSpec, distribution } from "../../src/distributions/index.ts";
import { calibrate, type Fit } from "../../src/live/calibrate.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { combineReplications } from "../../src/sim/combine.ts";
import type { ReplicationResult } from "../../src/sim/runRecorder.ts";
import { simulateReplication } from "../../src/sim/simulate.ts";
import { type RecordedPod, type Recording, readRecording } from "./recording.ts";

/** How a recording is judged: with its Service's settings, and with the fits of another recording. */
export interface Plan {
  readonly name: string;
  readonly fittedOn: string;
  readonly settings: { readonly containerConcurrency: number; readonly stableWindow?: string };
  /** What its process takes longer to start than the other's, as the recordings state. */
  readonly longerStart: number;
}

const packed = { containerConcurrency: 1 };
const quick = { containerConcurrency: 1, stableWindow: "6s" };

/** Every recording with the nearest other one, chosen by settings before any was simulated. */
export const plans: readonly Plan[] = [
  { name: "fast-cold-11", fittedOn: "slow-cold-11", settings: quick, longerStart: -0.8 },
  { name: "slow-cold-11", fittedOn: "fast-cold-11", settings: quick, longerStart: 0.8 },
  { name: "cc1-poisson-11", fittedOn: "cc1-burst-11", settings: packed, longerStart: 0 },
  { name: "cc1-burst-11", fittedOn: "cc1-poisson-11", settings: packed, longerStart: 0 },
  { name: "cc1-mmpp-11", fittedOn: "cc1-burst-11", settings: packed, longerStart: 0 },
  { name: "cc10-mmpp-11", fittedOn: "cc10-ramp-11", settings: { containerConcurrency: 10 }, longerStart: 0 },
  { name: "cc10-ramp-11", fittedOn: "cc10-mmpp-11", settings: { containerConcurrency: 10 }, longerStart: 0 },
  { name: "cc0-ramp-11", fittedOn: "cc10-ramp-11", settings: { containerConcurrency: 0 }, longerStart: 0 },
];

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
}

const folder = new URL("data/knative-1.23/", import.meta.url);

/** Replays a recording's schedule through the simulator, with the platform's parts fitted on the plan's other recording. */
export function judgeRecording(plan: Plan, replications: number): RecordingRow {
  const recorded = readRecording(folder, plan.name, true);
  const { scenario, fits } = fitted(plan, readRecording(folder, plan.fittedOn, true), recorded);
  const results = Array.from({ length: replications }, (_, r) =>
    simulateReplication(scenario, "faas", r, { schedule: recorded.schedule }),
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
      predicted: answer.cold.startsPerSecond!.value * recorded.seconds,
      measured: recorded.pods.filter(({ serves }) => serves <= recorded.seconds).length,
    },
    quantiles: answer.latency.quantiles.map(({ q, value }) => ({
      q,
      predicted: value.value,
      measured: latencies[Math.max(0, Math.ceil(q * latencies.length) - 1)]!,
    })),
  };
}

/** What a request took beside its work on the recorded Knative, as the calibration finds it. */
export function recordedOverhead(name: string): DistributionSpec {
  const plan = { name, fittedOn: name, settings: packed, longerStart: 0 };
  const recording = readRecording(folder, name, true);
  return fitted(plan, recording, recording).scenario.targets[0]!.requestOverhead;
}

function fitted(plan: Plan, other: Recording, recorded: Recording): { scenario: Scenario; fits: readonly Fit[] } {
  const scenario = toScenario({
    name: plan.name,
    seed: 1,
    duration: `${recorded.seconds}s`,
    arrivals: { kind: "trace", times: ["0s"] }, // Never played: the recorded schedule is.
    work: "1s",
    targets: { faas: { kind: "knative", ...plan.settings } },
    report: { quantiles: [0.5, 0.9, 0.99] },
  });
  const source = { answerSha256: "0".repeat(64), seed: 0 };
  const calibrated = calibrate(scenario, new Map([["faas", other.outcomes]]), source);
  const targets = calibrated.scenario.targets.map((target) => {
    if (target.kind !== "knative") throw new Error(`${target.name} must be a Knative target`);
    if (target.podStart.kind === "steps") throw new Error(`${target.name} must have a fitted start`);
    return { ...target, podStart: moved(target.podStart, plan.longerStart) };
  });
  return { scenario: { ...calibrated.scenario, targets }, fits: calibrated.fits };
}

/** The law moved by a constant, in quantiles so that it may move to the left, and never below zero. */
function moved(law: DistributionSpec, by: number): DistributionSpec {
  if (by === 0) return law;
  const { quantile } = distribution(law);
  return {
    kind: "empirical",
    values: Array.from({ length: 200 }, (_, i) => Math.max(0, quantile((i + 0.5) / 200) + by)),
  };
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

function readyAt(all: readonly RecordedPod[], time: number): number {
  return all.filter(({ serves, deleting }) => serves <= time && !(deleting <= time)).length;
}

function completedLatencies({ outcomes }: Recording): number[] {
  return [...outcomes.latency].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
}
