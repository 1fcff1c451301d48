import type { TransformPart } from "../distributions/index.ts";
import { add, type Complex, complex, multiply, negate } from "../numerics/complex.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { type BarePart, memoised, merged, productOf, transformAt, weightedByItself } from "./law.ts";

/** More delays than this are not split: every one costs an inversion at every instant. */
const mostDelays = 40;

/** The factors of the latency's transform, each in parts. */
export interface Split {
  readonly service: readonly TransformPart[];
  readonly weightedService: readonly TransformPart[];
  readonly start: readonly TransformPart[];
  readonly weightedStart: readonly TransformPart[];
  readonly outside: readonly TransformPart[];
  /** Whether a factor of too many delays was left in one piece. */
  readonly rough: boolean;
}

export function limitDelays(queue: ColdQueue, outside: readonly TransformPart[]): Split {
  const limit = Math.sqrt(mostDelays);
  const many = (parts: readonly TransformPart[], others: number): boolean =>
    parts.length * others > mostDelays && parts.length > limit;
  const roughService = many(queue.service, queue.startAndFirst.length);
  const roughStart = many(queue.startAndFirst, Math.max(outside.length, roughService ? 1 : queue.service.length));
  const roughOutside = many(outside, roughStart ? 1 : queue.startAndFirst.length);
  const limited = (rough: boolean, parts: readonly TransformPart[]) =>
    (rough ? merged(parts) : parts).map(({ delay, smooth }) => ({ delay, smooth: memoised(smooth) }));
  return {
    service: limited(roughService, queue.service),
    weightedService: limited(roughService, weightedByItself(roughService ? merged(queue.service) : queue.service)),
    start: limited(roughStart, queue.startAndFirst),
    weightedStart: limited(roughStart, queue.startAndWeightedFirst),
    outside: limited(roughOutside, outside),
    rough: roughService || roughStart || roughOutside,
  };
}

export type Poles = ReturnType<ColdQueue["poles"]>;

/** (B·warm + B·Z·cold + Z·first)·outside. */
export function sojournParts(
  { transforms: { warm, cold, first } }: ColdQueue,
  { service, start, outside }: Split,
  poles: Poles,
): BarePart[] {
  return [
    ...times(
      [service, outside],
      warm,
      poles.map((pole) => cancelling(pole, start)),
    ),
    ...times([service, start, outside], cold, poles),
    ...times([start, outside], first, []),
  ];
}

/** (B′·warm + B′·Z·(cold + later) + P·C·B₀′)·outside. */
export function ownWorkParts(
  { transforms: { warm, cold, later }, firstCold }: ColdQueue,
  { weightedService, start, weightedStart, outside }: Split,
  poles: Poles,
): BarePart[] {
  return [
    ...times(
      [weightedService, outside],
      warm,
      poles.map((pole) => cancelling(pole, start)),
    ),
    ...times([weightedService, start, outside], (s) => add(cold(s), later(s)), poles),
    ...times([weightedStart, outside], () => complex(firstCold), []),
  ];
}

/** The warm part's residue is what cancels the cold part's. */
const cancelling = ({ sigma, residue }: Poles[number], start: readonly TransformPart[]): Poles[number] => ({
  sigma,
  residue: negate(multiply(residue, transformAt(start, sigma))),
});

/** The product of the factors and one function without delay, with its residues. */
export function times(
  factors: readonly (readonly TransformPart[])[],
  f: (s: Complex) => Complex,
  poles: Poles,
): BarePart[] {
  return factors.reduce(productOf).map(({ delay, smooth }) => ({
    delay,
    smooth: (s) => multiply(smooth(s), f(s)),
    residues: poles.map(({ sigma, residue }) => multiply(residue, smooth(sigma))),
  }));
}
