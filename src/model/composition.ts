import type { Distribution, TransformPart } from "../distributions/index.ts";
import { type Complex, complex, scale } from "../numerics/complex.ts";
import { isAtomic, joined, lawOfCombinations, plusAtoms } from "./atomicLatency.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { atomsOf, sumOfAtoms } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { type Atom, type BarePart, lawOf, merged, productOf, transformAt } from "./law.ts";
import { invertedLaw, sumOfLaws } from "./timeLaw.ts";

/** More delays than this are not split: every one costs an inversion at every instant. */
const mostDelays = 40;

/**
 * The latency: the sojourn in the queue plus independent times that hold no slot (network, request overhead).
 *
 * @param added the times added after completion
 */
export function latencyLaw(queue: ColdQueue, added: readonly Distribution[]): LatencyLaw {
  const addedParts = added.reduce<TransformPart[]>(
    (parts, law) => productOf(parts, law.transform ?? []),
    [{ delay: 0, smooth: () => complex(1) }],
  );
  const roughStart = queue.startAndFirst.length > mostDelays / Math.min(addedParts.length, 4);
  const roughAdded = addedParts.length * (roughStart ? 1 : queue.startAndFirst.length) > mostDelays;
  const ofStart = (parts: readonly TransformPart[]) => (roughStart ? merged(parts) : parts);
  const start = ofStart(queue.startAndFirst);
  const outside = roughAdded ? merged(addedParts) : addedParts;
  const split = new Set([...start, ...outside].map(({ delay }) => delay)).size > 1 || start[0]!.delay > 0;
  const poles = split ? queue.poles() : [];
  const first = productOf(ofStart(queue.startAndWeightedFirst), outside).map(({ delay, smooth }) => ({
    delay,
    smooth: (s: Complex) => scale(smooth(s), queue.ownWork.first),
    residues: [],
  }));
  const mean = queue.meanSojourn + added.reduce((sum, x) => sum + x.mean, 0);
  const inSojourn = poles.map(({ sigma, sojourn }) => ({ sigma, residue: sojourn }));
  const inWork = poles.map(({ sigma, ownWork }) => ({ sigma, residue: ownWork }));
  const facts = {
    poles: poles.map(({ sigma }) => sigma),
    scale: mean < Infinity ? mean : queue.meanWork * 10,
  };
  const inversion = {
    law: invertedLaw(
      lawOf(assemble({ ...queue.sojourn, poles: inSojourn }, start, outside), {
        ...facts,
        atoms: roughStart || roughAdded ? [] : atomsOfLatency(queue, added),
      }),
    ),
    ownWork: invertedLaw(
      lawOf([...assemble({ ...queue.ownWork, poles: inWork }, start, outside), ...first], { ...facts, atoms: [] }),
    ),
  };
  return {
    ...(atomicLaws(queue, added, { start, outside, first, scale: facts.scale }) ?? inversion),
    mean,
    variance: varianceOf(queue, added),
    meanWork: queue.meanWork,
    roughness:
      0.1 *
      ((roughStart ? queue.figures.direct * jump(queue.startAtoms) : 0) +
        (roughAdded ? jump(added.flatMap(atomsOf)) : 0)),
  };
}

interface Parts {
  readonly start: readonly TransformPart[];
  readonly outside: readonly TransformPart[];
  readonly first: readonly BarePart[];
  readonly scale: number;
}

/** The laws where service and added times are atoms; a start that is not is convolved by inverting its part alone. */
function atomicLaws(
  { atomic, sojourn, ownWork, startAtoms, startAtomsOfWork }: ColdQueue,
  added: readonly Distribution[],
  { start, outside, first, scale }: Parts,
): Pick<LatencyLaw, "law" | "ownWork"> | null {
  if (atomic === null || !added.every(isAtomic)) return null;
  const { warm, cold, warmWork, coldWork, steps } = atomic;
  const later = added.reduce<readonly Atom[]>((atoms, law) => sumOfAtoms(atoms, atomsOf(law)), [{ at: 0, weight: 1 }]);
  const isStartAtomic = Math.abs(startAtoms.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9;
  if (isStartAtomic) {
    const before = joined(sumOfAtoms(startAtoms, later));
    const own = sumOfAtoms(startAtomsOfWork, later).map(({ at, weight }) => ({ at, weight: weight * ownWork.first }));
    const law = lawOfCombinations([plusAtoms(warm, later), plusAtoms(cold, before)], steps);
    const work = lawOfCombinations(
      [plusAtoms(warmWork, later), plusAtoms(coldWork, before), { atoms: own, busy: [] }],
      steps,
    );
    return law === null || work === null ? null : { law, ownWork: work };
  }
  const law = lawOfCombinations([plusAtoms(warm, later)], steps);
  const work = lawOfCombinations([plusAtoms(warmWork, later)], steps);
  if (law === null || work === null) return null;
  const facts = { poles: [], atoms: [], scale };
  const onlyCold = (part: { cold(s: Complex): Complex }) =>
    assemble({ warm: () => complex(0), cold: part.cold, poles: [] }, start, outside);
  return {
    law: sumOfLaws(law, invertedLaw(lawOf(onlyCold(sojourn), facts))),
    ownWork: sumOfLaws(work, invertedLaw(lawOf([...onlyCold(ownWork), ...first], facts))),
  };
}

function varianceOf({ meanSojourn, secondMoment }: ColdQueue, added: readonly Distribution[]): number {
  if (secondMoment === Infinity) return Infinity;
  return secondMoment - meanSojourn ** 2 + added.reduce((sum, x) => sum + x.scv * x.mean ** 2, 0);
}

interface Linear {
  warm(s: Complex): Complex;
  cold(s: Complex): Complex;
  readonly poles: readonly { readonly sigma: number; readonly residue: number }[];
}

/** (warm + Z·cold)·outside in parts; warm's residues are those that cancel the others'. */
function assemble(
  { warm, cold, poles }: Linear,
  start: readonly TransformPart[],
  outside: readonly TransformPart[],
): BarePart[] {
  const at = (part: TransformPart, sigma: number): number => part.smooth(complex(sigma)).re;
  const once = start.map((part) => ({
    part: { delay: part.delay, smooth: (s: Complex) => multiplyBy(cold(s), part.smooth(s)) },
    residues: poles.map(({ sigma, residue }) => residue * at(part, sigma)),
  }));
  const always = {
    part: { delay: 0, smooth: warm },
    residues: poles.map(({ sigma, residue }) => -residue * transformAt(start, complex(sigma)).re),
  };
  return [always, ...once].flatMap(({ part, residues }) =>
    productOf([part], outside).map((product, k) => ({
      ...product,
      residues: residues.map((residue, i) => residue * at(outside[k]!, poles[i]!.sigma)),
    })),
  );
}

const multiplyBy = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});

function atomsOfLatency(queue: ColdQueue, added: readonly Distribution[]): Atom[] {
  let atoms = queue.startAtoms.map(({ at, weight }) => ({ at, weight: weight * queue.ownWork.first }));
  for (const law of added) atoms = sumOfAtoms(atoms, atomsOf(law));
  return atoms.filter(({ weight }) => weight > 1e-12);
}

/** A jump that is not split off spoils the inversion near it by up to a tenth of its height. */
const jump = (atoms: readonly Atom[]): number =>
  Math.max(1e-6, ...atoms.filter(({ weight }) => weight < 1).map(({ weight }) => weight));
