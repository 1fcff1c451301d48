import { type ArrivalsSpec, arrivals, type BatchSpec, type MarkovianArrivals } from "../arrivals/index.ts";
import { check } from "../base/check.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import { identity, rowTimes, scaleMatrix, solve } from "../numerics/matrix.ts";
import { batchLaw, renewalMap } from "./exactMap.ts";
import { fitIntervals } from "./fitIntervals.ts";
import { hawkesFit, type Modulated, modulatedFit } from "./fitModulation.ts";
import { mapFigures } from "./mapFigures.ts";
import type { Phases } from "./phasesOf.ts";
import { type SampleFigures, sampleFigures } from "./sampleFigures.ts";

/** A figure of the arrivals, and what the Markovian process in their place has. */
export interface FittedFigure {
  readonly figure: string;
  readonly wanted: number;
  readonly fitted: number;
}

/** A Markovian process in place of arrivals that are not one, and by how much it differs from them. */
export interface ArrivalFit {
  readonly map: MarkovianArrivals;
  /** Such as "two-phase MMPP". */
  readonly kind: string;
  /** The mean rate always agrees. */
  readonly figures: readonly FittedFigure[];
}

/** So many requests are drawn where arrivals have no figures in closed form. */
const drawn = 200_000;
/** A trace of fewer requests says too little. */
export const fewestRequests = 500;

/**
 * A Markovian arrival process with the moments of another: what a prediction uses where the arrivals are not Markovian.
 *
 * Times between events that are independent: phases with their mean, scv and, above scv 1, third moment. `hawkes`: the two-phase
 * MMPP with the same covariance of the rate at every distance. A trace and everything else: a sample of 200 000 requests, the
 * same each time; if its counts vary more than independent times would let them, the two-phase MMPP closest to their index of
 * dispersion over all windows, else phases.
 *
 * @returns null where the arrivals have no steady state: they end, or their rate follows a profile
 * @throws {RangeError} if a trace has fewer than 500 requests
 * @see Heffes & Lucantoni, A Markov modulated characterization of packetized voice, IEEE J. Sel. Areas Commun. 4 (1986) 856
 * @see Whitt, Approximating a point process by a renewal process, Oper. Res. 30 (1982) 125
 */
export function arrivalFit(spec: ArrivalsSpec): ArrivalFit | null {
  switch (spec.kind) {
    case "deterministic":
      return intervalFit({ kind: "deterministic", value: spec.interval }, undefined);
    case "renewal":
      return intervalFit(spec.interval, spec.batch);
    case "hawkes":
      return fromModulation(hawkesFit(spec));
    case "devices":
      // Clocks that start together tick together.
      if (spec.each.kind === "deterministic") {
        return intervalFit({ kind: "deterministic", value: spec.each.interval }, { kind: "fixed", size: spec.count });
      }
      return fromSample(spec);
    case "onOff":
    case "superposition":
      return arrivals(spec).finite || changes(spec) ? null : fromSample(spec);
    case "trace":
      check(spec.times.length >= fewestRequests, "arrivalFit", "a trace needs 500 requests", spec.times.length);
      return fitted(sampleFigures(Float64Array.from(spec.times).sort()));
    default:
      return null;
  }
}

/** The process that was put in place and its figures beside the wanted ones, in words. */
export function describeFit({ kind, figures }: ArrivalFit): string {
  const digits = (value: number): number => Number(value.toPrecision(3));
  const told = figures.map(({ figure, wanted, fitted }) => `${figure} ${digits(fitted)} for ${digits(wanted)}`);
  return `${kind} of the same rate (${told.join(", ")})`;
}

const changes = (spec: ArrivalsSpec): boolean =>
  spec.kind === "profile" || (spec.kind === "superposition" && spec.of.some(changes));

/** Independent times between events, each of which brings a batch. */
function intervalFit(interval: DistributionSpec, batch: BatchSpec | undefined): ArrivalFit {
  const law = distribution(interval);
  const third = law.moment(3);
  const { phases, kind } = fitIntervals({ mean: law.mean, scv: law.scv, third });
  const map = renewalMap(phases, batchLaw(batch));
  const figures = [{ figure: "scv of the time between events", wanted: law.scv, fitted: mapFigures(map).scv }];
  if (third < Infinity && law.scv > 0) {
    const wanted = third / law.mean ** 3;
    const fitted = thirdMoment(phases) / law.mean ** 3;
    figures.push({ figure: "third moment of the time between events, over its mean cubed", wanted, fitted });
  }
  return { map, kind, figures };
}

function fromSample(spec: ArrivalsSpec): ArrivalFit {
  const cursor = arrivals(spec).instants(["arrivalFit"]);
  const times = new Float64Array(drawn);
  for (let i = 0; i < drawn; i++) times[i] = cursor.next();
  // What the start from an empty past leaves is gone after the first tenth.
  return fitted(sampleFigures(times.subarray(drawn / 10)));
}

/** Counts that vary more than those of independent times with this scv are modulated. */
function fitted(sample: SampleFigures): ArrivalFit {
  const single = batchLaw(undefined);
  const modulated =
    sample.dispersion > 1.1 && sample.dispersion > 1.1 * sample.scv && sample.windows.length >= 3
      ? modulatedFit(sample)
      : null;
  if (modulated !== null) return fromModulation(modulated);
  const mean = 1 / sample.rate;
  const { phases, kind } = fitIntervals({ mean, scv: sample.scv, third: sample.third * mean ** 3 });
  const map = renewalMap(phases, single);
  const { scv, dispersion } = mapFigures(map);
  return {
    map,
    kind,
    figures: [
      { figure: "scv of the time between requests", wanted: sample.scv, fitted: scv },
      { figure: "dispersion of counts", wanted: sample.dispersion, fitted: dispersion },
      { figure: "correlation of one such time with the next", wanted: sample.lagOne, fitted: 0 },
    ],
  };
}

const fromModulation = ({ D0, D1, figures }: Modulated): ArrivalFit => ({
  map: { D0, D1, batch: batchLaw(undefined) },
  kind: "a two-phase MMPP",
  figures,
});

/** E[X³] of a phase-type time. */
function thirdMoment({ initial, generator }: Phases): number {
  const stay = solve(scaleMatrix(generator, -1), identity(initial.length));
  const row = rowTimes(rowTimes(rowTimes(initial, stay), stay), stay);
  return 6 * row.reduce((sum, x) => sum + x, 0);
}
