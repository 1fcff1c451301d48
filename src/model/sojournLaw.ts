import type { Seconds } from "../base/units.ts";
import type { TransformPart } from "../distributions/index.ts";
import { type Complex, complex, divide } from "../numerics/complex.ts";
import type { Sojourn } from "../numerics/thenPhases.ts";
import { momentsOf, poissonMixture, remaining } from "../numerics/uniformised.ts";
import type { AddedTime } from "./addedTime.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { lawOf, merged, productOf } from "./law.ts";
import { invertedLaw, type TimeLaw } from "./timeLaw.ts";

/** More delays than this are not split. */
const mostDelays = 40;

/**
 * The latency from a sojourn found by uniformisation: shifted by times that are fixed, in transforms with others.
 *
 * @param added independent times that hold no slot
 * @param meanWork E[Y] of the own work that `sojourn.ownWork` follows
 */
export function sojournLaw(sojourn: Sojourn, added: readonly AddedTime[], meanWork: Seconds): LatencyLaw {
  const { mean, second } = momentsOf(sojourn);
  const fixed = added.every((law) => law.scv === 0 || law.mean === 0);
  const later = added.reduce((sum, law) => sum + law.mean, 0);
  const rough = !fixed && added.reduce((count, law) => count * (law.transform?.length ?? 1), 1) > mostDelays;
  return {
    law: fixed ? shifted(sojourn, sojourn.survival, 1, later) : withTimes(sojourn, sojourn.survival, added, rough),
    ownWork: fixed
      ? shifted(sojourn, sojourn.ownWork, meanWork, later)
      : withTimes(sojourn, sojourn.ownWork, added, rough),
    mean: mean + later,
    variance: second - mean ** 2 + added.reduce((sum, law) => sum + law.scv * law.mean ** 2, 0),
    meanWork,
    kinked: rough,
    roughness: rough ? 1e-3 : 0,
  };
}

/** total − Σ P(n jumps)·values[n], from an instant on. */
function shifted({ rate }: Sojourn, values: Float64Array, total: number, from: Seconds): TimeLaw {
  const beyond = remaining(values);
  const cdf = (t: Seconds): number => (t < from ? 0 : total - poissonMixture(values, rate * (t - from)));
  return {
    cdf,
    sketch: cdf,
    integral: (t) =>
      t < from ? 0 : total * (t - from) - (beyond[0]! - poissonMixture(beyond, rate * (t - from))) / rate,
    error: () => 1e-12 * total,
    atoms: [],
    kinks: [from],
  };
}

function withTimes({ rate }: Sojourn, values: Float64Array, added: readonly AddedTime[], rough: boolean): TimeLaw {
  const own: TransformPart[] = [{ delay: 0, smooth: (s) => transformOf(values, rate, s) }];
  const parts = added.reduce<readonly TransformPart[]>((all, law) => productOf(all, law.transform ?? []), own);
  const split = (rough ? merged(parts) : parts).map((part) => ({ ...part, residues: [] }));
  return invertedLaw(lawOf(split, { poles: [], atoms: [], scale: remaining(values)[0]! / values[0]! / rate }));
}

/** E[Y·e^(−sT)] where Σ P(n jumps)·values[n] is E[Y; T > t]: values[0] − s·Σ values[n]·rateⁿ/(rate + s)ⁿ⁺¹. */
function transformOf(values: Float64Array, rate: number, s: Complex): Complex {
  const jump = divide(complex(rate), complex(rate + s.re, s.im));
  let re = 0;
  let im = 0;
  for (let n = values.length - 1; n >= 0; n--) {
    const next = re * jump.re - im * jump.im + values[n]!;
    im = re * jump.im + im * jump.re;
    re = next;
  }
  const factor = divide(s, complex(rate + s.re, s.im));
  return complex(values[0]! - (factor.re * re - factor.im * im), -(factor.re * im + factor.im * re));
}
