import { check } from "../base/check.ts";
import { complex } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { latencyLaw } from "./composition.ts";
import { limitDelays, sojournParts } from "./latencyParts.ts";
import { quantileOf } from "./quantile.ts";

/**
 * The sojourn in a queue as a time to be added to others: what an earlier stage of a pipeline contributes.
 *
 * @throws {RangeError} if its arrivals are not Poisson: then the parts of its transform have poles
 */
export function sojournTime(queue: ColdQueue): AddedTime {
  check(queue.poles().length === 0, "sojournTime", "the arrivals must be Poisson", queue.poles().length);
  const { meanSojourn: mean, secondMoment } = queue;
  const { law } = latencyLaw(queue, []);
  const cdf = (t: number): number => (t === Infinity ? 1 : Math.min(1, Math.max(0, law.cdf(t))));
  return {
    mean,
    scv: mean === 0 || mean === Infinity ? Number.POSITIVE_INFINITY : secondMoment / mean ** 2 - 1,
    cdf,
    quantile: (p) => (p >= 1 ? Infinity : quantileOf({ cdf, atoms: law.atoms, scale: mean }, p).at),
    transform: sojournParts(queue, limitDelays(queue, [{ delay: 0, smooth: () => complex(1) }]), []),
  };
}
