import { source } from "../../src/random/source.ts";

/** Random choices of one scenario, the same each time. */
export interface Draw {
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Its logarithm is uniform. */
  size(low: number, high: number): number;
  oneOf<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
}

export function drawFor(family: string, index: number): Draw {
  const uniform = source(2026, "agreement", family, index);
  const between = (low: number, high: number): number => low + (high - low) * uniform();
  return {
    between,
    size: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    oneOf: (list) => list[Math.floor(uniform() * list.length)]!,
    chance: (probability) => uniform() < probability,
  };
}

export const inSeconds = (value: number): string => `${value}s`;
export const perSecond = (value: number): string => `${value}/s`;
