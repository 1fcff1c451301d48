import { expect } from "vitest";
import {
  activePartitions,
  checkReplicaCounts,
  divisors,
  evenReplicas,
  type FallbackBehavior,
  type KafkaTrigger,
  kafkaMetricName,
  kedaFallback,
  kedaHpaReplicas,
  kedaPauses,
  parseKafkaTrigger,
  parsePartitionLimitation,
  partitionLag,
  type ReplicaCounts,
  requestScale,
  scaledObjectSettings,
  totalLag,
} from "../../src/policies/scaling/index.ts";
import { type CaseCheck, expectFields, group } from "./oracleGroup.ts";

/** A count, or that there is none because something is wrong. */
type OrError<T> = T | "error";

const kafkaTrigger = parseKafkaTrigger({ bootstrapServers: "kafka:9092", consumerGroup: "group", topic: "topic" });

interface LagCase {
  readonly consumerOffset: number;
  readonly latestOffset: number | null;
  readonly offsetResetPolicy: "latest" | "earliest";
  readonly scaleToZeroOnInvalidOffset: boolean;
  readonly excludePersistentLag: boolean;
  readonly previousOffset?: number | null;
  readonly expect: object;
}
const checkPartitionLag = group<LagCase>(
  "consumerOffset latestOffset offsetResetPolicy scaleToZeroOnInvalidOffset excludePersistentLag previousOffset expect",
  (given) => {
    const { consumerOffset: committedOffset, latestOffset, previousOffset = null } = given;
    const found = partitionLag({ ...kafkaTrigger, ...given }, { committedOffset, latestOffset, previousOffset });
    expectFields({ ...found, previousOffsetAfter: found.previousOffset }, given.expect);
  },
);

interface ScaleCase {
  readonly isActive: boolean;
  readonly isError: boolean;
  readonly currentReplicas: number;
  readonly minReplicaCount: number | null;
  readonly maxReplicaCount?: number | null;
  readonly idleReplicaCount: number | null;
  readonly fallbackReplicas?: number | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly lastActiveTime: number | null;
  readonly cooldownPeriodS: number;
  readonly initialCooldownPeriodS: number;
  readonly creationAgeS: number | null;
  readonly expect: object;
}
const checkRequestScale = group<ScaleCase>(
  "isActive isError currentReplicas minReplicaCount maxReplicaCount idleReplicaCount fallbackReplicas annotations lastActiveTime cooldownPeriodS initialCooldownPeriodS creationAgeS expect",
  (given) => {
    const settings = {
      ...scaledObjectSettings({}),
      minReplicas: given.minReplicaCount ?? 0,
      idleReplicas: given.idleReplicaCount,
      cooldownSeconds: given.cooldownPeriodS,
      initialCooldownSeconds: given.initialCooldownPeriodS,
      fallbackReplicas: given.fallbackReplicas ?? null,
    };
    const outcome = requestScale(settings, kedaPauses(given.annotations), {
      nowSeconds: 0,
      active: given.isActive,
      failed: given.isError,
      currentReplicas: given.currentReplicas,
      createdAtSeconds: given.creationAgeS === null ? -Infinity : -given.creationAgeS,
      lastActiveSeconds: given.lastActiveTime,
    });
    expectFields({ ...outcome, lastActiveTimeSet: outcome.refreshesLastActive }, given.expect);
  },
);

