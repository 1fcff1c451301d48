import type { PerSecond } from "../base/units.ts";
import { AbsorbingChain } from "../numerics/absorbingChain.ts";
import type { Sojourn } from "../numerics/thenPhases.ts";

/**
 * The sojourn of a tagged request that shares cores with n others, a number that goes up and down: exact for exponential work.
 *
 * Each of m requests gets min(1, cores/m); its own work so far is followed as a reward. By uniformisation.
 *
 * @param initial P(n others) when it comes; nobody comes once there are as many others as its last entry says
 * @param joining requests per second with n others there
 */
export function taggedShare({
  initial,
  joining,
  serviceRate: mu,
  cores,
}: {
  readonly initial: Float64Array;
  readonly joining: (others: number) => PerSecond;
  readonly serviceRate: PerSecond;
  readonly cores: number;
}): Sojourn {
  const most = initial.length - 1;
  const chain = new AbsorbingChain(most + 1);
  const reward = new Float64Array(most + 1);
  for (let n = 0; n <= most; n++) {
    const share = Math.min(1, cores / (n + 1));
    reward[n] = share;
    chain.add(n, -1, mu * share);
    if (n > 0) chain.add(n, n - 1, n * mu * share);
    if (n < most) chain.add(n, n + 1, joining(n));
  }
  const { rate, survival, earned } = chain.survival(initial, { reward, mostWork: 8e8 });
  return { rate, survival, ownWork: survival.map((alive, n) => alive / mu + (n === 0 ? 0 : earned[n - 1]! / rate)) };
}
