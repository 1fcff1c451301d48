import { RunningMoments } from "./moments.ts";

/**
 * How many of the first values to leave out because the start from an unusual state still shows in them: the truncation that makes the standard
 * error of the mean of what is left smallest (the Marginal Standard Error Rule; MSER-5 where the values are means of five).
 *
 * @param values means of equally many observations each, in order of time
 * @returns in [0, n/2]; n/2 itself says that no truncation helps, because the values drift all the time
 * @see White, Simulation 69 (1997) 323; White, Cobb & Spratt, Proc. Winter Simulation Conf. (2000) 755
 * @example
 * mser([9, 5, 2, 1, 1.1, 0.9, 1, 1.05, 0.95, 1]) // => 3
 */
export function mser(values: readonly number[]): number {
  const n = values.length;
  let best = 0;
  let least = Infinity;
  const moments = new RunningMoments();
  // From the end, so that each truncation adds one value.
  for (let cut = n - 1; cut >= 0; cut--) {
    moments.record(values[cut]!);
    if (2 * cut > n) continue;
    const error = moments.squares / (n - cut) ** 2;
    if (error <= least) {
      least = error;
      best = cut;
    }
  }
  return best;
}
