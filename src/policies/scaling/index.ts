export { type ConcurrencyReporter, concurrencyReporter } from "./concurrencyReporter.ts";
export { knativeConstants } from "./constants.ts";
export { type Decision, initialDecision, isNews, sameSign } from "./decision.ts";
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
  wakesAtOnce,
} from "./podAutoscaler.ts";
