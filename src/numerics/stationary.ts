import { check } from "../base/check.ts";

/**
 * The stationary distribution π of a Markov chain in continuous time: π·Q = 0, Σπ = 1.
 *
 * Elimination without subtractions, so every entry is accurate to a few units in the last place. O(m³). Transient
 * states get 0; of several closed classes the one the last state leads to is returned.
 *
 * @param generator Q (m×m, row-major); only the off-diagonal entries, ≥ 0, are read
 * @returns m probabilities that sum to 1
 * @see Grassmann, Taksar & Heyman, Regenerative analysis and steady state distributions, Oper. Res. 33 (1985) 1107
 * @example
 * stationary([[-1, 1], [3, -3]]) // => [0.75, 0.25]
 */
export function stationary(generator: readonly (readonly number[])[]): number[] {
  const a = generator.map((row) => [...row]);
  const m = a.length;
  check(m >= 1 && a.every((row) => row.length === m), "stationary", "generator must be square", m);
  const outflow = new Array<number>(m).fill(0);
  for (let n = m - 1; n > 0; n--) {
    const out = a[n]!.slice(0, n).reduce((sum, rate) => sum + rate, 0);
    outflow[n] = out;
    if (out === 0) continue;
    for (let i = 0; i < n; i++) {
      const share = a[i]![n]! / out;
      for (let j = 0; j < n; j++) if (i !== j) a[i]![j]! += share * a[n]![j]!;
    }
  }
  const first = outflow.lastIndexOf(0);
  const weights = new Array<number>(m).fill(0);
  weights[first] = 1;
  for (let n = first + 1; n < m; n++) {
    let inflow = 0;
    for (let i = first; i < n; i++) inflow += weights[i]! * a[i]![n]!;
    weights[n] = inflow / outflow[n]!;
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
