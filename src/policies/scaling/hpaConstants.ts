/** What the Kubernetes HPA controller is configured with by default; no field of an HPA object changes these. */
export const hpaConstants = {
  /** Between two reconciliations of one autoscaler (`--horizontal-pod-autoscaler-sync-period`). */
  syncSeconds: 15,
  /** How far from 1 the usage ratio may be without a change (`--horizontal-pod-autoscaler-tolerance`). */
  tolerance: 0.1,
  /** How long a recommendation holds the count up (`--horizontal-pod-autoscaler-downscale-stabilization`). */
  downscaleStabilizationSeconds: 300,
  /** How long after its start a pod's processor usage is looked at with care. */
  cpuInitializationSeconds: 300,
  /** A pod that became unready this soon after its start was never ready. */
  initialReadinessDelaySeconds: 30,
  /** Over which the metrics server averages a pod's usage, and how often it looks (`--metric-resolution`). */
  metricsWindowSeconds: 15,
  /** Without a behavior one step grows at most by this factor … */
  scaleUpLimitFactor: 2,
  /** … or to this many, whichever is more. */
  scaleUpLimitMinimum: 4,
} as const;
