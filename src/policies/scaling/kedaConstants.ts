/** What a KEDA ScaledObject has where it says nothing; times in seconds. */
export const kedaConstants = {
  pollingSeconds: 30,
  cooldownSeconds: 300,
  initialCooldownSeconds: 0,
  minReplicas: 0,
  maxReplicas: 100,
  /** The autoscaler never sees 0: between 0 and 1 decides the operator. */
  hpaMinReplicas: 1,
  lagThreshold: 10,
  activationLagThreshold: 0,
  /** Between two looks of the HTTP add-on's scaler at whether anything waits, of which it tells the operator by itself. */
  pushSeconds: 0.2,
} as const;
