import type { TransformPart } from "../distributions/index.ts";
import { add, complex } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import { isAtomic, joined, lawOfCombinations, plusAtoms } from "./atomicLatency.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { atomsOf, sumOfAtoms } from "./latencyOfDistribution.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { limitDelays, ownWorkParts, type Split, sojournParts, times } from "./latencyParts.ts";
import { type Atom, type BarePart, growingLaw, lawOf, merged, productOf } from "./law.ts";
import { firstThen, invertedLaw, sumOfLaws, type TimeLaw } from "./timeLaw.ts";

/**
 * The latency: the sojourn in the queue plus independent times that hold no slot (network, request overhead).
 *
 * @param added the times added after completion
 */
export function latencyLaw(queue: ColdQueue, added: readonly AddedTime[]): LatencyLaw {
  const none: TransformPart[] = [{ delay: 0, smooth: () => complex(1) }];
  const split = limitDelays(
    queue,
    added.reduce<readonly TransformPart[]>((parts, law) => productOf(parts, law.transform ?? []), none),
  );
  const delays = new Set([...split.service, ...split.start, ...split.outside].map(({ delay }) => delay));
  const poles = delays.size > 1 || !delays.has(0) ? queue.poles() : [];
  const mean = queue.meanSojourn + added.reduce((sum, x) => sum + x.mean, 0);
  const facts = { poles: poles.map(({ sigma }) => sigma), scale: mean < Infinity ? mean : queue.meanWork * 10 };
  const atoms = split.rough ? [] : atomsOfLatency(queue, added);
  const atomic = atomicLaws(queue, added, split, facts.scale);
  return {
    ...(atomic ?? {
      law: withEarly(queue, split, splitThenWhole(sojournParts(queue, split, poles), { ...facts, atoms })),
      ownWork: splitThenWhole(ownWorkParts(queue, split, poles), { ...facts, atoms: [] }),
    }),
    mean,
    variance: varianceOf(queue, added),
    meanWork: queue.meanWork,
    kinked: atomic === null && queue.early === null && !isSmoothLaw(queue.service),
    roughness: split.rough ? 0.1 * jump([...queue.startAtoms, ...added.flatMap(atomsOf)]) : 0,
  };
}

/** Far beyond the last delay the jumps and kinks lie too close to 0 to be seen, and nothing cancels in the whole. */
function splitThenWhole(parts: readonly BarePart[], facts: Parameters<typeof lawOf>[1]): TimeLaw {
  const last = Math.max(...parts.map(({ delay }) => delay));
  const split = invertedLaw(lawOf(parts, facts));
  if (last === 0) return split;
  const whole = lawOf(
    merged(parts).map((part) => ({ ...part, residues: [] })),
    { ...facts, poles: [] },
  );
  return firstThen(split, 100 * last, { ...invertedLaw(whole), kinks: [] });
}

/** Early instants by the parts that keep the kinks of the first services apart, where there are such. */
function withEarly({ early }: ColdQueue, { outside, rough }: Split, law: TimeLaw): TimeLaw {
  if (early === null || rough) return law;
  const first = invertedLaw(growingLaw(productOf(early.parts, outside), early.shift, law.atoms));
  return firstThen(first, early.until, law);
}

/** The laws where service and added times are atoms; a start that is not is convolved by inverting its part alone. */
function atomicLaws(
  queue: ColdQueue,
  added: readonly AddedTime[],
  { start, weightedStart, weightedService, service, outside }: Split,
  scale: number,
): Pick<LatencyLaw, "law" | "ownWork"> | null {
  const { atomic, startAtoms, startAtomsOfWork, firstCold, transforms } = queue;
  if (atomic === null || !added.every(isAtomic)) return null;
  const { warm, cold, warmWork, coldWork, steps } = atomic;
  const later = added.reduce<readonly Atom[]>((atoms, law) => sumOfAtoms(atoms, atomsOf(law)), [{ at: 0, weight: 1 }]);
  const isStartAtomic = Math.abs(startAtoms.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9;
  if (isStartAtomic) {
    const before = joined(sumOfAtoms(startAtoms, later));
    const own = sumOfAtoms(startAtomsOfWork, later).map(({ at, weight }) => ({ at, weight: weight * firstCold }));
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
  const coldLaw = [
    ...times([service, start, outside], transforms.cold, []),
    ...times([start, outside], transforms.first, []),
  ];
  const coldOwn = [
    ...times([weightedService, start, outside], (s) => add(transforms.cold(s), transforms.later(s)), []),
    ...times([weightedStart, outside], () => complex(firstCold), []),
  ];
  return {
    law: sumOfLaws(law, invertedLaw(lawOf(coldLaw, facts))),
    ownWork: sumOfLaws(work, invertedLaw(lawOf(coldOwn, facts))),
  };
}

function varianceOf({ meanSojourn, secondMoment }: ColdQueue, added: readonly AddedTime[]): number {
  if (secondMoment === Infinity) return Infinity;
  return secondMoment - meanSojourn ** 2 + added.reduce((sum, x) => sum + x.scv * x.mean ** 2, 0);
}

/** Requests that found nobody: their latency is service, or start and first service, and what is added. */
function atomsOfLatency(queue: ColdQueue, added: readonly AddedTime[]): Atom[] {
  let atoms = [
    ...queue.serviceAtoms.map(({ at, weight }) => ({ at, weight: weight * queue.firstWarm })),
    ...queue.startAtoms.map(({ at, weight }) => ({ at, weight: weight * queue.firstCold })),
  ];
  for (const law of added) atoms = sumOfAtoms(atoms, atomsOf(law));
  return joined(atoms).filter(({ weight }) => weight > 1e-12);
}

/** Whether a service has no delay, so that the workload has no kinks; a jump at 0 would show as an atom. */
const isSmoothLaw = (parts: readonly TransformPart[]): boolean => parts.every(({ delay }) => delay === 0);

/** A jump that is not split off spoils the inversion near it by up to a tenth of its height. */
const jump = (atoms: readonly Atom[]): number =>
  Math.max(1e-6, ...atoms.filter(({ weight }) => weight < 1).map(({ weight }) => weight));
