/** What Knative Serving fixes in its source and no setting changes; seconds unless the name says otherwise. */
export const knativeConstants = {
  /** Between two decisions of the autoscaler. */
  tickSeconds: 2,
  /** Between two scrapes of the pods. */
  scrapeSeconds: 1,
  /** Between two reports of an activator, and of a queue-proxy. */
  reportSeconds: 1,
  /** Width of a bucket in the metric windows. */
  bucketSeconds: 1,
  /** Requests that may wait in one revision's activator breaker. */
  activatorQueueDepth: 10_000,
  /** Requests that may wait in a queue-proxy, per unit of container concurrency. */
  queueProxyDepthPerSlot: 10,
  /** After "inactive" in proxy mode, the reconciler looks again. */
  inactiveRecheckSeconds: 3,
  /** Until a start that does not become ready counts as failed: the default progress deadline and the buffer. */
  activationTimeoutSeconds: 630,
  /** Patience beyond a Deployment's progress deadline. */
  activationTimeoutBufferSeconds: 30,
  /** Activators in the path of a revision that asks for few. */
  activatorsMin: 2,
  /** Requests per second or concurrency a single activator is planned for (`activator-capacity`). */
  activatorCapacity: 100,
  /** `container-concurrency-target-default`. */
  concurrencyTargetDefault: 100,
  /** `requests-per-second-target-default`. */
  requestsPerSecondTargetDefault: 200,
  /** No target is lower. */
  targetMinimum: 0.01,
} as const;
