import { type Distribution, distribution } from "../../src/distributions/index.ts";
import { meanBounds } from "../../src/stats/meanBounds.ts";

/** Latency quantiles in seconds, and the share of it that is not work. */
export interface Stated {
  readonly quantiles: readonly { readonly q: number; readonly value: number }[];
  readonly overhead: number;
}

const quantiles = (p50: number, p95: number, p99: number) => [
  { q: 0.5, value: p50 },
  { q: 0.95, value: p95 },
  { q: 0.99, value: p99 },
];

/** What the poster states. */
export const poster = {
  waas: { quantiles: quantiles(0.022, 0.055, 0.08), overhead: 0.22 },
  faas: { quantiles: quantiles(0.11, 0.23, 0.35), overhead: 0.58 },
  headline: 2,
} as const satisfies { readonly waas: Stated; readonly faas: Stated; readonly headline: number };

/** Starts as the poster has them; it states ranges, so a law within each is an assumption. */
export const starts: Readonly<Record<"waas" | "faas" | "faasEven", Distribution>> = {
  waas: distribution({ kind: "uniform", low: 0.005, high: 0.02 }),
  /** The lognormal of which 1 % lie below 100 ms and 1 % above 900 ms. */
  faas: lognormalBetween(0.1, 0.9),
  faasEven: distribution({ kind: "uniform", low: 0.1, high: 0.9 }),
};

/** The lognormal with 1 % below one value and 1 % above the other. */
function lognormalBetween(low: number, high: number): Distribution {
  const sigma = Math.log(high / low) / (2 * 2.3263478740408408);
  return distribution({
    kind: "lognormal",
    mean: Math.sqrt(low * high) * Math.exp(sigma ** 2 / 2),
    scv: Math.expm1(sigma ** 2),
  });
}

/** How many times larger one system's figure is than the other's, level by level. */
export const ratios = (more: Stated, less: Stated): { readonly q: number; readonly ratio: number }[] =>
  more.quantiles.map(({ q, value }, i) => ({ q, ratio: value / less.quantiles[i]!.value }));

/** How long the slowest hundredth may take on average, at most, before a bound is no longer believed. */
export interface Tail {
  /** Average of all requests beyond the last stated quantile, in seconds. */
  readonly mean: number;
}

/** Bounds on the mean latency, whatever its law, when the slowest take `tail` on average. */
export function latencyMean({ quantiles }: Stated, { mean: largest }: Tail): Range {
  return meanBounds(quantiles, { largest });
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The mean work that an overhead of the mean latency leaves. */
export function workMean(stated: Stated, tail: Tail): Range {
  const { low, high } = latencyMean(stated, tail);
  return { low: (1 - stated.overhead) * low, high: (1 - stated.overhead) * high };
}

/** How long the slowest must take on average for a mean latency, at least; 0 where the quantiles alone allow it. */
export function tailFor({ quantiles }: Stated, mean: number): number {
  const last = quantiles.at(-1)!;
  const { high } = meanBounds(quantiles, { largest: last.value });
  return mean <= high ? 0 : last.value + (mean - high) / (1 - last.q);
}

/** The largest share of requests that can have waited for a start, if no quantile is to be exceeded. */
export function coldShareMax({ quantiles }: Stated, start: Pick<Distribution, "cdf">): number {
  return Math.min(1, ...quantiles.map(({ q, value }) => (1 - q) / (1 - start.cdf(value))));
}

/**
 * The lognormal through the median and the given level, and what it says of the other levels: how far a smooth law of one hump is from the
 * stated quantiles.
 */
export function lognormalThrough({ quantiles: [half, high, highest] }: Stated) {
  const sigma = Math.log(high!.value / half!.value) / 1.6448536269514722;
  const atHighest = half!.value * Math.exp(2.3263478740408408 * sigma);
  return { sigma, mean: half!.value * Math.exp(sigma ** 2 / 2), atHighest, off: atHighest / highest!.value };
}
