import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { poissonTerm } from "./gamma.ts";

/** A time as the exit of a chain that jumps at the instants of a Poisson process. */
export interface Uniformised {
  /** Λ, jumps per second. */
  readonly rate: number;
  /** P(not over after n jumps), n = 0, 1, …; 0 beyond the last. */
  readonly survival: Float64Array;
}

/**
 * Σ over n of P(N = n + shift)·values[n], N Poisson with mean x: how uniformisation turns jumps into time.
 *
 * Summed outwards from the largest term, so it neither under- nor overflows; O(√x) terms.
 *
 * @param x in [0, ∞)
 * @see Grassmann, Transient solutions in Markovian queueing systems, Comput. Oper. Res. 4 (1977) 47
 * @example
 * poissonMixture(Float64Array.of(1, 1), 0.5).toFixed(12) // => "0.909795989569" (1.5·e^−0.5)
 */
export function poissonMixture(values: Float64Array, x: number, shift = 0): number {
  check(x >= 0 && x < Infinity, "poissonMixture", "x must be in [0, ∞)", x);
  if (values.length === 0) return 0;
  if (x === 0) return shift === 0 ? values[0]! : 0;
  const middle = Math.min(values.length - 1, Math.max(0, Math.floor(x) - shift));
  const largest = poissonTerm(middle + shift, x);
  if (largest === 0) return 0;
  let sum = values[middle]!;
  let weight = 1;
  for (let n = middle - 1; n >= 0 && weight > 1e-18; n--) {
    weight *= (n + shift + 1) / x;
    sum += weight * values[n]!;
  }
  weight = 1;
  for (let n = middle + 1; n < values.length && weight > 1e-18; n++) {
    weight *= x / (n + shift);
    sum += weight * values[n]!;
  }
  return largest * sum;
}

/** P(X > t). */
export const tailOf = ({ rate, survival }: Uniformised, t: Seconds): number =>
  t === Infinity ? 0 : Math.min(1, poissonMixture(survival, rate * Math.max(t, 0)));

/** Sums of all later values: what lies beyond n jumps, in jumps; the last ratio continues the sequence. */
export function remaining(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length);
  let sum = closure(values);
  for (let n = values.length - 1; n >= 0; n--) {
    sum += values[n]!;
    sums[n] = sum;
  }
  return sums;
}

/** E[X] and E[X²]. */
export function momentsOf({ rate, survival }: Uniformised): { readonly mean: Seconds; readonly second: number } {
  const beyond = remaining(survival);
  const mean = beyond[0]! / rate;
  const second = (2 * (beyond.reduce((sum, value) => sum + value, 0) + closure(beyond))) / rate ** 2;
  return { mean, second };
}

/** What a geometric continuation adds after the last value. */
function closure(values: Float64Array): number {
  const last = values.at(-1) ?? 0;
  const before = values.at(-2) ?? 0;
  return last > 0 && last < before ? (last * last) / (before - last) : 0;
}
