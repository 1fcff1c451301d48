import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { source } from "../../src/random/source.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import type { SpinkubeSpec } from "../../src/scenario/scenario.ts";
import { parseScheduleCsv, type Schedule } from "../../src/scenario/schedule.ts";
import { RunRecorder } from "../../src/sim/runRecorder.ts";
import { SpinkubeRun } from "../../src/sim/spinkubeRun.ts";

/** A recorded run of KEDA beside simulations of it, second by second. */
export interface KedaRow {
  readonly name: string;
  readonly simulations: number;
  /** Share of the seconds at which the recorded figure lies in the simulations' band. */
  readonly podsInBand: number;
  readonly lagInBand: number;
  readonly meanPods: Pair;
  readonly mostPods: Pair;
  readonly mostLag: Pair;
}

interface Pair {
  /** The least, the average and the largest of the simulations. */
  readonly predicted: readonly [number, number, number];
  readonly measured: number;
}

interface Trace {
  readonly pods: number[];
  readonly lag: number[];
}

const own = new URL("data/keda-2.20/", import.meta.url);

/** Names of the recordings in a folder. */
export const kedaRecordings = (folder: URL = own): string[] =>
  readdirSync(folder).flatMap((file) => /^(.*)\.messages\.csv\.gz$/.exec(file)?.[1] ?? []);

/**
 * Replays a recorded production of messages to consumers that KEDA scales, with the settings of its ScaledObject.
 *
 * Starts take what they took in the recordings of Knative on the same kind of node; a change of the group takes effect with the members'
 * next heartbeat, every 3 s by Kafka's default. Nothing is fitted on the recording: simulations differ in the phases of KEDA's poll and of
 * the autoscaler's sync, in the starts and in the rebalances.
 *
 * @param phases "random": any; "recorded": within half a second of those at which the recorded run ordered its first pods
 * @param band the share of the simulations that makes the band; 1: from the least to the largest
 */
export function judgeKeda(
  name: string,
  { phases, simulations, band }: { phases: "random" | "recorded"; simulations: number; band: number },
  folder: URL = own,
): KedaRow {
  const schedule = producedOf(folder, name);
  const lags = rows(new URL(`${name}.lag.csv.gz`, folder));
  const seconds = Math.floor(Number(lags.at(-1)!.seconds));
  const { created, ...measured } = measuredTrace(folder, name, lags, seconds);
  const traces = replicationsOf(phases, created, simulations).map((r) => simulated(schedule, r, seconds));
  const tail = (1 - band) / 2;
  const inside = (pick: (trace: Trace) => readonly number[]): number =>
    mean(
      pick(measured).map((value, i) => {
        // A reading of offsets is not of one instant: the seconds beside it count too.
        const around = traces.map((trace) => pick(trace).slice(Math.max(0, i - 1), i + 2));
        const low = at(around.map((near) => Math.min(...near)).toSorted(byValue), tail);
        const high = at(around.map((near) => Math.max(...near)).toSorted(byValue), 1 - tail);
        return value >= low && value <= high ? 1 : 0;
      }),
    );
  const pair = (of: (trace: Trace) => number): Pair => {
    const values = traces.map(of);
    return { predicted: [Math.min(...values), mean(values), Math.max(...values)], measured: of(measured) };
  };
  return {
    name,
    simulations: traces.length,
    podsInBand: inside(({ pods }) => pods),
    lagInBand: inside(({ lag }) => lag),
    meanPods: pair(({ pods }) => mean(pods)),
    mostPods: pair(({ pods }) => Math.max(...pods)),
    mostLag: pair(({ lag }) => Math.max(...lag)),
  };
}

/** Replications of any phases, or of those that a run shows by when it ordered its first pod and the next ones. */
function replicationsOf(phases: "random" | "recorded", created: readonly number[], simulations: number): number[] {
  const any = Array.from({ length: phases === "random" ? simulations : 2000 + 1000 * simulations }, (_, r) => r);
  if (phases === "random") return any;
  const first = created[0]!;
  const next = created.find((time) => time > first + 0.1)!;
  const near = (phase: number, time: number, period: number): boolean => {
    const gap = (((phase - time) % period) + period) % period;
    return Math.min(gap, period - gap) < 0.5;
  };
  return any
    .filter((r) => {
      const uniform = source(1, "consumers", "phase", r);
      return near(uniform() * 15, next, 15) && near(uniform() * 30, first, 30);
    })
    .slice(0, simulations);
}

