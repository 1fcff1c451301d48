export { type ConcurrencyReporter, concurrencyReporter } from "./concurrencyReporter.ts";
export { knativeConstants } from "./constants.ts";
export { type Decision, isNews } from "./decision.ts";
export { goDuration } from "./goDuration.ts";
export { type HorizontalPodAutoscaler, type HpaSettings, horizontalPodAutoscaler, hpaSettings } from "./hpa.ts";
export { type HpaBehaviorSpec, hpaBehavior, type ScalingRules } from "./hpaBehavior.ts";
export { hpaConstants } from "./hpaConstants.ts";
export { limitByBehavior, limitWithoutBehavior, scaleDownLimit, scaleUpLimit } from "./hpaLimits.ts";
export { type HpaMetric, replicasForMetric } from "./hpaMetrics.ts";
export { hpaPodGroup, type PodView } from "./hpaPodGroups.ts";
export type { PodUsage } from "./hpaPodMetric.ts";
export { stabilizeBothWays, stabilizeDown } from "./hpaRecommendations.ts";
export { changeWithin, storeScaleEvent } from "./hpaScaleEvents.ts";
export { kedaPauses } from "./kedaAnnotations.ts";
export { type Fallback, type FallbackBehavior, kedaFallback } from "./kedaFallback.ts";
export { type KafkaScaler, kafkaMetricName, kafkaScaler, type PartitionOffsets } from "./kedaKafkaScaler.ts";
export { type KafkaTrigger, parseKafkaTrigger } from "./kedaKafkaTrigger.ts";
export { divisors, evenReplicas, partitionLag, totalLag } from "./kedaLag.ts";
export { activePartitions, parsePartitionLimitation } from "./kedaPartitions.ts";
export { requestScale } from "./kedaRequestScale.ts";
export { checkReplicaCounts, kedaHpaReplicas, type ReplicaCounts, scaledObjectSettings } from "./kedaScaledObject.ts";
export { kedaScaleLoop, type ScaleLoop } from "./kedaScaleLoop.ts";
export {
  type KnativeAutoscaler,
  type KnativeSettings,
  knativeAutoscaler,
  knativeSettings,
} from "./knative.ts";
export type { KnativeStat } from "./metricCollector.ts";
export {
  activatorCount,
  type PodAutoscaler,
  podAutoscaler,
  type ScaleState,
  type ScaleStatus,
  scaleStatus,
  wakesAtOnce,
} from "./podAutoscaler.ts";
export { type QueueProxyStat, queueProxyStat } from "./queueProxyStat.ts";
export {
  type ClusterScaling,
  clusterScaling,
  initialScale,
  type RevisionScaling,
  revisionFields,
} from "./revisionFields.ts";
