import { readFileSync } from "node:fs";
import type { DistributionSpec } from "../../src/distributions/index.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { measuredFile } from "./measuredFile.ts";

/** The distribution function of one predictor on the measurement's grid, and its largest distance from the measured one. */
export interface LatencyRow {
  readonly name: string;
  readonly ks: number;
  /** Where the largest distance is, in seconds. */
  readonly at: number;
  /** The same from 100 ms on, where only queueing and cold starts play. */
  readonly tailKs: number;
  readonly cdf: readonly number[];
}

interface MeasuredFile {
  readonly "1_function": Readonly<
    Record<"knative" | "faasim", { readonly cdf_at_ms: Readonly<Record<string, number>> }>
  >;
}

const file = measuredFile("faasim-knative-latency-cdf.json");

/** How the sweep over rates was driven, which the source leaves open: one staircase, or a run from zero pods for each rate. */
export type Sweep = "staircase" | "separate runs";

/**
 * The law of latency less execution on a real Knative: a function of 1 s, 1 to 18 requests/s for 60 s each, from zero pods.
 *
 * The source does not state the container concurrency; 1 is assumed, because without a limit nothing would queue at all. Everything
 * else has this project's defaults.
 *
 * @param options.rates how many of the eighteen
 * @param options.overheads by name: what a request takes beside its queueing, in each variant to simulate
 */
export function knativeLatency(options: {
  readonly replications: number;
  readonly rates: number;
  readonly overheads: Readonly<Record<string, DistributionSpec>>;
}): { readonly grid: readonly number[]; readonly measured: readonly number[]; readonly rows: LatencyRow[] } {
  const { knative, faasim } = (JSON.parse(readFileSync(file, "utf8")) as MeasuredFile)["1_function"];
  const points = Object.keys(knative.cdf_at_ms).sort((a, b) => Number(a) - Number(b));
  const grid = points.map((key) => Number(key) / 1e3);
  const measured = points.map((key) => knative.cdf_at_ms[key]!);
  const sweeps: readonly Sweep[] = ["staircase", "separate runs"];
  const simulated = sweeps.flatMap((sweep) =>
    Object.entries(options.overheads).map(([name, overhead]) => {
      const cdf = simulatedCdf(sweep, overhead, grid, options);
      return distance(`coldcast, ${sweep}, ${name}`, cdf, grid, measured);
    }),
  );
  const peer = points.map((key) => faasim.cdf_at_ms[key]!);
  return { grid, measured, rows: [...simulated, distance("FaaSim (digitised)", peer, grid, measured)] };
}

function simulatedCdf(
  sweep: Sweep,
  overhead: DistributionSpec,
  grid: readonly number[],
  { replications, rates }: { readonly replications: number; readonly rates: number },
): number[] {
  const steps = Array.from({ length: rates }, (_, k) => k + 1);
  const runs = sweep === "staircase" ? [steps] : steps.map((rate) => [rate]);
  const requests = runs.map((run) => run.reduce((sum, rate) => sum + 60 * rate, 0));
  const total = requests.reduce((sum, n) => sum + n, 0);
  const laws = runs.map((run) => runCdf(run, overhead, grid, replications));
  return grid.map((_, i) => laws.reduce((sum, law, k) => sum + (requests[k]! / total) * law[i]!, 0));
}

/** Each rate for a minute, equally spaced, one after the other. */
function runCdf(
  rates: readonly number[],
  requestOverhead: DistributionSpec,
  grid: readonly number[],
  replications: number,
): number[] {
  const times = rates.flatMap((rate, k) => Array.from({ length: 60 * rate }, (_, i) => `${60 * k + i / rate}s`));
  const scenario = toScenario({
    name: "sweep",
    seed: 1,
    duration: `${60 * rates.length}s`,
    arrivals: { kind: "trace", times },
    work: "1s",
    targets: { faas: { kind: "knative", containerConcurrency: 1 } },
    // A hair over each point, so that an overhead that ends exactly on it counts.
    report: { cdfAt: grid.map((at) => `${1 + at + 1e-9}s`) },
  });
  const target = { ...scenario.targets[0]!, requestOverhead };
  const answer = simulate({ ...scenario, targets: [target] }, { replications }).targets[0]!;
  if (answer.status === "unavailable") throw new Error(answer.reason);
  return answer.latency.cdf.map(({ value }) => value.value);
}

function distance(
  name: string,
  cdf: readonly number[],
  grid: readonly number[],
  measured: readonly number[],
): LatencyRow {
  const gaps = cdf.map((value, i) => Math.abs(value - measured[i]!));
  const ks = Math.max(...gaps);
  const tailKs = Math.max(...gaps.filter((_, i) => grid[i]! >= 0.1));
  return { name, ks, at: grid[gaps.indexOf(ks)]!, tailKs, cdf };
}
