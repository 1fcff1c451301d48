import type { Seconds } from "../../base/units.ts";

/** What the metrics asked for at some instant, before any limit. */
export interface Recommendation {
  readonly atSeconds: Seconds;
  readonly replicas: number;
}

export interface Stabilized {
  readonly replicas: number;
  /** The log with the new recommendation; one that no window reaches gives up its place to it. */
  readonly log: readonly Recommendation[];
}

/**
 * The largest recommendation of the window, the new one included: an HPA without a behavior falls late and rises at once.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, stabilizeRecommendation
 */
export function stabilizeDown(
  log: readonly Recommendation[],
  {
    nowSeconds,
    desired,
    windowSeconds,
  }: {
    readonly nowSeconds: Seconds;
    readonly desired: number;
    readonly windowSeconds: Seconds;
  },
): Stabilized {
  const cutoff = nowSeconds - windowSeconds;
  const recent = log.filter(({ atSeconds }) => atSeconds >= cutoff);
  return {
    replicas: Math.max(desired, ...recent.map(({ replicas }) => replicas)),
    log: noted(log, ({ atSeconds }) => atSeconds < cutoff, { atSeconds: nowSeconds, replicas: desired }),
  };
}

/**
 * The current count, brought between the smallest recommendation of the scale-up window and the largest of the scale-down window.
 *
 * The ends of these windows are open, unlike the window of `stabilizeDown`.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, stabilizeRecommendationWithBehaviors
 */
export function stabilizeBothWays(
  log: readonly Recommendation[],
  {
    nowSeconds,
    currentReplicas,
    desired,
    upWindowSeconds,
    downWindowSeconds,
  }: {
    readonly nowSeconds: Seconds;
    readonly currentReplicas: number;
    readonly desired: number;
    readonly upWindowSeconds: Seconds;
    readonly downWindowSeconds: Seconds;
  },
): Stabilized {
  const [upCutoff, downCutoff] = [nowSeconds - upWindowSeconds, nowSeconds - downWindowSeconds];
  const since = (cutoff: Seconds) => log.filter(({ atSeconds }) => atSeconds > cutoff).map(({ replicas }) => replicas);
  const least = Math.min(desired, ...since(upCutoff));
  const most = Math.max(desired, ...since(downCutoff));
  return {
    replicas: Math.min(Math.max(currentReplicas, least), most),
    log: noted(log, ({ atSeconds }) => atSeconds < upCutoff && atSeconds < downCutoff, {
      atSeconds: nowSeconds,
      replicas: desired,
    }),
  };
}

function noted(
  log: readonly Recommendation[],
  isOld: (recommendation: Recommendation) => boolean,
  recommendation: Recommendation,
): readonly Recommendation[] {
  const place = log.findLastIndex(isOld);
  return place < 0 ? [...log, recommendation] : log.with(place, recommendation);
}