/** The groups that were taken from KEDA. */
export const kedaChecks: Readonly<Record<string, CaseCheck>> = {
  metadata: group<{ triggerMetadata: Record<string, string>; expect: { error: boolean } & Partial<KafkaTrigger> }>(
    "triggerMetadata expect",
    ({ triggerMetadata, expect: { error, ...expected } }) => {
      if (error) {
        expect(() => parseKafkaTrigger(triggerMetadata)).toThrow();
        return;
      }
      const trigger = parseKafkaTrigger(triggerMetadata);
      expectFields({ ...trigger, brokers: trigger.bootstrapServers }, expected);
    },
  ),

  metric_name: group<{ triggerIndex: number; topic: string; consumerGroup: string; expect: string }>(
    "triggerIndex topic consumerGroup expect",
    (given) => expect(kafkaMetricName(given, given.triggerIndex)).toBe(given.expect),
  ),

  topic_partitions: group<{
    topic: string;
    partitionLimitation: string;
    partitionIds: readonly number[];
    expect: OrError<readonly number[]>;
  }>(
    "topic partitionLimitation partitionIds expect",
    ({ topic, partitionLimitation, partitionIds, expect: wanted }) => {
      const metadata = { bootstrapServers: "kafka:9092", consumerGroup: "group", topic, partitionLimitation };
      expectOrError(() => activePartitions(partitionIds, parseKafkaTrigger(metadata).partitionLimitation), wanted);
    },
  ),

  partition_limitation: group<{ input: string; expect: OrError<readonly number[]> }>("input expect", (given) =>
    expectOrError(() => parsePartitionLimitation(given.input), given.expect),
  ),

  factors: group<{ n: number; expect: readonly number[] }>("n expect", (given) =>
    expect(divisors(given.n)).toEqual(given.expect),
  ),

  next_factor: group<{ totalLag: number; partitions: number; lagThreshold: number; expect: number }>(
    "totalLag partitions lagThreshold expect",
    (given) => expect(evenReplicas({ ...given, lag: given.totalLag })).toBe(given.expect),
  ),

  partition_lag: checkPartitionLag,
  derived_partition_lag: checkPartitionLag,

  hpa_replicas: group<ReplicaCounts & { expect: object }>("minReplicaCount maxReplicaCount expect", (given) =>
    expectFields(kedaHpaReplicas(given), given.expect),
  ),

  replica_bounds: group<ReplicaCounts & { expectError: boolean }>(
    "minReplicaCount maxReplicaCount idleReplicaCount expectError",
    (given) => {
      const attempt = expect(() => checkReplicaCounts(given));
      if (given.expectError) attempt.toThrow(RangeError);
      else attempt.not.toThrow();
    },
  ),

  request_scale: checkRequestScale,
  derived_cooldown: checkRequestScale,

  fallback: group<{
    failureThreshold: number;
    fallbackReplicas: number;
    behavior: FallbackBehavior;
    metricTargetAverageValue: number;
    failuresBefore: number;
    currentReplicas: number;
    expectMetricValue: number | null;
  }>(
    "failureThreshold fallbackReplicas behavior metricTargetAverageValue failuresBefore currentReplicas expectMetricValue",
    (given) => {
      const { fallbackReplicas: replicas, metricTargetAverageValue: targetAverageValue } = given;
      const fallback = kedaFallback({ ...given, replicas, targetAverageValue }, given.failuresBefore);
      expect(fallback.report(null, given.currentReplicas)).toBe(given.expectMetricValue);
    },
  ),

  derived_total_lag: group<{
    partitionLags: readonly number[];
    partitionLagsWithPersistent: readonly number[];
    lagThreshold: number;
    activationLagThreshold: number;
    allowIdleConsumers: boolean;
    limitToPartitionsWithLag: boolean;
    ensureEvenDistributionOfPartitions: boolean;
    expect: object;
  }>(
    "partitionLags partitionLagsWithPersistent lagThreshold activationLagThreshold allowIdleConsumers limitToPartitionsWithLag ensureEvenDistributionOfPartitions expect",
    ({ partitionLags, partitionLagsWithPersistent, ...given }) => {
      const lags = partitionLags.map((lag, i) => ({ lag, lagWithPersistent: partitionLagsWithPersistent[i]! }));
      const { lag, active } = totalLag(given, lags);
      expectFields({ metricValue: lag, active }, given.expect);
    },
  ),
};

function expectOrError<T>(attempt: () => T, wanted: OrError<T>): void {
  if (wanted === "error") expect(attempt).toThrow();
  else expect(attempt()).toEqual(wanted);
}
