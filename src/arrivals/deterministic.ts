import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { ArrivalProcess } from "./arrivals.ts";

/**
 * Requests at equal distances; the first after one interval.
 *
 * The n-th instant is n·interval, computed as such, so that it does not drift.
 *
 * @param interval in (0, ∞)
 */
export function deterministic({ interval }: { readonly interval: Seconds }): ArrivalProcess {
  check(interval > 0 && interval < Infinity, "deterministic arrivals", "interval must be in (0, ∞)", interval);
  return {
    rate: 1 / interval,
    finite: false,
    origins: 1,
    instants: () => {
      let n = 0;
      return { next: () => ++n * interval, origin: 0 };
    },
  };
}
