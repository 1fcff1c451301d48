import type { AvailableAnswer, Estimate } from "../scenario/answer.ts";

/** The figure whose interval decides how long a simulation goes on. */
export type PrecisionOf = { readonly quantile: number } | "mean" | "cold";

export interface Precision {
  readonly of: PrecisionOf;
  /** Half the 95 % interval over the figure, in (0, 1). */
  readonly relative: number;
  /** Replications after which it stops whatever it has reached. */
  readonly most: number;
}

/** "p99", "mean" or "cold". */
export const precisionName = (of: PrecisionOf): string =>
  typeof of === "string" ? of : `p${Number((100 * of.quantile).toPrecision(10))}`;

/**
 * Half the figure's 95 % interval over the figure.
 *
 * @returns Infinity where nothing is known yet, such as the probability of what never happened
 */
export function relativeError(answer: Pick<AvailableAnswer, "latency" | "cold">, of: PrecisionOf): number {
  const { value, low, high } = figureOf(answer, of);
  if (value === 0 && high === 0) return 0;
  const error = (high - low) / 2 / value;
  return Number.isNaN(error) ? Infinity : error;
}

function figureOf({ latency, cold }: Pick<AvailableAnswer, "latency" | "cold">, of: PrecisionOf): Estimate {
  if (of === "mean") return latency.mean;
  if (of === "cold") return cold.probability;
  const found = latency.quantiles.find(({ q }) => Math.abs(q - of.quantile) < 1e-12);
  if (found === undefined) throw new RangeError(`precision: the report must hold ${precisionName(of)}`);
  return found.value;
}

/**
 * How many replications to have next: errors fall as one over the square root of their number.
 *
 * A tenth more than that, because the error is itself an estimate, and four times as many at the most, because a lucky or unlucky early one must
 * not decide alone.
 */
export function nextReplications(done: number, reached: number, { relative, most }: Precision): number {
  const needed = Math.ceil(1.1 * done * (reached / relative) ** 2);
  return Math.min(most, Math.max(done + 1, Math.min(needed, 4 * done)));
}
