import { check } from "../base/check.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import { source } from "../random/source.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { type BatchSpec, batchOf } from "./batch.ts";
import { batched } from "./batched.ts";

/**
 * Events whose distances are independent and alike; the first after one full interval.
 *
 * @param interval its mean is positive
 * @param batch requests per event; one when absent
 */
export function renewal({
  interval: spec,
  batch: batchSpec,
}: {
  readonly interval: DistributionSpec;
  readonly batch?: BatchSpec | undefined;
}): ArrivalProcess {
  const interval = distribution(spec);
  check(interval.mean > 0 && interval.mean < Infinity, "renewal", "interval must have a mean in (0, ∞)", interval.mean);
  const batch = batchOf(batchSpec);
  const rate = 1 / interval.mean;
  return {
    rate: rate * batch.mean,
    finite: false,
    origins: 1,
    ...(spec.kind === "exponential" && { poisson: { rate, batch } }),
    instants: (name) => {
      const sample = interval.sampler(source(...name, "events"));
      let at = 0;
      return batched(() => (at += sample()), batch, name);
    },
  };
}
