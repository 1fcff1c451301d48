import type { AddedTime } from "./addedTime.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { latencyLaw } from "./composition.ts";
import type { LatencyLaw } from "./latencyOfLaw.ts";
import { sojournTime } from "./sojournTime.ts";
import { sumOfTimes } from "./sumOfTimes.ts";
import { noTime } from "./sumTime.ts";

/** One step of a pipeline: a time that does not depend on the others, or a queue. */
export type Stage =
  | { readonly kind: "delay"; readonly law: AddedTime }
  | { readonly kind: "queue"; readonly queue: ColdQueue };

/**
 * The latency through stages in series, taken as independent of each other.
 *
 * That is true where every queue before the last is M/M/1 and always on: its output is Poisson again and what left before says
 * nothing of a request's own time there; a delay with a law of its own only displaces a Poisson process. Percentiles do not
 * add; transforms multiply.
 *
 * @see Burke, The output of a queuing system, Oper. Res. 4 (1956) 699; Reich, Waiting times when queues are in tandem, Ann.
 *   Math. Stat. 28 (1957) 768
 */
export function pipelineLaw(stages: readonly Stage[]): LatencyLaw {
  const queues = stages.flatMap((stage) => (stage.kind === "queue" ? [stage.queue] : []));
  const delays = stages.flatMap((stage) => (stage.kind === "delay" ? [stage.law] : []));
  // The last queue and a cold one bring the jumps, which its own formula splits off.
  const main = queues.find(({ figures }) => figures.triggered > 0) ?? queues.at(-1);
  const others = queues.filter((queue) => queue !== main).map(sojournTime);
  if (main === undefined) return sumOfTimes([{ weight: 1, times: delays, own: noTime }]);
  return latencyLaw(main, [...delays, ...others]);
}
