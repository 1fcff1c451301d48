import type { Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";

/**
 * Accelerators that all pods of a target share, and which serve batches: a request holds its slot while its work waits for a batch and runs in it.
 *
 * A batch is taken when a device is free and either `maxBatchSize` requests wait or the eldest has waited `maxQueueDelay`. It takes
 * launch + (longest work) × (1 + (n − 1) × marginal): with `marginal` 0 as long as its longest member, with 1 as if one by one.
 */
export interface GpuSpec {
  readonly on: "gpu";
  /** A stage's own work there; absent: the scheduled work. */
  readonly of?: DistributionSpec;
  readonly devices: number;
  readonly maxBatchSize: number;
  readonly maxQueueDelay: Seconds;
  readonly launch: DistributionSpec;
  /** In [0, 1]. */
  readonly marginal: number;
}
