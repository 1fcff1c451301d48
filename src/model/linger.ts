import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";

/**
 * The wait of a message for the batch it is sent with: a batch is opened by a message and sent a fixed time later.
 *
 * The one that opens it waits the whole time; the others, λL on average, come at uniform instants within. Exact under
 * Poisson arrivals, for the wait only: the batches sent are no Poisson process.
 *
 * @param rate λ in (0, ∞)
 * @param lingerSeconds L in [0, ∞)
 * @throws {RangeError} if an argument is outside its domain
 * @see Kafka's `linger.ms`, with batches that never fill up
 * @example
 * linger({ rate: 100, lingerSeconds: 0.01 }).kind // => "mixture"
 */
export function linger({
  rate,
  lingerSeconds,
}: {
  readonly rate: PerSecond;
  readonly lingerSeconds: Seconds;
}): DistributionSpec {
  check(rate > 0 && rate < Infinity, "linger", "rate must be in (0, ∞)", rate);
  check(lingerSeconds >= 0 && lingerSeconds < Infinity, "linger", "lingerSeconds must be in [0, ∞)", lingerSeconds);
  const whole: DistributionSpec = { kind: "deterministic", value: lingerSeconds };
  if (lingerSeconds === 0) return whole;
  const others = rate * lingerSeconds;
  return {
    kind: "mixture",
    of: [
      { weight: 1 / (1 + others), of: whole },
      { weight: others / (1 + others), of: { kind: "uniform", low: 0, high: lingerSeconds } },
    ],
  };
}
