import { check } from "../base/check.ts";

/**
 * The mean times that a Markov chain spends in each of its states before it ends: the inverse of its negative generator.
 *
 * Elimination without subtractions, so every entry is accurate to a few units in the last place. O(m³), about 0.3 ms at
 * m = 50.
 *
 * @param rates m×m, row-major; only the off-diagonal entries, ≥ 0, are read; overwritten
 * @param ends the rate at which the chain ends in each of the m states, ≥ 0; overwritten
 * @returns m×m, row-major: [i][j] is the time in j of a chain that begins in i, in units of 1/rate
 * @throws {RangeError} if the sizes differ, or from some state the chain never ends
 * @see Grassmann, Taksar & Heyman, Regenerative analysis and steady state distributions, Oper. Res. 33 (1985) 1107
 * @example
 * timesBeforeExit(Float64Array.of(0, 1, 0, 0), Float64Array.of(1, 4)) // => Float64Array.of(0.5, 0.125, 0, 0.25)
 */
export function timesBeforeExit(rates: Float64Array, ends: Float64Array): Float64Array {
  const m = ends.length;
  check(m >= 1 && rates.length === m * m, "timesBeforeExit", "rates must be square, ends a row of it", m);
  const times = new Float64Array(m * m);
  const out = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    let leaving = ends[k]!;
    for (let j = k + 1; j < m; j++) leaving += rates[k * m + j]!;
    check(leaving > 0, "timesBeforeExit", "the chain must end from every state", k);
    out[k] = leaving;
    times[k * m + k] = 1;
    // State k is taken out: who came to it goes where it leads.
    for (let i = k + 1; i < m; i++) {
      const share = rates[i * m + k]! / leaving;
      if (share === 0) continue;
      for (let j = k + 1; j < m; j++) rates[i * m + j]! += share * rates[k * m + j]!;
      for (let j = 0; j <= k; j++) times[i * m + j]! += share * times[k * m + j]!;
      ends[i]! += share * ends[k]!;
    }
  }
  for (let k = m - 1; k >= 0; k--) {
    for (let i = k + 1; i < m; i++) {
      const rate = rates[k * m + i]!;
      if (rate !== 0) for (let j = 0; j < m; j++) times[k * m + j]! += rate * times[i * m + j]!;
    }
    for (let j = 0; j < m; j++) times[k * m + j]! /= out[k]!;
  }
  return times;
}
