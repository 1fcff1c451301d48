import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { ArrivalProcess } from "./arrivals.ts";

/**
 * Recorded instants, replayed as they are, in order of time.
 *
 * @param times instants in [0, ∞), at least one, in any order
 */
export function trace({ times }: { readonly times: readonly Seconds[] }): ArrivalProcess {
  check(times.length >= 1, "trace", "needs at least one instant", times.length);
  for (const time of times) check(time >= 0 && time < Infinity, "trace", "times must be in [0, ∞)", time);
  const sorted = Float64Array.from(times).sort();
  return {
    rate: 0,
    finite: true,
    origins: 1,
    instants: () => {
      let sent = 0;
      return { next: () => (sent < sorted.length ? sorted[sent++]! : Infinity), origin: 0 };
    },
  };
}
