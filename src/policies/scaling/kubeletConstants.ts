/** How a node's kubelet tells of its pods; times in seconds. */
export const kubeletConstants = {
  /** Between the end of one look at the containers (PLEG relist) and the next. */
  relistSeconds: 1,
  /** How long a look takes; over 60 starts 13 s apart on the recorded cluster the phase drifts by so much a period. */
  lookSeconds: 0.004,
  /** From the kubelet's report to the endpoints as others see them; 10 to 100 ms by what is published, and that short on the recorded cluster. */
  endpointsSeconds: 0.02,
  /** Between the order to stop and the kill: a queue-proxy drains so long. */
  drainSeconds: 30,
  /** A pod whose containers do not run yet is gone after so long. */
  removalSeconds: 0.3,
} as const;
