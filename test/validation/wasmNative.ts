import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
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

/**
 * One pod that is always there, on the node's two cores. Who computes is not interrupted: as many requests as there are cores run to their
 * end, the others wait in order. The contract's equal sharing of the cores is kept beside it to compare.
 */
const targets = {
  inOrder: { kind: "server", concurrency: 2 },
  shared: { kind: "spinkube", replicas: 1, cores: 2, workIs: "cpu", instanceStart: "0s" },
} as const;
export type Sharing = keyof typeof targets;
export type PodFunction = "native" | "wasm";

/** Both functions under both loads, each fitted on the other load. */
export function wasmNative(options: { readonly functions: readonly PodFunction[]; readonly sharing: Sharing }) {
  const own = options.functions.flatMap((kind) =>
    ["cpu", "cpub"].map((load) => [`${kind}-${load}-31`, folder] as const),
  );
  const all = [...own, ...elsewhere(process.env.COLDCAST_RECORDINGS, options.functions)];
  return all.map(([name, where]) => {
    const [kind, load] = name.split("-");
    return judge(options.sharing, name, where, `${kind}-${load === "cpub" ? "cpu" : "cpub"}-31`);
  });
}

/** Recordings of the same functions that are not this project's own. */
function elsewhere(path: string | undefined, functions: readonly PodFunction[]): (readonly [string, URL])[] {
  if (path === undefined) return [];
  const where = pathToFileURL(`${resolve(path)}/`);
  const names = readdirSync(where).flatMap((file) => /^((?:native|wasm)-\w+-\d+)\.requests/.exec(file)?.[1] ?? []);
  const wanted = names.filter((name) => !name.endsWith("-31") && functions.some((kind) => name.startsWith(kind)));
  return wanted.map((name) => [name, where]);
}

function judge(sharing: Sharing, name: string, where: URL, fittedOn: string): WasmNativeRow {
  const { fitted, ks: fittedKs } = fit(sharing, readRecording(folder, fittedOn, false));
  const recorded = readRecording(where, name, false);
  const { latency } = simulated(sharing, recorded, fitted);
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
function fit(sharing: Sharing, recorded: Recording): { readonly fitted: Fitted; readonly ks: number } {
  const overhead = overheadAlone(recorded);
  let best = { fitted: { workFactor: 1, overhead }, ks: Infinity };
  const attempt = (workFactor: number): void => {
    const fitted = { workFactor, overhead };
    const ks = distance(recorded, simulated(sharing, recorded, fitted).latency);
    if (ks < best.ks) best = { fitted, ks };
  };
  for (let k = 0; k <= 12; k++) attempt(0.5 + 0.05 * k);
  const near = best.fitted.workFactor;
  for (let k = -4; k <= 4; k++) attempt(near + 0.01 * k);
  return best;
}

function simulated(sharing: Sharing, recorded: Recording, { workFactor, overhead }: Fitted): AvailableAnswer {
  const scenario = toScenario({
    name: "pod",
    seed: 1,
    duration: `${recorded.seconds}s`,
    arrivals: { kind: "trace", times: ["0s"] }, // Never played: the recorded schedule is.
    work: "1s",
    targets: { pod: { ...targets[sharing], workFactor, requestOverhead: `${overhead}s` } },
    report: { quantiles: [0.5, 0.9, 0.99] },
  });
  const [answer] = simulate(scenario, { schedule: recorded.schedule, replications: 1 }).targets;
  if (answer === undefined || answer.status === "unavailable") throw new Error(`${sharing} has no answer`);
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
