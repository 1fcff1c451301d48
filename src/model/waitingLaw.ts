import type { Seconds } from "../base/units.ts";
import { type Complex, scale } from "../numerics/complex.ts";
import type { AddedTime } from "./addedTime.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { sumOfTimes } from "./sumOfTimes.ts";

/** A wait in transforms; who starts an instance waits for exactly its start, whose delays can be split off. */
export interface Waiting {
  /** The share of requests that wait for nobody, where it is told apart from the others. */
  readonly atOnce: number;
  /** The share that starts the instance. */
  readonly triggered: number;
  /** E[e^(−sW)] of all others, with their share as total weight. */
  waitOfOthers(s: Complex): Complex;
  /** Of all requests. */
  readonly meanWait: Seconds;
  /** E[W²]. */
  readonly waitSecondMoment: number;
}

/** The latency of a wait, an independent service and independent times that hold no slot. */
export function waitingLaw(
  { atOnce, triggered, waitOfOthers, meanWait, waitSecondMoment }: Waiting,
  {
    work,
    coldStart,
    added,
  }: { readonly work: AddedTime; readonly coldStart: AddedTime; readonly added: readonly AddedTime[] },
): LatencyLaw {
  const others = 1 - atOnce - triggered;
  const wait: AddedTime = {
    mean: 0,
    scv: 0,
    cdf: () => 0,
    quantile: () => 0,
    transform: [{ delay: 0, smooth: (s) => scale(waitOfOthers(s), 1 / others) }],
  };
  const law = sumOfTimes([
    { weight: atOnce, times: added, own: work },
    { weight: triggered, times: [coldStart, ...added], own: work },
    { weight: others > 1e-15 ? others : 0, times: [wait, ...added], own: work },
  ]);
  const rest = sumOfTimes([{ weight: 1, times: added, own: work }]);
  // Who came during a start or a service of fixed length brings a change of slope where it ends.
  const steep = [...(triggered > 0 ? [coldStart] : []), ...(atOnce > 0 ? [work] : [])];
  return {
    ...law,
    mean: meanWait + rest.mean,
    variance: waitSecondMoment === Infinity ? Infinity : waitSecondMoment - meanWait ** 2 + rest.variance,
    kinked: law.kinked || steep.some(({ transform }) => transform?.some(({ delay }) => delay > 0) ?? false),
  };
}
