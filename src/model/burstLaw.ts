import { check } from "../base/check.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { Distribution, TransformPart } from "../distributions/index.ts";
import { AbsorbingChain } from "../numerics/absorbingChain.ts";
import { add, type Complex, complex, multiply, one, power, scale } from "../numerics/complex.ts";
import { exponentialPhase, type Sojourn, thenPhases } from "../numerics/thenPhases.ts";
import type { Uniformised } from "../numerics/uniformised.ts";
import { productOf } from "./law.ts";
import { steepLaw } from "./steepLaw.ts";
import { taggedShare } from "./taggedShare.ts";

/** The latency of a random request of a burst. */
export interface BurstLaw {
  readonly mean: Seconds;
  readonly parts: readonly TransformPart[];
  /** P(T ≤ t). */
  cdf(t: Seconds): number;
}

/**
 * The latency of a random request of a burst that one cold instance serves one by one: exact.
 *
 * Rank j waits for the start and is served j-th: C*·Σⱼ S*ʲ/B, the start's delays split off.
 *
 * @param burst B, an integer ≥ 1
 * @param coldStart with a transform
 * @param service with a transform of one part: smooth, deterministic or shifted
 * @throws {RangeError} if an argument is outside its domain
 */
export function burstOnOne({
  burst,
  coldStart,
  service,
}: {
  readonly burst: number;
  readonly coldStart: Distribution;
  readonly service: Distribution;
}): BurstLaw {
  checkCount("burstOnOne", "burst", burst);
  const [only, ...others] = partsOf(service);
  check(
    only !== undefined && others.length === 0,
    "burstOnOne",
    "the service must have at most one delay",
    others.length,
  );
  const mean = coldStart.mean + (service.mean * (burst + 1)) / 2;
  const { delay, smooth } = only;
  const served: readonly TransformPart[] =
    delay === 0
      ? [{ delay: 0, smooth: (s) => scale(geometricSum(smooth(s), burst), 1 / burst) }]
      : Array.from({ length: burst }, (_, rank) => ({
          delay: delay * (rank + 1),
          smooth: (s: Complex) => scale(power(smooth(s), rank + 1), 1 / burst),
        }));
  return lawOfParts(partsOf(coldStart), served, mean);
}

/**
 * The latency of a request of a burst in which every request gets a cold instance to itself: start and service. The
 * slowest of a burst of B then has the cdf Fᴮ.
 */
export const burstOnMany = (coldStart: Distribution, service: Distribution): BurstLaw =>
  lawOfParts(partsOf(coldStart), partsOf(service), coldStart.mean + service.mean);

/**
 * The wait after a start of fixed length, of a random request of a burst on k instances that all start at once, with
 * exponential service; the latency is the start and the sojourn: exact.
 *
 * The first k are served at once; rank j waits for j − k services at rate kμ.
 *
 * @param burst B, an integer ≥ 1
 * @param instances k, an integer ≥ 1
 * @throws {RangeError} if an argument is outside its domain
 */
export function burstAfterStart({
  burst,
  instances: k,
  serviceRate,
}: {
  readonly burst: number;
  readonly instances: number;
  readonly serviceRate: PerSecond;
}): Sojourn {
  checkCount("burstAfterStart", "burst", burst);
  checkCount("burstAfterStart", "instances", k);
  const ranks = Math.max(0, burst - k);
  const survival = Float64Array.from({ length: Math.max(1, ranks) }, (_, n) => (ranks - n) / burst);
  return thenPhases({ rate: k * serviceRate, survival }, exponentialPhase(serviceRate));
}

/**
 * The latency of a random request of a burst on k cold instances with exponential start and service: exact.
 *
 * Starts in progress = min(waiting, instances off); whoever of the line is taken next, each of those still waiting is
 * equally likely to be the tagged one. Solved by uniformisation.
 *
 * @param burst B, an integer ≥ 1
 * @param instances k, an integer ≥ 1
 * @throws {RangeError} if an argument is outside its domain
 */
export function burstOnSetups({
  burst,
  instances: k,
  setupRate,
  serviceRate,
}: {
  readonly burst: number;
  readonly instances: number;
  readonly setupRate: PerSecond;
  readonly serviceRate: PerSecond;
}): Sojourn {
  checkCount("burstOnSetups", "burst", burst);
  checkCount("burstOnSetups", "instances", k);
  const servers = Math.min(k, burst);
  const index = (on: number, waiting: number): number => on * burst + waiting - 1;
  const chain = new AbsorbingChain((servers + 1) * burst);
  for (let on = 0; on <= servers; on++) {
    for (let waiting = 1; waiting <= burst; waiting++) {
      const from = index(on, waiting);
      const others = (waiting - 1) / waiting;
      const starts = Math.min(waiting, servers - on) * setupRate;
      chain.add(from, -1, (on * serviceRate + starts) / waiting);
      if (waiting === 1) continue;
      chain.add(from, index(on, waiting - 1), on * serviceRate * others);
      if (on < servers) chain.add(from, index(on + 1, waiting - 1), starts * others);
    }
  }
  const initial = new Float64Array((servers + 1) * burst);
  initial[index(0, burst)] = 1;
  const wait: Uniformised = chain.survival(initial, { rate: Math.max(chain.fastest, serviceRate) });
  return thenPhases(wait, exponentialPhase(serviceRate));
}

/** The services before a random rank: Σ over j < B of S*ʲ/B, each power's delay apart. */
export function servedBefore({ delay, smooth }: TransformPart, burst: number): readonly TransformPart[] {
  if (delay === 0) {
    return [{ delay: 0, smooth: (s) => scale(add(one, geometricSum(smooth(s), burst - 1)), 1 / burst) }];
  }
  return Array.from({ length: burst }, (_, rank) => ({
    delay: delay * rank,
    smooth: (s: Complex) => scale(power(smooth(s), rank), 1 / burst),
  }));
}

/**
 * The sojourn of a random request of a burst on one processor that all share, with exponential work: with n left each leaves
 * at rate μ/n.
 *
 * @param burst B, an integer ≥ 1
 * @throws {RangeError} if an argument is outside its domain
 */
export function sharedBurst({
  burst,
  serviceRate: mu,
}: {
  readonly burst: number;
  readonly serviceRate: PerSecond;
}): Sojourn {
  checkCount("sharedBurst", "burst", burst);
  const initial = new Float64Array(burst);
  initial[burst - 1] = 1;
  return taggedShare({ initial, joining: () => 0, serviceRate: mu, cores: 1 });
}

/** z + z² + … + zⁿ by doubling, which neither cancels nor divides by 1 − z. */
function geometricSum(z: Complex, n: number): Complex {
  let sum: Complex = complex(0);
  let highest: Complex = one;
  for (const bit of n.toString(2)) {
    sum = multiply(sum, add(one, highest));
    highest = multiply(highest, highest);
    if (bit === "1") {
      highest = multiply(highest, z);
      sum = add(sum, highest);
    }
  }
  return sum;
}

/** The sum of many services rises steeply for its length. */
function lawOfParts(a: readonly TransformPart[], b: readonly TransformPart[], mean: Seconds): BurstLaw {
  const parts = productOf(a, b);
  const law = steepLaw(parts, mean);
  return { mean, parts, cdf: (t) => Math.min(1, Math.max(0, law.cdf(t))) };
}

function partsOf(law: Distribution): readonly TransformPart[] {
  check(law.transform !== undefined, "burst", "every time must have a transform", law.mean);
  return law.transform;
}

const checkCount = (where: string, what: string, count: number): void =>
  check(Number.isInteger(count) && count >= 1, where, `${what} must be an integer ≥ 1`, count);
