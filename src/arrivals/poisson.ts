import { check } from "../base/check.ts";
import type { PerSecond } from "../base/units.ts";
import { source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { type BatchSpec, batchOf } from "./batch.ts";
import { batched } from "./batched.ts";

/**
 * Independent events at a constant rate, each bringing a batch of requests.
 *
 * @param rate events per second, in (0, ∞)
 * @param batch requests per event; one when absent
 */
export function poisson({
  rate,
  batch: batchSpec,
}: {
  readonly rate: PerSecond;
  readonly batch?: BatchSpec | undefined;
}): ArrivalProcess {
  check(rate > 0 && rate < Infinity, "poisson", "rate must be in (0, ∞)", rate);
  const batch = batchOf(batchSpec);
  return {
    rate: rate * batch.mean,
    finite: false,
    origins: 1,
    poisson: { rate, batch },
    instants: (name) => {
      const draw = standardExponential(source(...name, "events"));
      let at = 0;
      return batched(() => (at += draw() / rate), batch, name);
    },
  };
}
