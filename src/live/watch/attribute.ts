import type { Seconds } from "../../base/units.ts";
import type { OutcomeLog } from "../outcomes.ts";
import { ableSince, type PodRecord, type ServesFrom } from "./podRecord.ts";

export interface Attribution {
  readonly servesFrom: ServesFrom;
  /** The log's start is each request's own (WaaS) and not the pod's. */
  readonly ownStarts: boolean;
}

/**
 * Completes a log by what was seen of the pods: since when each request's pod could serve, and so whether it was cold.
 *
 * Fills the pods' `serving` from what they said in their answers. Requests whose pod is not known stay as they are.
 *
 * @param zero the schedule's zero on the clock of the records
 * @returns how many completed requests name a pod that was seen, of how many
 */
export function attribute(
  log: OutcomeLog,
  pods: ReadonlyMap<string, PodRecord>,
  zero: Seconds,
  { servesFrom, ownStarts }: Attribution,
): { readonly attributed: number; readonly answered: number } {
  const records = log.instances.map((id) => pods.get(id));
  for (const [instance, said] of earliestSaid(log)) {
    const record = records[instance];
    if (record !== undefined) record.at.serving = said + zero;
  }
  let attributed = 0;
  let answered = 0;
  for (let i = 0; i < log.length; i++) {
    if (log.outcome[i] === completedCode) answered++;
    const record = records[log.instance[i]!];
    if (record === undefined) continue;
    if (log.outcome[i] === completedCode) attributed++;
    const from = ableSince(record, servesFrom);
    if (Number.isNaN(from)) continue;
    log.instanceStarted[i] = from - zero;
    log.cold[i] = from - zero > log.at[i]! ? 1 : 0;
    if (!ownStarts) log.start[i] = Math.max(from - record.at.ordered, 0);
  }
  return { attributed, answered };
}

const completedCode = 0;

/** Since when each instance served, as its answers say; the way back only makes it seem later, so the earliest counts. */
function earliestSaid(log: OutcomeLog): Map<number, Seconds> {
  const earliest = new Map<number, Seconds>();
  for (let i = 0; i < log.length; i++) {
    const [instance, said] = [log.instance[i]!, log.instanceStarted[i]!];
    if (instance >= 0 && said < (earliest.get(instance) ?? Infinity)) earliest.set(instance, said);
  }
  return earliest;
}
