import type { LatencyLaw } from "./latencyOfLaw.ts";
import type { TimeLaw } from "./timeLaw.ts";

/** The latency of requests of several kinds, each with a law of its own; weights sum to 1. */
export function mixedLaws(parts: readonly { readonly weight: number; readonly law: LatencyLaw }[]): LatencyLaw {
  const sum = (of: (law: LatencyLaw) => number): number =>
    parts.reduce((total, { weight, law }) => total + weight * of(law), 0);
  const mean = sum((law) => law.mean);
  return {
    law: mixed(parts.map(({ weight, law }) => ({ weight, law: law.law }))),
    ownWork: mixed(parts.map(({ weight, law }) => ({ weight, law: law.ownWork }))),
    mean,
    variance: mean === Infinity ? Infinity : sum((law) => law.variance + (law.mean - mean) ** 2),
    meanWork: sum((law) => law.meanWork),
    kinked: parts.some(({ law }) => law.kinked),
    roughness: sum((law) => law.roughness),
  };
}

function mixed(parts: readonly { readonly weight: number; readonly law: TimeLaw }[]): TimeLaw {
  const sum = (of: (law: TimeLaw) => number): number =>
    parts.reduce((total, { weight, law }) => total + weight * of(law), 0);
  return {
    cdf: (t) => sum((law) => law.cdf(t)),
    sketch: (t) => sum((law) => law.sketch(t)),
    integral: (t) => sum((law) => law.integral(t)),
    error: (t) => sum((law) => law.error(t)),
    atoms: parts.flatMap(({ weight, law }) => law.atoms.map(({ at, weight: own }) => ({ at, weight: weight * own }))),
    kinks: parts.flatMap(({ law }) => law.kinks),
  };
}
