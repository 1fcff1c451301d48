import { check } from "../base/check.ts";

/**
 * The stationary distribution of a large irreducible Markov chain whose transitions stay near the diagonal.
 *
 * The elimination without subtractions of `stationary`, inside the band: every entry accurate to a few units in the last
 * place, however stiff the chain. O(states·width²) time, O(states·width) memory.
 *
 * @param states n
 * @param width the largest |i − j| of a transition
 * @param rates adds every transition once by calling `put(i, j, rate)`, i ≠ j
 * @returns n probabilities that sum to 1
 * @throws {RangeError} if a transition leaves the band
 * @see Grassmann, Taksar & Heyman, Regenerative analysis and steady state distributions, Oper. Res. 33 (1985) 1107
 */
export function bandStationary(
  states: number,
  width: number,
  rates: (put: (from: number, to: number, rate: number) => void) => void,
): Float64Array {
  const row = 2 * width + 1;
  const a = new Float64Array(states * row);
  rates((from, to, rate) => {
    check(
      Math.abs(to - from) <= width && to !== from,
      "bandStationary",
      "a transition must stay in the band",
      to - from,
    );
    a[from * row + to - from + width]! += rate;
  });
  const out = new Float64Array(states);
  for (let n = states - 1; n > 0; n--) {
    const first = Math.max(0, n - width);
    const base = n * row + width - n;
    let sum = 0;
    for (let j = first; j < n; j++) sum += a[base + j]!;
    out[n] = sum;
    for (let i = first; i < n; i++) {
      const into = i * row + width - i;
      const rate = a[into + n]!;
      if (rate === 0) continue;
      const share = rate / sum;
      // Entry (i, i) collects what returns to i; nobody reads it.
      for (let j = first; j < n; j++) a[into + j]! += share * a[base + j]!;
    }
  }
  const p = new Float64Array(states);
  p[0] = 1;
  let total = 1;
  for (let n = 1; n < states; n++) {
    let inflow = 0;
    for (let i = Math.max(0, n - width); i < n; i++) inflow += p[i]! * a[i * row + n - i + width]!;
    p[n] = inflow / out[n]!;
    total += p[n]!;
  }
  return p.map((value) => value / total);
}
