import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { Distribution } from "./distribution.ts";
import { exponential } from "./exponential.ts";
import { mixtureOf } from "./mixture.ts";

interface ByMoments {
  readonly mean: Seconds;
  /** At least 1. */
  readonly scv: number;
}
interface ByPhases {
  /** Sum to 1. */
  readonly probabilities: readonly number[];
  readonly means: readonly Seconds[];
}

/**
 * One of several exponential times: more variable than an exponential.
 *
 * Given mean and scv it has two phases with balanced means (p₁·m₁ = p₂·m₂); or the phases are given.
 *
 * @see Whitt, Approximating a point process by a renewal process, Oper. Res. 30 (1982), eq. 3.7
 * @example
 * hyperexponential({ mean: 0.01, scv: 4 }).scv // => 4
 */
export function hyperexponential(law: ByMoments | ByPhases): Distribution {
  const { probabilities, means } = "means" in law ? law : balanced(law);
  check(probabilities.length === means.length, "hyperexponential", "as many probabilities as means", means.length);
  const phases = means.map((mean, i) => ({ weight: probabilities[i]!, of: exponential({ mean }) }));
  const mix = mixtureOf(phases.filter(({ weight }) => weight > 0));
  return "means" in law ? mix : { ...mix, mean: law.mean, scv: law.scv };
}

function balanced({ mean, scv }: ByMoments): ByPhases {
  check(mean > 0 && mean < Infinity, "hyperexponential", "mean must be in (0, ∞)", mean);
  check(scv >= 1 && scv < Infinity, "hyperexponential", "scv must be in [1, ∞)", scv);
  const p = (1 + Math.sqrt((scv - 1) / (scv + 1))) / 2;
  // 1 − p loses its digits when scv is large, so it is computed from its own formula.
  const rest = 1 / ((scv + 1) * (1 + Math.sqrt((scv - 1) / (scv + 1))));
  return { probabilities: [p, rest], means: [mean / (2 * p), mean / (2 * rest)] };
}
