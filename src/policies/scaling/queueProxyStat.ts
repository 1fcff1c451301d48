import { check } from "../../base/check.ts";
import type { Seconds } from "../../base/units.ts";
import type { KnativeStat } from "./metricCollector.ts";

/** What a queue-proxy saw in one reporting period; requests that came through an activator count in both figures of a pair. */
export interface QueueProxyPeriod {
  /** Time-averaged requests in hand, those that wait included. */
  readonly averageConcurrency: number;
  readonly averageProxiedConcurrency?: number;
  /** Requests that came in the period. */
  readonly requestCount: number;
  readonly proxiedRequestCount?: number;
}

/** What a scrape of the pod is told. */
export interface QueueProxyStat {
  readonly concurrency: number;
  readonly proxiedConcurrency: number;
  readonly requestsPerSecond: number;
  readonly proxiedRequestsPerSecond: number;
}

/**
 * A queue-proxy's report: counts become rates, averages stay as they are.
 *
 * @param periodSeconds > 0
 * @throws {RangeError} if the period is not positive
 * @see knative/serving pkg/queue/protobuf_stats_reporter.go (v0.50)
 * @example
 * queueProxyStat({ averageConcurrency: 3, requestCount: 39 }, 10).requestsPerSecond // => 3.9
 */
export function queueProxyStat(period: QueueProxyPeriod, periodSeconds: Seconds): QueueProxyStat {
  check(periodSeconds > 0, "queueProxyStat", "periodSeconds must be > 0", periodSeconds);
  return {
    concurrency: period.averageConcurrency,
    proxiedConcurrency: period.averageProxiedConcurrency ?? 0,
    requestsPerSecond: period.requestCount / periodSeconds,
    proxiedRequestsPerSecond: (period.proxiedRequestCount ?? 0) / periodSeconds,
  };
}

/**
 * What a collector records of a report: without the requests that came through an activator, which reports them itself.
 *
 * @see knative/serving pkg/autoscaler/metrics/collector.go, collection.record (v0.50)
 */
export const withoutProxied = (stat: QueueProxyStat): KnativeStat => ({
  concurrency: stat.concurrency - stat.proxiedConcurrency,
  requestsPerSecond: stat.requestsPerSecond - stat.proxiedRequestsPerSecond,
});
