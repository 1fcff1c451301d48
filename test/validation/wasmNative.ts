import type { AvailableAnswer } from "../../src/scenario/answer.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { curveProbability, ksToLaw } from "../../src/stats/distances.ts";
import { fitLine } from "../../src/stats/fit.ts";
import type { QuantilePair } from "./knativeRecordings.ts";
import { type Recording, readRecording } from "./recording.ts";

/** What the fit may move; the rest is stated. */
interface Fitted {
  /** Seconds of a core per nominal second of work. */
  readonly workFactor: number;
  /** Seconds beside the work. */
  readonly overhead: number;
}

/** One load on one of the two functions beside its simulation. */
export interface WasmNativeRow extends Fitted {
  readonly name: string;
  readonly fittedOn: string;
  /** Distance of the simulated from the recorded law on the load it was fitted on, and on the one that judges. */
  readonly fittedKs: number;
  readonly ks: number;
  readonly quantiles: readonly QuantilePair[];
}

const folder = new URL("data/wasm-native/", import.meta.url);

/** One pod that is always there, on the node's two cores: a fresh Wasm instance per request, or one native server. */
const targets = {
  wasm: { kind: "spinkube", replicas: 1, cores: 2, workIs: "cpu", instanceStart: "0s" },
  native: { kind: "knative", minScale: 1, maxScale: 1, cores: 2, workIs: "cpu" },
} as const;
export type PodFunction = keyof typeof targets;

/** Both functions under both loads, each fitted on the other load. */
export function wasmNative(options: { readonly functions: readonly PodFunction[] }): WasmNativeRow[] {
  return options.functions.flatMap((kind) =>
    (
      [
        ["cpu", "cpub"],
        ["cpub", "cpu"],
      ] as const
    ).map(([load, other]) => judge(kind, `${kind}-${load}-31`, `${kind}-${other}-31`)),
  );
}

function judge(kind: PodFunction, name: string, fittedOn: string): WasmNativeRow {
  const { fitted, ks: fittedKs } = fit(kind, readRecording(folder, fittedOn, false));
  const recorded = readRecording(folder, name, false);
  const { latency } = simulated(kind, recorded, fitted);
  const sorted = recorded.outcomes.latency.toSorted();
  return {
    name,
    fittedOn,
    ...fitted,
    fittedKs,
    ks: distance(recorded, latency),
    quantiles: latency.quantiles.map(({ q, value }) => ({
      q,
      predicted: value.value,
      measured: sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!,
    })),
  };
}

/**
 * The work factor whose simulation comes nearest to a recording, in Kolmogorov's distance.
 *
 * The recording does not say how much work was done. Requests that ran alone tell the overhead, but not the factor: that they ran alone
 * is because they were quick.
 */
function fit(kind: PodFunction, recorded: Recording): { readonly fitted: Fitted; readonly ks: number } {
  const overhead = overheadAlone(recorded);
  let best = { fitted: { workFactor: 1, overhead }, ks: Infinity };
  const attempt = (workFactor: number): void => {
    const fitted = { workFactor, overhead };
    const ks = distance(recorded, simulated(kind, recorded, fitted).latency);
    if (ks < best.ks) best = { fitted, ks };
  };
  for (let k = 0; k <= 12; k++) attempt(0.5 + 0.05 * k);
  const near = best.fitted.workFactor;
  for (let k = -4; k <= 4; k++) attempt(near + 0.01 * k);
  return best;
}

function simulated(kind: PodFunction, recorded: Recording, { workFactor, overhead }: Fitted): AvailableAnswer {
  const scenario = toScenario({
    name: "pod",
    seed: 1,
    duration: `${recorded.seconds}s`,
    arrivals: { kind: "trace", times: ["0s"] }, // Never played: the recorded schedule is.
    work: "1s",
    targets: { pod: { ...targets[kind], workFactor, requestOverhead: `${overhead}s` } },
    report: { quantiles: [0.5, 0.9, 0.99] },
  });
  const [answer] = simulate(scenario, { schedule: recorded.schedule, replications: 1 }).targets;
  if (answer === undefined || answer.status === "unavailable") throw new Error(`${kind} has no answer`);
  return answer;
}

function distance({ outcomes }: Recording, { curve }: AvailableAnswer["latency"]): number {
  return ksToLaw(outcomes.latency, (x) => curveProbability(curve, x));
}

/** The intercept of latency on work among the requests that shared the pod with no other. */
function overheadAlone({ outcomes: { at, work, latency, length } }: Recording): number {
  const rows: number[] = [];
  let lastEnd = -Infinity;
  for (let i = 0; i < length; i++) {
    const end = at[i]! + latency[i]!;
    if (at[i]! >= lastEnd && (i + 1 === length || at[i + 1]! >= end)) rows.push(i);
    lastEnd = Math.max(lastEnd, end);
  }
  const line = fitLine(
    rows.map((i) => work[i]!),
    rows.map((i) => latency[i]!),
  );
  if (line === null) throw new Error("too few requests ran alone to fit the overhead");
  return Math.max(0, line.intercept);
}
