import { check, InputError } from "../base/check.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import type { ArrivalProcess } from "./arrivals.ts";

/**
 * Clients that each wait for their answer, think, and ask again: the answers drive the requests, so there is no schedule.
 *
 * @param clients an integer ≥ 1
 * @param thinkTime from an answer to the client's next request, and from time 0 to its first
 */
export function closed({
  clients,
  thinkTime,
}: {
  readonly clients: number;
  readonly thinkTime: DistributionSpec;
}): ArrivalProcess {
  check(Number.isInteger(clients) && clients >= 1, "closed", "clients must be an integer ≥ 1", clients);
  const { mean } = distribution(thinkTime);
  check(mean < Infinity, "closed", "thinkTime must have a finite mean", mean);
  return {
    // Set by the answers: at most clients / thinkTime.
    rate: 0,
    finite: false,
    origins: clients,
    instants: () => {
      throw new InputError("scenario", [
        {
          path: "arrivals",
          message: "closed arrivals follow the answers and have no schedule; simulate or predict them",
        },
      ]);
    },
  };
}
