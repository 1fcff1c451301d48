import type { Seconds } from "../base/units.ts";
import type { FailureKind } from "./answer.ts";

/**
 * What a client does after a failed attempt, in gRPC's terms: the n-th retry waits min(initialBackoff × backoffMultiplier^(n−1), maxBackoff),
 * times a uniform factor in [1 − jitter, 1 + jitter].
 */
export interface RetriesSpec {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly initialBackoff: Seconds;
  readonly backoffMultiplier: number;
  readonly maxBackoff: Seconds;
  /** In [0, 1]. */
  readonly jitter: number;
  /** From an attempt's own start; absent: only the target's timeout ends it. */
  readonly attemptTimeout?: Seconds;
  /** Which failures are tried again. */
  readonly on: readonly FailureKind[];
}

/** Further attempts while none has answered, one every `delay`; the first answer counts, the others run to their end. */
export interface HedgeSpec {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly delay: Seconds;
}
