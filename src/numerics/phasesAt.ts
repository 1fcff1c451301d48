import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { type Matrix, multiplyMatrices, rowTimes } from "./matrix.ts";
import type { PhaseTypeParameters } from "./phaseTypeTransform.ts";

/**
 * The chances of the phases of a phase-type X at time t ≥ 0, which sum to P(X > t).
 *
 * α·e^(Tt) as a product of e^(Th·2ʲ) over the bits of t/h, each the square of the one before and kept for the next call. With h the mean
 * time to the fastest jump all terms are positive, so even a chance of 1e-300 has its leading digits, and rates may differ by any factor.
 * O(m³) for each new power of 2, then O(m²·log t).
 *
 * @see Moler & Van Loan, Nineteen dubious ways to compute the exponential of a matrix, SIAM Review 45 (2003) 3
 * @example
 * phasesAt({ initial: [1], generator: [[-2]] })(0.5) // => [0.36787944117144233]
 */
export function phasesAt({ initial, generator }: PhaseTypeParameters): (t: Seconds) => readonly number[] {
  const fastest = Math.max(...generator.map((row, i) => -row[i]!));
  check(fastest > 0 && fastest < Infinity, "phasesAt", "generator must have a negative diagonal", fastest);
  // T·h + I: the chain's jumps at the rate of its fastest phase.
  const jumps: Matrix = generator.map((row, i) => row.map((rate, j) => rate / fastest + (i === j ? 1 : 0)));
  const unit: Matrix = jumps.map((_, i) => after(indicator(i, jumps.length), jumps, 1));
  const powers: Matrix[] = [unit];
  return (t) => {
    if (t <= 0) return initial;
    if (!(t * fastest < 2 ** 52)) return indicator(-1, initial.length);
    let whole = Math.floor(t * fastest);
    let row = after(initial, jumps, t * fastest - whole);
    for (let j = 0; whole > 0; j++) {
      powers[j] ??= multiplyMatrices(powers[j - 1]!, powers[j - 1]!);
      if (whole % 2 === 1) row = rowTimes(row, powers[j]!);
      whole = Math.floor(whole / 2);
    }
    return row;
  };
}

/** row·e^((P − I)x) = e^(−x)·Σ xⁿ/n!·row·Pⁿ, for x in [0, 1]. */
function after(row: readonly number[], P: Matrix, x: number): number[] {
  const sum = row.map((value) => value * Math.exp(-x));
  let term = [...sum];
  let factor = x;
  for (let n = 1; factor > 1e-18; factor *= x / ++n) {
    term = rowTimes(term, P);
    for (let i = 0; i < sum.length; i++) sum[i]! += factor * term[i]!;
  }
  return sum;
}

const indicator = (i: number, m: number): number[] => Array.from({ length: m }, (_, j) => (i === j ? 1 : 0));
