import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import { gammaP } from "../numerics/gamma.ts";
import type { AddedTime } from "./addedTime.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { varianceOf } from "./sumOfTimes.ts";
import type { TimeLaw } from "./timeLaw.ts";

/** Demands, and times added, at the middles of so many equally likely steps. */
const demandSteps = 200;
const addedSteps = 12;
/** What the fit was seen to err in the cdf, against exact values and simulation, and as a share of the far tail. */
const measuredError = 0.02;
const measuredShare = 0.16;

/**
 * The latency in M/G/1 with processor sharing: approximate, with the exact mean.
 *
 * Given the demand x the sojourn is x when nobody else comes, with probability (1 − ρ)e^(−λx); its mean is x/(1 − ρ),
 * its variance 2/(1 − ρ)²·∫₀ˣ(x − u)P(W > u)du with W the wait in M/G/1 in order of arrival, here taken as exponential
 * above its atom. What exceeds x is fitted by a gamma law.
 *
 * @returns null where the demand has no variance
 * @see Yashkov, Processor-sharing queues: some progress in analysis, QUESTA 2 (1987) 1
 */
export function sharedDemand({
  arrivalRate: lambda,
  start,
  work,
  added,
}: {
  readonly arrivalRate: PerSecond;
  readonly start: Distribution;
  readonly work: Distribution;
  readonly added: readonly AddedTime[];
}): LatencyLaw | null {
  const mean = start.mean + work.mean;
  const variance = varianceOf(start) + varianceOf(work);
  if (!(variance < Infinity)) return null;
  const load = lambda * mean;
  const meanWait = (lambda * (variance + mean * mean)) / (2 * (1 - load));
  const decay = load / meanWait;
  const later = added.reduce((sum, law) => sum + law.mean, 0);
  const offsets = addedLevels(added);
  const given = middles(demandSteps).map((p): Given => {
    const own = work.quantile(p);
    return { own, ...excess(start.mean + own, { lambda, load, decay }) };
  });
  const spread = given.reduce((sum, { spread }) => sum + spread, 0) / given.length;
  return {
    law: averaged(given, offsets, () => 1),
    ownWork: averaged(given, offsets, ({ own }) => own),
    mean: mean / (1 - load) + later,
    variance: variance / (1 - load) ** 2 + spread + added.reduce((sum, law) => sum + varianceOf(law), 0),
    meanWork: work.mean,
    kinked: false,
    roughness: 0,
  };
}

/** The sojourn of a request of known demand: the demand and, with a chance, a gamma time more. */
interface Given {
  readonly own: Seconds;
  readonly demand: Seconds;
  readonly alone: number;
  readonly shape: number;
  readonly unit: Seconds;
  readonly spread: number;
}

function excess(
  demand: Seconds,
  { lambda, load, decay }: { readonly lambda: PerSecond; readonly load: number; readonly decay: number },
): Omit<Given, "own"> {
  const alone = (1 - load) * Math.exp(-lambda * demand);
  const mean = (demand * load) / (1 - load);
  const far = decay * demand;
  // x − (1 − e^(−θx))/θ, by its series where that would cancel.
  const rest = far < 1e-4 ? (far * demand) / 2 : demand + Math.expm1(-far) / decay;
  const spread = ((2 * load) / (1 - load) ** 2 / decay) * rest;
  const conditional = mean / (1 - alone);
  const scv = Math.max((spread + mean * mean) / (1 - alone) / conditional ** 2 - 1, 1e-3);
  return { demand, alone, shape: 1 / scv, unit: conditional * scv, spread };
}

function averaged(given: readonly Given[], offsets: readonly Seconds[], weight: (of: Given) => number): TimeLaw {
  const average = (f: (of: Given, left: Seconds) => number, t: Seconds): number => {
    let sum = 0;
    for (const of of given) {
      let own = 0;
      for (const offset of offsets) if (t >= offset + of.demand) own += f(of, t - offset - of.demand);
      sum += weight(of) * own;
    }
    return sum / (given.length * offsets.length);
  };
  const cdf = (t: Seconds): number =>
    average(
      ({ alone, shape, unit }, left) => alone + (unit > 0 ? (1 - alone) * gammaP(shape, left / unit) : 1 - alone),
      t,
    );
  return {
    cdf,
    sketch: cdf,
    integral: (t) =>
      average(({ alone, shape, unit }, left) => {
        if (!(unit > 0)) return left;
        const beyond = left * gammaP(shape, left / unit) - shape * unit * gammaP(shape + 1, left / unit);
        return alone * left + (1 - alone) * beyond;
      }, t),
    error: (t) => Math.min(measuredError, measuredShare * (1 - cdf(t))),
    atoms: [],
    kinks: [],
  };
}

/** Equally likely values of the sum of the added times; all but the widest by their means. */
function addedLevels(added: readonly AddedTime[]): Seconds[] {
  const widest = added.reduce((a, b) => (varianceOf(b) > varianceOf(a) ? b : a));
  const others = added.reduce((sum, law) => sum + (law === widest ? 0 : law.mean), 0);
  if (varianceOf(widest) === 0) return [others + widest.mean];
  return middles(addedSteps).map((p) => others + widest.quantile(p));
}

const middles = (steps: number): number[] => Array.from({ length: steps }, (_, i) => (i + 0.5) / steps);
