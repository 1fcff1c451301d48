import {
  type MetricFailure,
  type PodUsage,
  podAverageReplicas,
  type UtilizationProposal,
  utilizationReplicas,
} from "./hpaPodMetric.ts";
import { averageValueReplicas, type Proposal, valueReplicas } from "./hpaReplicas.ts";
import type { HpaTolerance } from "./hpaTolerance.ts";

/** One metric of an HPA with what was read of it; amounts in thousandths of the metric's unit. */
export type HpaMetric =
  | ({ readonly kind: "resource" | "containerResource"; readonly pods: readonly PodUsage[] } & (
      | { readonly targetUtilizationPercent: number }
      | { readonly targetAverageMilli: number }
    ))
  | { readonly kind: "pods"; readonly pods: readonly PodUsage[]; readonly targetAverageMilli: number }
  | {
      readonly kind: "object" | "external";
      readonly targetType: "Value";
      readonly valueMilli: number;
      readonly targetMilli: number;
      /** Running pods that are ready. */
      readonly readyPods: number;
    }
  | {
      readonly kind: "object" | "external";
      readonly targetType: "AverageValue";
      readonly valueMilli: number;
      readonly targetMilli: number;
    }
  /** A metric that could not be read; `unknown` is a kind the controller does not know. */
  | { readonly kind: "failed"; readonly of: Exclude<HpaMetric["kind"], "failed"> | "unknown" };

/** Why the ScalingActive condition is false. */
export type InactiveReason =
  | "FailedGetResourceMetric"
  | "FailedGetContainerResourceMetric"
  | "FailedGetPodsMetric"
  | "FailedGetObjectMetric"
  | "FailedGetExternalMetric"
  | "InvalidMetricSourceType";

const failureReasons = {
  resource: "FailedGetResourceMetric",
  containerResource: "FailedGetContainerResourceMetric",
  pods: "FailedGetPodsMetric",
  object: "FailedGetObjectMetric",
  external: "FailedGetExternalMetric",
  unknown: "InvalidMetricSourceType",
} as const;

/** What the metrics ask for together; null replicas: nothing may change, for that reason. */
export type MetricsProposal =
  | { readonly replicas: number; readonly reason: "ValidMetricFound" }
  | { readonly replicas: null; readonly reason: InactiveReason };

interface Counts {
  /** What the workload is ordered to have. */
  readonly specReplicas: number;
  /** The pods there are. */
  readonly statusReplicas: number;
  readonly tolerance: HpaTolerance;
}

/**
 * The count several metrics ask for: the largest of theirs.
 *
 * Where some cannot be read the others may still ask for more, but not for less; where none can, nothing changes.
 *
 * @see kubernetes pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetrics
 */
export function replicasForMetrics(metrics: readonly HpaMetric[], counts: Counts): MetricsProposal {
  let replicas: number | null = null;
  let reason: InactiveReason | null = null;
  for (const metric of metrics) {
    const proposal = replicasForMetric(metric, counts);
    if ("failure" in proposal) reason ??= failureReasons[metric.kind === "failed" ? metric.of : metric.kind];
    else replicas = Math.max(replicas ?? 0, proposal.replicas);
  }
  if (replicas === null || (reason !== null && replicas < counts.specReplicas)) {
    return { replicas: null, reason: reason ?? failureReasons.unknown };
  }
  return { replicas, reason: "ValidMetricFound" };
}

/** The count one metric asks for, and the usage it saw. */
export function replicasForMetric(
  metric: HpaMetric,
  { specReplicas, statusReplicas, tolerance }: Counts,
): Proposal | UtilizationProposal | MetricFailure {
  switch (metric.kind) {
    case "failed":
      return { failure: "the metric could not be read" };
    case "resource":
    case "containerResource":
      if ("targetUtilizationPercent" in metric) {
        const { pods, targetUtilizationPercent: targetPercent } = metric;
        return utilizationReplicas({ currentReplicas: specReplicas, pods, targetPercent, tolerance });
      }
      return podAverage(metric);
    case "pods":
      return podAverage(metric);
    default:
      return metric.targetType === "Value"
        ? valueReplicas({ ...metric, currentReplicas: specReplicas, tolerance })
        : averageValueReplicas({ ...metric, statusReplicas, tolerance });
  }

  function podAverage({
    pods,
    targetAverageMilli: targetMilli,
  }: {
    readonly pods: readonly PodUsage[];
    readonly targetAverageMilli: number;
  }): Proposal | MetricFailure {
    return podAverageReplicas({ currentReplicas: specReplicas, pods, targetMilli, tolerance });
  }
}
