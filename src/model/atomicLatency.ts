import type { Batch } from "../arrivals/index.ts";
import type { Seconds } from "../base/units.ts";
import type { Distribution } from "../distributions/index.ts";
import type { ColdServer } from "./coldQueue.ts";
import { atomsOf, sumOfAtoms } from "./latencyOfDistribution.ts";
import { type Atom, sameInstant } from "./law.ts";
import type { TimeLaw } from "./timeLaw.ts";
import { type WorkloadSteps, workloadSteps } from "./workloadSteps.ts";

/** The parts of the sojourn where every service is an atom: what the start's law is yet to be added to, and the rest. */
export interface AtomicSojourn {
  /** Of requests that found the instance awake, with their own work as weight or not. */
  readonly warm: Combination;
  readonly warmWork: Combination;
  /** To be convolved with start + first service. */
  readonly cold: Combination;
  readonly coldWork: Combination;
  readonly steps: WorkloadSteps;
}

/** Σ weight·1(t ≥ at) + Σ weight·∫g(t − at), g as in `workloadSteps`. */
export interface Combination {
  readonly atoms: readonly Atom[];
  readonly busy: readonly Atom[];
}

/** More atoms than this are not combined. */
const mostAtoms = 4000;

/**
 * The M/G/1 formula of `poissonQueue` where the service takes finitely many values: kinks at every sum of services, which
 * no inversion resolves, but finitely many of them up to any instant, between which the workload is smooth.
 *
 * @returns null where the service is no such law, or its values have no common measure
 */
export function atomicSojourn(
  { eventRate: lambda, batch, service }: Pick<ColdServer, "eventRate" | "batch" | "service">,
  { q, p0 }: { readonly q: number; readonly p0: number },
): AtomicSojourn | null {
  const one = atomsOf(service);
  if (!isAtomic(service) || service.mean === 0) return null;
  const sizes = batchLaws(batch, one);
  if (sizes === null) return null;
  const { whole, others, ahead, later } = sizes;
  const steps = workloadSteps(lambda, whole);
  if (steps === null) return null;

  const own = one.map(({ at, weight }) => ({ at, weight: weight * at }));
  const notLeft = joined([{ at: 0, weight: 1 }, ...weighted(whole, q - 1)]);
  const combination = (service: readonly Atom[]): Combination => {
    const last = joined(sumOfAtoms(ahead, service));
    return { atoms: weighted(last, p0 * (1 - q)), busy: weighted(joined(sumOfAtoms(last, notLeft)), lambda * p0) };
  };
  return {
    warm: combination(one),
    warmWork: combination(own),
    cold: { atoms: weighted(ahead, p0 * q), busy: weighted(joined(sumOfAtoms(ahead, whole)), -lambda * p0 * q) },
    coldWork: {
      atoms: weighted(joined(sumOfAtoms(later, own)), p0 * q),
      busy: weighted(joined(sumOfAtoms(joined(sumOfAtoms(ahead, others)), own)), -lambda * p0 * q),
    },
    steps,
  };
}

/** Whether a law is atoms and nothing else. */
export const isAtomic = (law: Pick<Distribution, "cdf" | "transform">): boolean =>
  Math.abs(atomsOf(law).reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9;

/** A combination with an independent atomic time added. */
export const plusAtoms = ({ atoms, busy }: Combination, added: readonly Atom[]): Combination => ({
  atoms: joined(sumOfAtoms(atoms, added)),
  busy: joined(sumOfAtoms(busy, added)),
});

/** The sum of combinations as a law in time; null when there are too many atoms to sum at every instant. */
export function lawOfCombinations(combinations: readonly Combination[], steps: WorkloadSteps): TimeLaw | null {
  const atoms = joined(combinations.flatMap((x) => x.atoms));
  const busy = joined(combinations.flatMap((x) => x.busy));
  if (atoms.length + busy.length > mostAtoms) return null;
  const begun = (at: Seconds, t: Seconds): boolean => at <= t || sameInstant(at, t);
  const sum = (list: readonly Atom[], t: Seconds, f: (since: Seconds) => number): number =>
    list.reduce((total, { at, weight }) => (begun(at, t) ? total + weight * f(Math.max(0, t - at)) : total), 0);
  const cdf = (t: Seconds): number => sum(atoms, t, () => 1) + sum(busy, t, steps.once);
  return {
    cdf,
    sketch: cdf,
    integral: (t) => sum(atoms, t, (since) => since) + sum(busy, t, steps.twice),
    // Sums of numbers up to λt of either sign: rounding only.
    error: (t) => 1e-12 + 1e-15 * busy.reduce((total, { weight }) => total + Math.abs(weight) * t, 0),
    atoms: atoms.filter(({ weight }) => weight > 1e-12),
    kinks: busy.map(({ at }) => at),
  };
}

const weighted = (atoms: readonly Atom[], factor: number): Atom[] =>
  atoms.map(({ at, weight }) => ({ at, weight: weight * factor }));

/** Atoms at one instant made one; those of no weight left out. */
export function joined(atoms: readonly Atom[]): Atom[] {
  const result: { at: Seconds; weight: number }[] = [];
  for (const { at, weight } of [...atoms].sort((a, b) => a.at - b.at)) {
    const last = result.at(-1);
    if (last !== undefined && sameInstant(last.at, at)) last.weight += weight;
    else result.push({ at, weight });
  }
  return result.filter(({ weight }) => weight !== 0);
}

/** The laws of a batch's work: all of it, without one request, ahead of a request, and ahead of one that is not first less one service. */
export function batchLaws(batch: Batch, one: readonly Atom[]) {
  const whole: Atom[] = [];
  const others: Atom[] = [];
  const ahead: Atom[] = [];
  const later: Atom[] = [];
  let power: Atom[] = [{ at: 0, weight: 1 }];
  let larger = 1;
  for (let n = 0; larger > 1e-15; n++) {
    // `power` is the work of n requests, `larger` the probability of more than n in a batch.
    ahead.push(...weighted(power, larger / batch.mean));
    const next = batch.probability(n + 1);
    others.push(...weighted(power, next));
    larger = Math.max(0, larger - next);
    later.push(...weighted(power, larger / batch.mean));
    power = joined(sumOfAtoms(power, one));
    whole.push(...weighted(power, next));
    if (whole.length > mostAtoms || power.length > 500) return null;
  }
  return { whole: joined(whole), others: joined(others), ahead: joined(ahead), later: joined(later) };
}
