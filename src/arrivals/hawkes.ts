import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { ArrivalProcess } from "./arrivals.ts";

/**
 * Requests that bring further requests: each raises the rate by branching/decayTime, which then decays exponentially. Starts empty.
 *
 * Between two requests the rate is a constant plus a decaying excess, and the first event of either is drawn in closed form: exact, without
 * thinning, one or two draws a request.
 *
 * @param rate in the long run, in (0, ∞); (1 − branching) of it comes by itself
 * @param branching how many requests each one brings on average, in [0, 1)
 * @param decayTime mean delay of those, in (0, ∞)
 * @see Dassios & Zhao, Exact simulation of Hawkes process with exponentially decaying intensity, Electron. Commun. Probab. 18 (2013) no. 62
 */
export function hawkes({
  rate,
  branching,
  decayTime,
}: {
  readonly rate: PerSecond;
  readonly branching: number;
  readonly decayTime: Seconds;
}): ArrivalProcess {
  check(rate > 0 && rate < Infinity, "hawkes", "rate must be in (0, ∞)", rate);
  check(branching >= 0 && branching < 1, "hawkes", "branching must be in [0, 1)", branching);
  check(decayTime > 0 && decayTime < Infinity, "hawkes", "decayTime must be in (0, ∞)", decayTime);
  const background = rate * (1 - branching);
  const jump = branching / decayTime;
  return {
    rate,
    finite: false,
    origins: 1,
    instants: (name) => {
      const draw = standardExponential(source(...name, "events"));
      let at = 0;
      let excess = 0;
      const next = (): Seconds => {
        let wait = draw() / background;
        if (excess > 0) {
          // The excess brings excess·decayTime·(1 − e^(−t/decayTime)) requests by t: maybe none at all.
          const share = draw() / (excess * decayTime);
          if (share < 1) wait = Math.min(wait, -decayTime * Math.log1p(-share));
        }
        at += wait;
        excess = excess * Math.exp(-wait / decayTime) + jump;
        return at;
      };
      return { next, origin: 0 };
    },
  };
}
