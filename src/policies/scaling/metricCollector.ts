import type { Seconds } from "../../base/units.ts";
import { knativeConstants } from "./constants.ts";
import { linearWindow, type MetricWindow, weightedWindow } from "./metricWindow.ts";

/** One reporter's figures over its last period. */
export interface KnativeStat {
  /** Average number of requests in hand, those that an activator already reports left out (dimensionless). */
  readonly concurrency: number;
  readonly requestsPerSecond: number;
}

/** The averages that a decision rests on. */
export interface WindowAverages {
  readonly stable: number;
  readonly panic: number;
}

export interface MetricCollector {
  /** Adds one reporter's figures to the second they arrive in. */
  record(nowSeconds: Seconds, stat: KnativeStat): void;
  /** null where nothing was reported for a stable window and pods were asked: nobody knows. */
  concurrency(nowSeconds: Seconds): WindowAverages | null;
  requestsPerSecond(nowSeconds: Seconds): WindowAverages | null;
}

/**
 * The metric windows of one revision: concurrency and requests per second, each over the stable and the panic window.
 *
 * @param options.scrapes whether pods are asked for their figures; if not, silence means no load
 * @see knative/serving pkg/autoscaler/metrics/collector.go (v0.50)
 */
export function metricCollector(options: {
  readonly stableWindowSeconds: Seconds;
  readonly panicWindowSeconds: Seconds;
  readonly aggregation: "linear" | "weightedExponential";
  readonly scrapes: boolean;
}): MetricCollector {
  const open = options.aggregation === "linear" ? linearWindow : weightedWindow;
  const windows = (): readonly [MetricWindow, MetricWindow] => [
    open(options.stableWindowSeconds, knativeConstants.bucketSeconds),
    open(options.panicWindowSeconds, knativeConstants.bucketSeconds),
  ];
  const concurrency = windows();
  const requests = windows();
  const read = ([stable, panic]: readonly [MetricWindow, MetricWindow], now: Seconds): WindowAverages | null =>
    options.scrapes && stable.isEmpty(now) ? null : { stable: stable.average(now), panic: panic.average(now) };

  return {
    record(now, stat) {
      for (const window of concurrency) window.record(now, stat.concurrency);
      for (const window of requests) window.record(now, stat.requestsPerSecond);
    },
    concurrency: (now) => read(concurrency, now),
    requestsPerSecond: (now) => read(requests, now),
  };
}
