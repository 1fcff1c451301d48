import { check } from "../base/check.ts";
import type { AddedTime } from "./addedTime.ts";
import type { ColdQueue } from "./coldQueue.ts";
import { latencyLaw } from "./composition.ts";
import { limitDelays, sojournParts } from "./latencyParts.ts";
import { noTime, timeOf } from "./sumTime.ts";

/**
 * The sojourn in a queue as a time to be added to others: what an earlier stage of a pipeline contributes.
 *
 * @throws {RangeError} if its arrivals are not Poisson: then the parts of its transform have poles
 */
export function sojournTime(queue: ColdQueue): AddedTime {
  check(queue.poles().length === 0, "sojournTime", "the arrivals must be Poisson", queue.poles().length);
  return timeOf(latencyLaw(queue, []), sojournParts(queue, limitDelays(queue, noTime.transform!), []));
}
