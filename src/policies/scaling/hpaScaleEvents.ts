import type { Seconds } from "../../base/units.ts";
import type { ScalingPolicy } from "./hpaBehavior.ts";

/** That the count was changed once, in one direction. */
export interface ScaleEvent {
  readonly atSeconds: Seconds;
  /** How many pods were added, or removed; ≥ 1. */
  readonly change: number;
  /** Older than any policy looks back; kept until a new event takes its place. */
  readonly outdated: boolean;
}

/**
 * The pods added (or removed) less than a period ago.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, getReplicasChangePerPeriod
 */
export function changeWithin(events: readonly ScaleEvent[], nowSeconds: Seconds, periodSeconds: Seconds): number {
  const cutoff = nowSeconds - periodSeconds;
  return events.reduce((total, { atSeconds, change }) => (atSeconds > cutoff ? total + change : total), 0);
}

/**
 * The events with a new one, which takes the place of the last outdated one.
 *
 * @param policies of the event's direction: an event is outdated when it is older than the longest of their periods; null without
 * a behavior, where nothing is stored because nothing would read it
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, storeScaleEvent
 */
export function storeScaleEvent(
  events: readonly ScaleEvent[],
  {
    nowSeconds,
    change,
    policies,
  }: {
    readonly nowSeconds: Seconds;
    readonly change: number;
    readonly policies: readonly ScalingPolicy[] | null;
  },
): readonly ScaleEvent[] {
  if (policies === null) return events;
  const cutoff = nowSeconds - Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds));
  const marked = events.map((event) => (event.atSeconds < cutoff ? { ...event, outdated: true } : event));
  const place = marked.findLastIndex(({ outdated }) => outdated);
  const event = { atSeconds: nowSeconds, change, outdated: false };
  return place < 0 ? [...marked, event] : marked.with(place, event);
}
