import type { KafkaTrigger } from "./kedaKafkaTrigger.ts";

/** The offset of a partition the consumer group has committed nothing of. */
export const noOffset = -1;

/** The lag of one partition, in messages. */
export interface PartitionLag {
  readonly lag: number;
  /** With partitions that are left out as stuck. */
  readonly lagWithPersistent: number;
}

/** What a trigger says to the autoscaler and to the operator. */
export interface TotalLag {
  /** In messages, cut to what the partitions can use. */
  readonly lag: number;
  /** Whether there is reason to run at all. */
  readonly active: boolean;
}

/**
 * The lag of one partition: the end of its log less what the group has committed.
 *
 * A partition without a committed offset counts as 1 where the group would start at the end, and as its whole log where it would start
 * at the beginning. A partition the broker does not answer for counts as nothing.
 *
 * @param committedOffset −1: none
 * @param latestOffset the end of the log; null: the broker does not say
 * @param previousOffset what was committed at the last query that looked; null: none did
 * @returns the lag, and what to pass as `previousOffset` at the next query
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, getLagForPartition (v2.20)
 */
export function partitionLag(
  trigger: Pick<KafkaTrigger, "offsetResetPolicy" | "scaleToZeroOnInvalidOffset" | "excludePersistentLag">,
  {
    committedOffset,
    latestOffset,
    previousOffset,
  }: {
    readonly committedOffset: number;
    readonly latestOffset: number | null;
    readonly previousOffset: number | null;
  },
): PartitionLag & { readonly previousOffset: number | null } {
  const say = (lagWithPersistent: number, lag = lagWithPersistent, previous = previousOffset) => ({
    lag,
    lagWithPersistent,
    previousOffset: previous,
  });
  if (committedOffset === noOffset) {
    if (trigger.scaleToZeroOnInvalidOffset) return say(0);
    return say(trigger.offsetResetPolicy === "latest" ? 1 : (latestOffset ?? 0));
  }
  if (latestOffset === null) return say(0);
  const lag = latestOffset - committedOffset;
  if (!trigger.excludePersistentLag) return say(lag);
  return say(lag, committedOffset === previousOffset ? 0 : lag, committedOffset);
}

/**
 * The metric and the activity of a trigger, from the lags of its partitions.
 *
 * The lag is cut to `lagThreshold` for each partition, because more replicas than partitions would idle. KEDA compares by integer
 * division, so a lag of up to `(partitions + 1) · lagThreshold` passes, and the autoscaler makes one replica too many of it. An even
 * distribution turns the lag into that of the next count which divides the partitions, which is never nothing.
 *
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, getTotalLag (v2.20)
 */
export function totalLag(
  trigger: Pick<
    KafkaTrigger,
    | "lagThreshold"
    | "activationLagThreshold"
    | "allowIdleConsumers"
    | "limitToPartitionsWithLag"
    | "ensureEvenDistributionOfPartitions"
  >,
  partitions: readonly PartitionLag[],
): TotalLag {
  const { lagThreshold } = trigger;
  let lag = 0;
  let lagWithPersistent = 0;
  for (const partition of partitions) {
    lag += partition.lag;
    lagWithPersistent += partition.lagWithPersistent;
  }
  const active = lagWithPersistent > trigger.activationLagThreshold;
  const { limitToPartitionsWithLag: limit, ensureEvenDistributionOfPartitions: even } = trigger;
  if (trigger.allowIdleConsumers && !limit && !even) return { lag, active };

  if (even) lag = evenReplicas({ lag, partitions: partitions.length, lagThreshold }) * lagThreshold;
  const bound = limit ? partitions.filter((partition) => partition.lag > 0).length : partitions.length;
  const replicas = (lag - (lag % lagThreshold)) / lagThreshold;
  return { lag: replicas > bound ? bound * lagThreshold : lag, active };
}

/**
 * The fewest replicas that take the lag and of which each gets as many partitions as every other.
 *
 * @see kedacore/keda pkg/scalers/kafka_scaler.go, getNextFactorThatBalancesConsumersToTopicPartitions (v2.20)
 * @example
 * evenReplicas({ lag: 25, partitions: 10, lagThreshold: 10 }) // => 5
 */
export function evenReplicas({
  lag,
  partitions,
  lagThreshold,
}: {
  readonly lag: number;
  readonly partitions: number;
  readonly lagThreshold: number;
}): number {
  return divisors(partitions).find((replicas) => replicas * lagThreshold >= lag) ?? partitions;
}

/**
 * The whole numbers that divide a number, in rising order; none of a number below 1.
 *
 * @example
 * divisors(10) // => [1, 2, 5, 10]
 */
export function divisors(n: number): readonly number[] {
  const [small, large]: [number[], number[]] = [[], []];
  for (let i = 1; i * i <= n; i++) {
    if (n % i !== 0) continue;
    small.push(i);
    if (i !== n / i) large.unshift(n / i);
  }
  return [...small, ...large];
}
