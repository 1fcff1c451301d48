import type { Seconds } from "../../base/units.ts";
import { type Occupancy, OccupancyRecorder } from "../occupancy.ts";
import type { OutcomeLog } from "../outcomes.ts";
import type { Span } from "../targets/target.ts";
import { ableSince, type PodRecord, type ServesFrom } from "./podRecord.ts";

interface Step {
  readonly at: Seconds;
  readonly level: "starting" | "ready" | "busy";
  readonly by: 1 | -1;
}

/**
 * How many pods started, were ready and were busy over time, from what the watch saw and from the requests in flight.
 *
 * A pod starts from its order until it can serve, and is gone from the moment it is asked to end.
 *
 * @param zero the schedule's zero on the clock of the records
 */
export function podOccupancy(
  pods: readonly PodRecord[],
  log: OutcomeLog,
  { zero, span, servesFrom }: { readonly zero: Seconds; readonly span: Span; readonly servesFrom: ServesFrom },
): Occupancy {
  const steps: Step[] = [...busySteps(log, new Set([...pods].map(({ name }) => name)))];
  const recorder = new OccupancyRecorder(span);
  for (const pod of pods) {
    const { at } = pod;
    const gone = Math.min(known(at.deleting), known(at.deleted));
    const ready = known(ableSince(pod, servesFrom));
    if (known(at.ordered) < Math.min(ready, gone)) {
      steps.push({ at: at.ordered - zero, level: "starting", by: 1 });
      steps.push({ at: Math.min(ready, gone) - zero, level: "starting", by: -1 });
    }
    if (ready < gone) {
      steps.push({ at: ready - zero, level: "ready", by: 1 }, { at: gone - zero, level: "ready", by: -1 });
      if (at.ordered - zero >= 0) recorder.started(at.ordered - zero, ready - at.ordered);
    }
  }
  const level = { starting: 0, ready: 0, busy: 0 };
  for (const step of steps.filter(({ at }) => at < Infinity).sort((a, b) => a.at - b.at)) {
    level[step.level] += step.by;
    recorder.change(Math.max(step.at, 0), { ...level });
  }
  return recorder.report(span.toSeconds);
}

const known = (instant: Seconds): Seconds => (Number.isNaN(instant) ? Infinity : instant);

/** From when to when each instance had a request, as far as the sender can tell. */
function* busySteps(log: OutcomeLog, pods: ReadonlySet<string>): Generator<Step> {
  const isPod = log.instances.map((id) => pods.has(id));
  const busyUntil = new Map<number, Seconds>();
  for (let i = 0; i < log.length; i++) {
    const instance = log.instance[i]!;
    if (isPod[instance] !== true || Number.isNaN(log.latency[i]!)) continue;
    const ended = log.at[i]! + log.latency[i]!;
    // Some pods answer before Kubernetes counts them ready.
    const began = Math.min(Math.max(log.at[i]!, log.instanceStarted[i]! || 0), ended);
    const until = busyUntil.get(instance) ?? -Infinity;
    if (ended <= until) continue;
    yield { at: Math.max(began, until), level: "busy", by: 1 };
    yield { at: ended, level: "busy", by: -1 };
    busyUntil.set(instance, ended);
  }
}
