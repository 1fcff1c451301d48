import type { TransformPart } from "../distributions/index.ts";
import { type Complex, complex, scale } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import { joined } from "./atomicLatency.ts";
import { atomsOf, sumOfAtoms } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { type Atom, lawOf, memoised, merged, productOf, weightedByItself } from "./law.ts";
import { invertedLaw, type TimeLaw } from "./timeLaw.ts";

/** More delays than this are not split. */
const mostDelays = 60;

/** A share of the requests whose latency is a sum of independent times, one of them their own work. */
export interface Branch {
  readonly weight: number;
  readonly times: readonly AddedTime[];
  readonly own: AddedTime;
}

/**
 * The latency of requests that wait for nobody: of several kinds, each with a sum of independent times of its own.
 *
 * Every delay and atom is split off before the rest is inverted; with too many of them the whole is inverted at once, and the
 * result says so by its roughness.
 *
 * @param branches weights sum to 1; every time has a transform
 */
export function sumOfTimes(branches: readonly Branch[]): LatencyLaw {
  const present = branches.filter(({ weight }) => weight > 0);
  const moments = present.map(({ weight, times, own }) => ({
    weight,
    mean: [...times, own].reduce((sum, law) => sum + law.mean, 0),
    variance: [...times, own].reduce((sum, law) => sum + varianceOf(law), 0),
  }));
  const mean = moments.reduce((sum, m) => sum + m.weight * m.mean, 0);
  const facts = {
    rough: tooManyDelays(present.map(({ times, own }) => [...times, own])),
    typical: mean > 0 && mean < Infinity ? mean : 1,
  };
  return {
    law: mixture(
      present.map(({ weight, times, own }) => ({ weight, times: [...times, own], weighted: null })),
      facts,
    ),
    ownWork: mixture(
      present.map(({ weight, times, own }) => ({ weight, times, weighted: own })),
      facts,
    ),
    mean,
    // The spread within the branches and between them, which does not cancel.
    variance:
      mean === Infinity
        ? Infinity
        : moments.reduce((sum, m) => sum + m.weight * (m.variance + (m.mean - mean) ** 2), 0),
    meanWork: present.reduce((sum, { weight, own }) => sum + weight * own.mean, 0),
    kinked: facts.rough,
    roughness: facts.rough ? 1e-3 : 0,
  };
}

/** The variance of a time; 0 for no time at all, whose scv means nothing. */
export const varianceOf = ({ mean, scv }: AddedTime): number => (mean === 0 ? 0 : scv * mean ** 2);

interface Term {
  readonly weight: number;
  readonly times: readonly AddedTime[];
  /** The time that also weighs the requests, E[Y·e^(−sY)]. */
  readonly weighted: AddedTime | null;
}

function mixture(
  terms: readonly Term[],
  { rough, typical }: { readonly rough: boolean; readonly typical: number },
): TimeLaw {
  const none: readonly TransformPart[] = [{ delay: 0, smooth: () => complex(1) }];
  const plain = onceEach((time) => limited(time, rough));
  const byItself = onceEach((time) => weightedByItself(limited(time, rough)));
  const parts = terms.flatMap(({ weight, times, weighted }) => {
    const factors = [...times.map(plain), ...(weighted === null ? [] : [byItself(weighted)])];
    return factors.reduce(productOf, none).map(({ delay, smooth }) => ({
      delay,
      smooth: weight === 1 ? smooth : (s: Complex) => scale(smooth(s), weight),
      residues: [],
    }));
  });
  const atoms = terms.flatMap(({ weight, times, weighted }) =>
    rough || weighted !== null ? [] : times.map(atomsOf).reduce<readonly Atom[]>(sumOfAtoms, [{ at: 0, weight }]),
  );
  const whole = rough ? merged(parts).map((part) => ({ ...part, residues: [] })) : parts;
  const kept = joined(atoms).filter((atom) => atom.weight > 1e-12);
  return invertedLaw(lawOf(whole, { poles: [], atoms: kept, scale: typical }));
}

const limited = ({ transform = [] }: AddedTime, rough: boolean): readonly TransformPart[] =>
  rough ? merged(transform) : transform;

/** The factors of a time, which many branches share and which are computed once for each s. */
function onceEach(
  partsOf: (time: AddedTime) => readonly TransformPart[],
): (time: AddedTime) => readonly TransformPart[] {
  const known = new Map<AddedTime, readonly TransformPart[]>();
  return (time) => {
    const before = known.get(time);
    if (before !== undefined) return before;
    const parts = partsOf(time).map(({ delay, smooth }) => ({ delay, smooth: memoised(smooth) }));
    known.set(time, parts);
    return parts;
  };
}

/** Whether more delays than can be treated one by one are different. */
function tooManyDelays(sums: readonly (readonly AddedTime[])[]): boolean {
  const different = new Set<number>();
  for (const times of sums) {
    let delays = [0];
    for (const { transform = [] } of times) {
      delays = [...new Set(delays.flatMap((x) => transform.map(({ delay }) => Number((x + delay).toPrecision(12)))))];
      if (delays.length > mostDelays) return true;
    }
    for (const delay of delays) different.add(delay);
  }
  return different.size > mostDelays;
}
