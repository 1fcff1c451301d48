import { type ArrivalsSpec, arrivals, type BatchSpec, type MarkovianArrivals } from "../arrivals/index.ts";
import { check } from "../base/check.ts";
import { empirical } from "../distributions/empirical.ts";
import { type Distribution, type DistributionSpec, distribution } from "../distributions/index.ts";
import { batchLaw, exactMap, onOffMap, renewalMap } from "./exactMap.ts";
import { fitIntervals, type PhaseFit } from "./fitIntervals.ts";
import { hawkesFit, type Modulated, modulatedFit } from "./fitModulation.ts";
import { mapFigures } from "./mapFigures.ts";
import { phasesOf } from "./phasesOf.ts";
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
 * Times between events that are independent, and on- and off-times: mixtures of Erlang times. `hawkes`: the two-phase MMPP with
 * the same covariance of the rate at every distance. On-off devices: exponential ones with their dispersion. A trace and
 * everything else: a sample of 200 000 requests, the same each time; if its counts vary more than independent times would let
 * them, the two-phase MMPP closest to their index of dispersion over all windows, else phases.
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
      return (spec.each.kind === "onOff" ? devicesFit(spec.each, spec.count) : null) ?? fromSample(spec);
    case "onOff":
      return onOffFit(spec);
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
  const { phases, kind, scv, distance } = fitIntervals(law);
  return {
    map: renewalMap(phases, batchLaw(batch)),
    kind,
    figures: [
      { figure: "scv of the time between events", wanted: law.scv, fitted: scv },
      { figure: "largest difference of its distribution functions", wanted: 0, fitted: distance },
    ],
  };
}

/** On-times and off-times by phases each, the rate while on as it is. */
function onOffFit({ on, off, rate }: ArrivalsSpec & { readonly kind: "onOff" }): ArrivalFit {
  const [ons, offs] = [on, off].map((spec) => timeFit(spec));
  return {
    map: onOffMap(ons!.phases, offs!.phases, rate),
    kind: "an on-off process of phases",
    figures: [
      { figure: "scv of on-times", wanted: distribution(on).scv, fitted: ons!.scv },
      { figure: "scv of off-times", wanted: distribution(off).scv, fitted: offs!.scv },
    ],
  };
}

/** A fit of fewer phases, for where the eigenvalues of a better one are not found; null where there is none. */
export const simplerFit = (spec: ArrivalsSpec): ArrivalFit | null =>
  spec.kind === "onOff" ? devicesFit(spec, 1) : null;

function timeFit(spec: DistributionSpec): Pick<PhaseFit, "phases" | "scv"> {
  const phases = phasesOf(spec);
  // Few different phases: many alike would have eigenvalues that coincide.
  return phases === null
    ? fitIntervals(distribution(spec), { components: 3, mostAlike: 1, mostStages: 4 })
    : { phases, scv: distribution(spec).scv };
}

/**
 * On-off devices as exponential ones with their chance to be on and their dispersion of counts in long times.
 *
 * How many are on at an instant has the same law; alternating longer or shorter makes up for what on-times and off-times vary.
 */
function devicesFit(each: ArrivalsSpec & { readonly kind: "onOff" }, count: number): ArrivalFit | null {
  const [on, off] = [distribution(each.on), distribution(each.off)];
  const stretch = (on.scv + off.scv) / 2;
  if (!(stretch > 0 && stretch < Infinity)) return null;
  const time = (mean: number): DistributionSpec => ({ kind: "exponential", mean: mean * stretch });
  const map = exactMap({ kind: "devices", count, each: { ...each, on: time(on.mean), off: time(off.mean) } });
  if (map === null) return null;
  const cycle = on.mean + off.mean;
  const wanted = 1 + (each.rate * on.mean * off.mean ** 2 * (on.scv + off.scv)) / cycle ** 2;
  return {
    map,
    kind: count === 1 ? "an exponential on-off process" : `${count} exponential on-off devices`,
    figures: [
      { figure: "dispersion of counts", wanted, fitted: mapFigures(map).dispersion },
      { figure: "mean on-time in seconds", wanted: on.mean, fitted: on.mean * stretch },
    ],
  };
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
  const { phases, kind } = fitIntervals(thinned(sample));
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

/** A thousand quantiles say what a fit needs. */
function thinned({ times, rate, scv }: SampleFigures): Pick<Distribution, "mean" | "scv" | "cdf" | "quantile"> {
  const sorted = Float64Array.from(times).sort();
  const values = Array.from({ length: 1000 }, (_, i) => sorted[Math.floor(((i + 0.5) / 1000) * sorted.length)]!);
  return { ...empirical({ values }), mean: 1 / rate, scv };
}

const fromModulation = ({ D0, D1, figures }: Modulated): ArrivalFit => ({
  map: { D0, D1, batch: batchLaw(undefined) },
  kind: "a two-phase MMPP",
  figures,
});
