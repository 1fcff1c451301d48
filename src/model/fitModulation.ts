import type { MarkovianArrivals } from "../arrivals/index.ts";
import type { FittedFigure } from "./arrivalFit.ts";
import { mapFigures } from "./mapFigures.ts";
import type { SampleFigures } from "./sampleFigures.ts";

/** A Poisson process whose rate has two values, by what its counts show. */
interface TwoRates {
  readonly mean: number;
  readonly variance: number;
  /** The rate's covariance falls as e^(−decay·t). */
  readonly decay: number;
  /** Share of time at the higher rate. */
  readonly high: number;
}

type Matrices = Pick<MarkovianArrivals, "D0" | "D1">;

export interface Modulated extends Matrices {
  readonly figures: readonly FittedFigure[];
}

/** The share of time at the higher rate beyond which the lower one would be negative. */
const mostHigh = ({ mean, variance }: Pick<TwoRates, "mean" | "variance">): number =>
  mean ** 2 / (mean ** 2 + variance);

function matricesOf({ mean, variance, decay, high }: TwoRates): Matrices {
  const apart = Math.sqrt(variance / (high * (1 - high)));
  const rates = [mean + (1 - high) * apart, Math.max(0, mean - high * apart)] as const;
  const [down, up] = [decay * (1 - high), decay * high];
  return {
    D0: [
      [-down - rates[0], down],
      [up, -up - rates[1]],
    ],
    D1: [
      [rates[0], 0],
      [0, rates[1]],
    ],
  };
}

/**
 * The two-phase MMPP with the rate's covariance of a Hawkes process, at every distance, and its skewness where that is possible.
 *
 * With a = branching/decayTime a request's own contribution, the rate is a Markov process whose moments follow one another.
 *
 * @see Hawkes, Spectra of some self-exciting and mutually exciting point processes, Biometrika 58 (1971) 83
 */
export function hawkesFit({
  rate,
  branching,
  decayTime,
}: {
  readonly rate: number;
  readonly branching: number;
  readonly decayTime: number;
}): Modulated {
  const beta = 1 / decayTime;
  const jump = branching * beta;
  const pull = beta - jump;
  const base = beta * rate * (1 - branching);
  const second = ((2 * base + jump ** 2) * rate) / (2 * pull);
  const third = ((3 * base + 3 * jump ** 2) * second + jump ** 3 * rate) / (3 * pull);
  // Requests bring requests, which adds to the covariance of the rate what a request says about the next ones.
  const variance = second - rate ** 2 + jump * rate;
  const own = second - rate ** 2;
  const skewness = (third - 3 * rate * second + 2 * rate ** 3) / own ** 1.5;
  const high = Math.min(highOf(skewness), mostHigh({ mean: rate, variance }));
  const map = matricesOf({ mean: rate, variance, decay: pull, high });
  const dispersion = 1 / (1 - branching) ** 2;
  return {
    ...map,
    figures: [
      { figure: "dispersion of counts", wanted: dispersion, fitted: mapFigures(map).dispersion },
      { figure: "skewness of the rate", wanted: skewness, fitted: (1 - 2 * high) / Math.sqrt(high * (1 - high)) },
    ],
  };
}

/** The p with (1 − 2p)/√(p(1 − p)) = skewness. */
const highOf = (skewness: number): number => (1 - skewness / Math.sqrt(4 + skewness ** 2)) / 2;

/**
 * The two-phase MMPP closest to a sample's dispersion of counts over all windows, then to its time between requests.
 *
 * Dispersion in a window w is 1 + A·(1 − (1 − e^(−x))/x), x = decay·w: for every decay the best A follows at once.
 */
export function modulatedFit({ rate, scv, lagOne, windows }: SampleFigures): Modulated | null {
  let best = { error: Infinity, decay: 0, amplitude: 0 };
  const [shortest, longest] = [windows[0]!.seconds, windows.at(-1)!.seconds];
  for (let k = 0; k <= 200; k++) {
    const decay = (0.02 / longest) * ((100 * longest) / shortest / 0.02) ** (k / 200);
    const shapes = windows.map(({ seconds }) => reached(decay * seconds));
    const weights = windows.map(({ dispersion }) => 1 / dispersion ** 2);
    const above = windows.reduce((sum, { dispersion }, i) => sum + weights[i]! * shapes[i]! * (dispersion - 1), 0);
    const amplitude = above / shapes.reduce((sum, shape, i) => sum + weights[i]! * shape ** 2, 0);
    const error = windows.reduce(
      (sum, { dispersion }, i) => sum + weights[i]! * (1 + amplitude * shapes[i]! - dispersion) ** 2,
      0,
    );
    if (error < best.error) best = { error, decay, amplitude };
  }
  const { decay, amplitude } = best;
  if (!(amplitude > 0)) return null;
  const variance = (amplitude * rate * decay) / 2;
  const limit = mostHigh({ mean: rate, variance });
  let chosen = { error: Infinity, high: limit };
  for (let k = 0; k <= 60; k++) {
    const high = limit * 10 ** (-k / 15);
    const figures = mapFigures(matricesOf({ mean: rate, variance, decay, high }));
    const error = Math.abs(Math.log((1 + figures.scv) / (1 + scv))) + Math.abs(figures.lagOne - lagOne);
    if (error < chosen.error) chosen = { error, high };
  }
  const map = matricesOf({ mean: rate, variance, decay, high: chosen.high });
  const found = mapFigures(map);
  const worst = windows
    .map(({ seconds, dispersion }) => ({
      figure: `dispersion of counts in ${Number(seconds.toPrecision(2))} s`,
      wanted: dispersion,
      fitted: 1 + amplitude * reached(decay * seconds),
    }))
    .sort((a, b) => Math.abs(Math.log(b.fitted / b.wanted)) - Math.abs(Math.log(a.fitted / a.wanted)));
  return {
    ...map,
    figures: [
      worst[0]!,
      { figure: "scv of the time between requests", wanted: scv, fitted: found.scv },
      { figure: "correlation of one such time with the next", wanted: lagOne, fitted: found.lagOne },
    ],
  };
}

/** 1 − (1 − e^(−x))/x */
const reached = (x: number): number => (x < 1e-4 ? x / 2 - x ** 2 / 6 : 1 + Math.expm1(-x) / x);
