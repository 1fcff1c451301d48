import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { ArrivalProcess } from "./arrivals.ts";

/**
 * Many requests at one instant, once or again and again.
 *
 * @param size requests, an integer ≥ 1
 * @param at instant of the (first) burst, in [0, ∞)
 * @param every distance of bursts; one burst only when absent
 */
export function burst({
  size,
  at = 0,
  every,
}: {
  readonly size: number;
  readonly at?: Seconds | undefined;
  readonly every?: Seconds | undefined;
}): ArrivalProcess {
  check(Number.isInteger(size) && size >= 1, "burst", "size must be an integer ≥ 1", size);
  check(at >= 0 && at < Infinity, "burst", "at must be in [0, ∞)", at);
  check(every === undefined || (every > 0 && every < Infinity), "burst", "every must be in (0, ∞)", every);
  return {
    rate: every === undefined ? 0 : size / every,
    finite: every === undefined,
    origins: 1,
    instants: () => {
      let sent = 0;
      const next = (): Seconds => {
        const round = Math.floor(sent++ / size);
        if (round === 0) return at;
        return every === undefined ? Infinity : at + round * every;
      };
      return { next, origin: 0 };
    },
  };
}
