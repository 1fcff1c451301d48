import { check } from "../base/check.ts";

/**
 * The smallest and the largest mean that any law with the given quantiles can have.
 *
 * The mass between two levels lies somewhere between their values: all of it at the lower end, or at the upper end. Both bounds are
 * reached, so nothing narrower holds without knowing more of the law. O(n).
 *
 * @param quantiles levels q in (0, 1), ascending, with values that do not fall
 * @param range the smallest value there is (0 by default), and the largest (Infinity)
 * @returns the bounds in the unit of the values; `high` is Infinity where the values are not bounded
 * @throws {RangeError} if levels or values are not in order
 * @example
 * meanBounds([{ q: 0.5, value: 2 }], { largest: 4 }) // => { low: 1, high: 3 }
 */
export function meanBounds(
  quantiles: readonly { readonly q: number; readonly value: number }[],
  { smallest = 0, largest = Infinity }: { readonly smallest?: number; readonly largest?: number } = {},
): { readonly low: number; readonly high: number } {
  let [level, value, low, high] = [0, smallest, 0, 0];
  for (const next of [...quantiles, { q: 1, value: largest }]) {
    check(next.q > level && next.q <= 1, "meanBounds", "levels must rise within (0, 1)", next.q);
    check(next.value >= value, "meanBounds", "values must not fall", next.value);
    low += (next.q - level) * value;
    high += (next.q - level) * next.value;
    [level, value] = [next.q, next.value];
  }
  return { low, high };
}
