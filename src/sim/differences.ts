import type { DifferenceAnswer, Estimate } from "../scenario/answer.ts";
import { Histogram } from "../stats/histogram.ts";
import { meanInterval } from "../stats/intervals.ts";
import { RunningMoments } from "../stats/moments.ts";
import type { ReplicationResult } from "./runRecorder.ts";

/**
 * What every other target's latency is above the first one's, with paired intervals: in one replication all targets face the same requests, so that
 * their differences scatter less than the figures do.
 *
 * @param results by target, replication by replication
 * @returns none where there are fewer than two targets, or than two replications
 */
export function pairedDifferences(
  results: readonly (readonly ReplicationResult[])[],
  quantiles: readonly number[],
): DifferenceAnswer[] {
  const [first = [], ...others] = results;
  return others.flatMap((other) => {
    const pairs = Math.min(first.length, other.length);
    if (pairs < 2) return [];
    const difference = (figure: (result: ReplicationResult) => number): Estimate => {
      const moments = new RunningMoments();
      for (let i = 0; i < pairs; i++) moments.record(figure(other[i]!) - figure(first[i]!));
      return meanInterval(moments);
    };
    return {
      target: other[0]!.target,
      than: first[0]!.target,
      mean: difference(meanOf),
      quantiles: quantiles.map((q) => ({ q, value: difference((result) => quantileOf(result, q)) })),
    };
  });
}

/** Unknown where no request was measured. */
function meanOf({ sections }: ReplicationResult): number {
  const { count, mean } = sections[0]!.latency.moments;
  return count === 0 ? Number.NaN : mean;
}

function quantileOf({ sections }: ReplicationResult, q: number): number {
  const histogram = new Histogram();
  histogram.addCounts(sections[0]!.latency.counts);
  return histogram.quantile(q);
}