/** One simulation, looked at every second. */
function simulated(schedule: Schedule, replication: number, seconds: number): Trace {
  const scenario = toScenario({
    name: "keda",
    seed: 1,
    duration: `${seconds}s`,
    arrivals: { kind: "trace", times: ["0s"] }, // Never played: the recorded production is.
    work: "1s",
    targets: { consumers },
  });
  const target = scenario.targets[0] as SpinkubeSpec;
  const { report, warmup } = scenario;
  const recorder = new RunRecorder({ report, warmup, duration: seconds, timeout: Infinity, batches: false });
  const cursor = schedule.open();
  const station = new SpinkubeRun({ target, cursor, duration: seconds, seed: 1, replication, recorder });
  const trace: Trace = { pods: [], lag: [] };
  station.begin();
  let next = cursor.next() ? cursor.atSeconds : Infinity;
  for (let number = 0; trace.pods.length < seconds; ) {
    const look = trace.pods.length;
    if (Math.min(next, station.nextTime) >= look) {
      trace.pods.push(station.pods);
      trace.lag.push(station.lag);
    } else if (next < station.nextTime) {
      station.arrive(next, cursor.workSeconds, number++);
      next = cursor.next() ? cursor.atSeconds : Infinity;
    } else {
      station.step();
    }
  }
  return trace;
}

/** As the recording's ScaledObject and consumers are. */
const consumers = {
  kind: "spinkube",
  instanceStart: 0,
  podStart: {
    steps: {
      control: "30ms",
      schedule: "12ms",
      sandbox: 0,
      containers: { kind: "lognormal", mean: "600ms", scv: 0.01 },
      process: "10ms",
    },
  },
  startWork: "340ms",
  stopWork: "240ms",
  nodes: { count: 1, cores: 2, podsMax: 100 },
  autoscaler: {
    kind: "keda",
    trigger: "kafka",
    partitions: 8,
    lagThreshold: 10,
    offsetResetPolicy: "earliest",
    min: 0,
    max: 10,
    dispatch: { consumers: "pods", inFlight: 1, rebalance: { kind: "uniform", low: 0, high: "3s" } },
  },
} as const;

/** When each message was produced, and what its consumer took for it; a message delivered twice counts once. */
function producedOf(folder: URL, name: string): Schedule {
  const seen = new Set<string>();
  const lines = rows(new URL(`${name}.messages.csv.gz`, folder)).flatMap((row) => {
    const key = `${row.partition} ${row.offset}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [[Number(row.at_seconds), Number(row.done_seconds) - Number(row.begin_seconds)] as const];
  });
  lines.sort((a, b) => a[0] - b[0]);
  const csv = ["at_seconds,work_seconds", ...lines.map(([time, work]) => `${time},${work}`)].join("\n");
  return { ...parseScheduleCsv(csv, name), name };
}

function measuredTrace(
  folder: URL,
  name: string,
  lags: readonly Row[],
  seconds: number,
): Trace & { readonly created: readonly number[] } {
  const pods = rows(new URL(`${name}.pods.csv.gz`, folder)).map((row) => ({
    from: Number(row.created_seconds),
    to: row.deleting_seconds ? Number(row.deleting_seconds) : Infinity,
  }));
  return {
    created: pods.map(({ from }) => from).toSorted(byValue),
    pods: Array.from({ length: seconds }, (_, t) => pods.filter(({ from, to }) => from <= t && t < to).length),
    lag: Array.from({ length: seconds }, (_, t) => Number(lags.findLast((row) => Number(row.seconds) <= t)?.lag ?? 0)),
  };
}

const byValue = (a: number, b: number): number => a - b;
const at = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length + 1e-9))]!;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Row = Readonly<Record<string, string>>;

function rows(file: URL): Row[] {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString("utf8").trim().split(/\r?\n/);
  const names = header!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((column, i) => [column, cells[i] ?? ""]));
  });
}
