import type { Estimate, LatencyAnswer } from "../scenario/answer.ts";

/**
 * The figures of a law whose distribution function may be off by so much: as many quantiles further, in the tail half of what is
 * left.
 */
export function widened(latency: LatencyAnswer, error: number): LatencyAnswer {
  const share = ({ value, low, high }: Estimate): Estimate => ({
    value,
    low: Math.max(0, low - error),
    high: Math.min(1, high + error),
  });
  const { seconds, probability } = latency.curve;
  const at = (p: number): number => seconds[probability.findIndex((value) => value >= p)] ?? seconds.at(-1) ?? 0;
  return {
    ...latency,
    quantiles: latency.quantiles.map(({ q, value: { value, low, high } }) => {
      const reach = Math.min(error, (1 - q) / 2);
      return { q, value: { value, low: Math.min(low, at(q - reach)), high: Math.max(high, at(q + reach)) } };
    }),
    cdf: latency.cdf.map(({ at: instant, value }) => ({ at: instant, value: share(value) })),
    buckets: latency.buckets.map(({ upTo, value }) => ({ upTo, value: share(value) })),
    withinObjective: latency.withinObjective === null ? null : share(latency.withinObjective),
  };
}
