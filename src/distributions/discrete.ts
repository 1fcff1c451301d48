import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { complex } from "../numerics/complex.ts";
import type { Distribution } from "./distribution.ts";

/**
 * One of finitely many times.
 *
 * @param values in [0, ∞)
 * @param probabilities in [0, 1], one for each value, sum 1
 * @example
 * discrete({ values: [1, 2], probabilities: [0.25, 0.75] }).quantile(0.25) // => 1
 */
export function discrete({
  values,
  probabilities,
}: {
  readonly values: readonly Seconds[];
  readonly probabilities: readonly number[];
}): Distribution {
  check(values.length > 0, "discrete", "needs at least one value", values.length);
  check(values.length === probabilities.length, "discrete", "as many probabilities as values", probabilities.length);
  for (const value of values) check(value >= 0 && value < Infinity, "discrete", "values must be in [0, ∞)", value);
  for (const p of probabilities) check(p >= 0 && p <= 1, "discrete", "probabilities must be in [0, 1]", p);
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  check(Math.abs(total - 1) <= 1e-9, "discrete", "probabilities must sum to 1", total);
  return atoms(values.map((value, i) => ({ value, probability: probabilities[i]! / total })));
}

/** The law with these atoms, in any order; equal values are joined. Probabilities sum to 1. */
export function atoms(list: readonly { readonly value: Seconds; readonly probability: number }[]): Distribution {
  const sorted = joined(list);
  const values = Float64Array.from(sorted, ({ value }) => value);
  const cumulative = new Float64Array(sorted.length);
  let sum = 0;
  for (const [i, { probability }] of sorted.entries()) cumulative[i] = sum += probability;
  cumulative[cumulative.length - 1] = 1;

  const expectation = (value: (x: Seconds) => number): number =>
    sorted.reduce((total, atom) => total + atom.probability * value(atom.value), 0);
  const mean = expectation((x) => x);
  return {
    mean,
    scv: mean === 0 ? 0 : expectation((x) => (x - mean) ** 2) / mean ** 2,
    cdf: (x) => {
      const below = firstAtLeast(values, x, true);
      return below === 0 ? 0 : cumulative[below - 1]!;
    },
    quantile: (p) => values[Math.min(values.length - 1, firstAtLeast(cumulative, p, false))]!,
    moment: (k) => expectation((x) => x ** k),
    transform: sorted.map(({ value, probability }) => ({ delay: value, smooth: () => complex(probability) })),
    sampler: (source) => () => values[firstAtLeast(cumulative, source(), true)]!,
  };
}

function joined(list: readonly { readonly value: Seconds; readonly probability: number }[]) {
  const byValue = new Map<Seconds, number>();
  for (const { value, probability } of list) {
    if (probability > 0) byValue.set(value, (byValue.get(value) ?? 0) + probability);
  }
  return [...byValue].map(([value, probability]) => ({ value, probability })).sort((a, b) => a.value - b.value);
}

/** The index of the first entry ≥ x (or > x when `strictly`) of an ascending array; its length when there is none. */
function firstAtLeast(ascending: Float64Array, x: number, strictly: boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = ascending[middle]!;
    if (strictly ? entry > x : entry >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}
