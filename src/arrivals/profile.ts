import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import { source } from "../random/source.ts";
import { standardExponential } from "../random/standardExponential.ts";
import type { ArrivalProcess } from "./arrivals.ts";

interface Point {
  readonly at: Seconds;
  readonly rate: PerSecond;
}

/** A stretch of time in which the rate is straight. */
interface Piece {
  readonly from: Seconds;
  readonly rate: PerSecond;
  /** Change of the rate, per second². */
  readonly slope: number;
  /** Requests it brings on average; Infinity for the last one. */
  readonly mass: number;
}

/**
 * Requests at a rate that follows a line through points, or steps from one to the next; the end values hold for ever.
 *
 * The integrated rate is inverted in closed form in each piece, so that the instants are exact. A law over time, not a steady state.
 *
 * @param points instants in [0, ∞) that do not decrease (two at one instant are a jump) and rates in [0, ∞), not all 0
 * @param step hold each rate until the next point, instead of a line between them
 * @param spacing poisson: at random; even: whenever the integrated rate reaches the next whole number
 */
export function profile({
  points,
  step = false,
  spacing = "poisson",
}: {
  readonly points: readonly Point[];
  readonly step?: boolean | undefined;
  readonly spacing?: "poisson" | "even" | undefined;
}): ArrivalProcess {
  check(points.length >= 1, "profile", "needs at least one point", points.length);
  for (const [i, { at, rate }] of points.entries()) {
    check(rate >= 0 && rate < Infinity, "profile", "rates must be in [0, ∞)", rate);
    check(at >= 0 && at < Infinity, "profile", "instants must be in [0, ∞)", at);
    check(i === 0 || at >= points[i - 1]!.at, "profile", "instants must not decrease", at);
  }
  check(
    points.some(({ rate }) => rate > 0),
    "profile",
    "at least one rate must be positive",
    0,
  );
  const pieces = piecesOf(points, step);
  const last = points.at(-1)!.rate;
  return {
    rate: last,
    finite: last === 0,
    origins: 1,
    instants: (name) => {
      const gap = spacing === "even" ? () => 1 : standardExponential(source(...name, "events"));
      let piece = 0;
      let mass = 0;
      const next = (): Seconds => {
        mass += gap();
        while (mass > pieces[piece]!.mass) {
          mass -= pieces[piece]!.mass;
          piece++;
        }
        return after(pieces[piece]!, mass);
      };
      return { next, origin: 0 };
    },
  };
}

function piecesOf(points: readonly Point[], step: boolean): readonly Piece[] {
  const first = points[0]!;
  const last = points.at(-1)!;
  const pieces = [{ from: 0, rate: first.rate, slope: 0, mass: first.rate * first.at }];
  for (const [i, { at: to, rate: end }] of points.entries()) {
    if (i === 0) continue;
    const { at: from, rate } = points[i - 1]!;
    const length = to - from;
    if (length === 0) continue;
    pieces.push({
      from,
      rate,
      slope: step ? 0 : (end - rate) / length,
      mass: step ? rate * length : ((rate + end) / 2) * length,
    });
  }
  return [...pieces, { from: last.at, rate: last.rate, slope: 0, mass: Infinity }];
}

/** When a piece has brought `mass` requests: the root of rate·t + slope·t²/2 = mass, in the form that does not cancel. */
function after({ from, rate, slope }: Piece, mass: number): Seconds {
  if (slope === 0) return rate === 0 ? Infinity : from + mass / rate;
  return from + (2 * mass) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * mass)));
}
