import { knativeConstants } from "./constants.ts";

/** What decides how much one pod should carry. */
export interface MetricTargetInput {
  readonly metric: "concurrency" | "rps";
  /** 0: unlimited. */
  readonly containerConcurrency: number;
  /** The `target` annotation; null where there is none. */
  readonly target: number | null;
  /** The share of the total that is aimed at, in (0, 1]. */
  readonly utilization: number;
  readonly concurrencyDefault?: number;
  readonly requestsPerSecondDefault?: number;
}

/**
 * What one pod should carry (`target`) and can carry (`total`), in concurrent requests or requests per second.
 *
 * With no limit and Knative's defaults the target is 70 concurrent requests a pod.
 *
 * @returns target ≥ 0.01; total is capped at the container concurrency where that is set
 * @see knative/serving pkg/reconciler/autoscaling/resources/target.go (v0.50)
 * @example
 * metricTarget({ metric: "concurrency", containerConcurrency: 0, target: null, utilization: 0.7 }) // => { target: 70, total: 100 }
 */
export function metricTarget(input: MetricTargetInput): { readonly target: number; readonly total: number } {
  const { metric, containerConcurrency, target, utilization } = input;
  let total: number;
  if (metric === "rps") {
    total = target ?? input.requestsPerSecondDefault ?? knativeConstants.requestsPerSecondTargetDefault;
  } else {
    const limit = containerConcurrency > 0 ? containerConcurrency : Infinity;
    const byDefault = input.concurrencyDefault ?? knativeConstants.concurrencyTargetDefault;
    total = target === null ? (limit < Infinity ? limit : byDefault) : Math.min(target, limit);
  }
  return { target: Math.max(knativeConstants.targetMinimum, total * utilization), total };
}

/**
 * The panic window: a share of the stable one, rounded to whole seconds, at least one.
 *
 * @param percentage of the stable window, in (0, 100]
 * @example
 * panicWindow(60, 10) // => 6
 */
export const panicWindow = (stableWindowSeconds: number, percentage: number): number =>
  Math.max(1, Math.floor((stableWindowSeconds * percentage) / 100 + 0.5));
