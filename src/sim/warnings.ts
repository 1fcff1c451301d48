import { arrivals } from "../arrivals/index.ts";
import { formatDuration, type Seconds } from "../base/units.ts";
import type { Estimate } from "../scenario/answer.ts";
import type { Scenario, TargetSpec } from "../scenario/scenario.ts";
import { isAutocorrelated } from "../stats/autocorrelation.ts";
import { mser } from "../stats/mser.ts";
import { joinSections, type SectionData } from "./section.ts";
import { averageSeries, type LatencySeries } from "./seriesRecorder.ts";
import { isStable } from "./stable.ts";

/** Fewer batches give no interval worth the name. */
const batchesLeast = 8;

/**
 * The batches of one long run, joined in pairs until their means are as good as independent.
 *
 * @returns at least eight where there were as many; `alike` where even those depend on each other, so that intervals are too short
 */
export function independentBatches(sections: readonly SectionData[]): {
  readonly sections: readonly SectionData[];
  readonly alike: boolean;
} {
  let joined = sections;
  while (isAutocorrelated(meansOf(joined))) {
    if (joined.length < 2 * batchesLeast) return { sections: joined, alike: true };
    const pairs = joined;
    joined = Array.from({ length: Math.floor(pairs.length / 2) }, (_, i) =>
      // An odd one goes with the last pair.
      joinSections(pairs.slice(2 * i, 2 * i + 4 > pairs.length ? pairs.length : 2 * i + 2)),
    );
  }
  return { sections: joined, alike: false };
}

const meansOf = (sections: readonly SectionData[]): number[] =>
  sections.filter(({ latency }) => latency.moments.count > 0).map(({ latency }) => latency.moments.mean);

/**
 * What a reader should know before trusting a simulated answer: a warm-up that is too short, batches that depend on each other.
 *
 * @param latency the mean with its interval: a start that moves it by less is no harm
 */
export function warningsOf(
  scenario: Scenario,
  target: TargetSpec,
  found: { readonly series: readonly LatencySeries[]; readonly mean: Estimate; readonly alike: boolean },
): string[] {
  const warnings: string[] = [];
  if (Number.isNaN(found.mean.value) && scenario.warmup > 0) {
    warnings.push(
      `no request was measured: none completes that arrives after the warm-up of ${formatDuration(scenario.warmup)}`,
    );
  }
  if (hasSteadyState(scenario, target)) {
    const warning = warmupWarning(scenario.warmup, averageSeries(found.series), found.mean);
    if (warning !== null) warnings.push(warning);
  }
  if (found.alike) {
    warnings.push(
      "the run is too short for its own intervals: neighbouring batches are alike; simulate more requests or replications",
    );
  }
  return warnings;
}

function hasSteadyState(scenario: Scenario, target: TargetSpec): boolean {
  const { kind } = scenario.arrivals;
  const isSteady = kind !== "profile" && kind !== "burst" && !arrivals(scenario.arrivals).finite;
  return isSteady && scenario.faults === undefined && isStable(scenario, target);
}

/** MSER-5 over the mean of all replications (Welch's average): where it cuts later than the warm-up, and that moves the mean. */
function warmupWarning(warmup: Seconds, { means, until }: LatencySeries, mean: Estimate): string | null {
  const cut = mser([...means]);
  if (cut === 0 || !(until[cut - 1]! > warmup)) return null;
  const given = meanFrom(
    means,
    until.findIndex((at) => at > warmup),
  );
  const steady = meanFrom(means, cut);
  const reach = (mean.high - mean.low) / 2;
  if (!(Math.abs(given - steady) > reach)) return null;
  const stated = warmup === 0 ? "without a warm-up" : `with a warm-up of ${formatDuration(warmup)}`;
  const start = `${stated} the start from empty still shows: the mean latency is ${formatDuration(given)}`;
  if (2 * cut >= means.length - 1) return `${start}, and drifts half-way through the run; simulate longer`;
  return `${start}, but ${formatDuration(steady)} after the first ${formatDuration(until[cut - 1]!)} (MSER-5); set warmup to that or more`;
}

function meanFrom(means: Float64Array, first: number): number {
  const rest = means.subarray(first);
  return rest.reduce((sum, each) => sum + each, 0) / rest.length;
}
