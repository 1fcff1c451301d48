import { Histogram } from "../stats/histogram.ts";
import { RunningMoments } from "../stats/moments.ts";
import { studentQuantile } from "../stats/studentQuantile.ts";
import type { Estimate, OneRun } from "./answer.ts";
import type { LatencySample } from "./latencyRecorder.ts";
import type { ReportSpec } from "./scenario.ts";

/**
 * What chance does to one run: the ranges in which 95 % of single runs have their quantiles, and how far one run's law lies from that of all.
 *
 * Ranges are Student's, on logarithms, for one more run like these. Where all replications played one schedule, that is a measurement of the
 * very same arrivals, and what sets it apart from the simulation by chance is in these ranges and nowhere else.
 *
 * @param samples of two replications or more
 * @see Hahn & Meeker, Statistical Intervals (1991), §4.7
 */
export function oneRun(samples: readonly LatencySample[], report: ReportSpec): OneRun {
  const used = samples.filter(({ moments }) => moments.count > 0);
  const all = new Histogram();
  const runs = used.map(({ counts }) => {
    const histogram = new Histogram();
    histogram.addCounts(counts);
    all.addCounts(counts);
    return histogram;
  });
  return {
    runs: runs.length,
    quantiles: report.quantiles.map((q) => ({
      q,
      value: rangeOf(
        all.quantile(q),
        runs.map((run) => run.quantile(q)),
      ),
    })),
    ks: ksOfOneRun(all, runs),
  };
}

/** Where the next of these values will lie, with 95 %. */
function rangeOf(value: number, values: readonly number[]): Estimate {
  const logs = momentsOf(values.map(Math.log));
  if (values.length < 2 || !Number.isFinite(logs.mean)) return { value, low: 0, high: Infinity };
  const reach = reachOf(logs, 0.975);
  return { value, low: Math.exp(logs.mean - reach), high: Math.exp(logs.mean + reach) };
}

/** The distance from the law of all the others that one run in twenty exceeds. */
function ksOfOneRun(all: Histogram, runs: readonly Histogram[]): number {
  if (runs.length < 2) return 1;
  const toOthers = runs.length / (runs.length - 1);
  const distances = momentsOf(runs.map((run) => distance(run, all) * toOthers));
  return Math.min(1, distances.mean + reachOf(distances, 0.95));
}

function distance(run: Histogram, all: Histogram): number {
  let [own, shared, most] = [0, 0, 0];
  for (let bucket = 0; bucket < all.counts.length; bucket++) {
    own += run.counts[bucket] ?? 0;
    shared += all.counts[bucket]!;
    most = Math.max(most, Math.abs(own / run.count - shared / all.count));
  }
  return most;
}

function momentsOf(values: readonly number[]): RunningMoments {
  const moments = new RunningMoments();
  for (const value of values) moments.record(value);
  return moments;
}

const reachOf = ({ count, squares }: RunningMoments, p: number): number =>
  studentQuantile(p, count - 1) * Math.sqrt((squares / (count - 1)) * (1 + 1 / count));
