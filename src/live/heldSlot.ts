import type { Seconds } from "../base/units.ts";
import type { TargetSpec } from "../scenario/scenario.ts";
import type { OutcomeLog } from "./outcomes.ts";
import { quantile, unhindered } from "./unhindered.ts";

/** With fewer pairs than this their mean says little. */
const enoughPairs = 20;

/**
 * How long a request holds a target's only slot beyond its work: the hand-over from one request to the next.
 *
 * Seen where requests waited for one another: then one reply follows the other after exactly one slot time. To be sure
 * that a request waited, it must have been sent longer before the other's reply than an unhindered request needs beside its
 * work. The reply to a request that came to an idle slot takes longer, as everybody has to wake up first; so both of a pair must
 * have waited. Pairs are in the order of replies and none is left out for what it shows: a late reply makes one pair longer and
 * the next one shorter, and their mean is right.
 *
 * @param slope what a second of scheduled work takes
 * @returns null where the target has more slots than one, or too few requests followed another at once
 */
export function heldBeyondWork(
  target: TargetSpec,
  log: OutcomeLog,
  rows: readonly number[],
  slope: number,
): { readonly seconds: Seconds; readonly n: number } | null {
  if (target.kind !== "server" || target.servers !== 1 || target.concurrency !== 1 || target.discipline !== "fcfs")
    return null;
  const beside = (i: number): Seconds => log.latency[i]! - slope * log.work[i]!;
  const warm = rows.filter((i) => log.cold[i] !== 1);
  if (warm.length === 0) return null;
  const overhead = quantile(unhindered(target, log, warm, beside).values, 0.5);
  const end = (i: number): Seconds => log.at[i]! + log.latency[i]!;
  const order = rows.toSorted((a, b) => end(a) - end(b));
  const waited = order.map((i, k) => {
    const before = order[k - 1];
    if (before === undefined || log.instance[i] !== log.instance[before]) return false;
    return log.at[i]! + log.lateness[i]! <= end(before) - overhead;
  });
  const held: Seconds[] = [];
  for (let k = 1; k < order.length; k++) {
    const [before, i] = [order[k - 1]!, order[k]!];
    if (waited[k] && waited[k - 1]) held.push(end(i) - end(before) - slope * log.work[i]!);
  }
  if (held.length < enoughPairs) return null;
  const mean = held.reduce((sum, value) => sum + value, 0) / held.length;
  // What holds the slot is part of what an unhindered request meets beside its work.
  return { seconds: Math.min(Math.max(0, mean), Math.max(0, overhead)), n: held.length };
}
