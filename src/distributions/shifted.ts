import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Distribution } from "./distribution.ts";
import { type DistributionSpec, distribution } from "./index.ts";

/**
 * A constant plus a random time.
 *
 * @param by the constant, in [0, ∞)
 * @example
 * shifted({ by: 1, of: { kind: "exponential", mean: 1 } }).mean // => 2
 */
export function shifted({ by, of }: { readonly by: Seconds; readonly of: DistributionSpec }): Distribution {
  check(by >= 0 && by < Infinity, "shifted", "by must be in [0, ∞)", by);
  return shiftedLaw(by, distribution(of));
}

/** The shift of a law that is already built. */
export function shiftedLaw(by: Seconds, law: Distribution): Distribution {
  const mean = by + law.mean;
  const binomials = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]];
  return {
    mean,
    scv: mean === 0 ? 0 : (law.scv * law.mean ** 2) / mean ** 2,
    cdf: (x) => (x < by ? 0 : law.cdf(x - by)),
    quantile: (p) => by + law.quantile(p),
    moment: (k) =>
      by === 0
        ? law.moment(k) // Of which any may be infinite.
        : binomials[k]!.reduce((sum, c, j) => sum + c * by ** (k - j) * (j === 0 ? 1 : law.moment(j)), 0),
    ...(law.transform && {
      transform: law.transform.map(({ delay, smooth }) => ({ delay: delay + by, smooth })),
    }),
    sampler: (source) => {
      const sample = law.sampler(source);
      return () => by + sample();
    },
  };
}
