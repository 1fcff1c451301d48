import type { ArrivalsSpec } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";

/** A scenario past the parser: plain data, every default filled in, times in seconds, rates per second. */
export interface Scenario {
  readonly name: string;
  readonly seed: number;
  /** Arrivals are drawn in [0, duration); Infinity where the arrivals are finite or --requests bounds them. */
  readonly duration: Seconds;
  readonly warmup: Seconds;
  readonly arrivals: ArrivalsSpec;
  readonly work: DistributionSpec;
  /** The whole round trip; each target's own copy is `TargetSpec.network`. */
  readonly network: DistributionSpec;
  readonly targets: readonly TargetSpec[];
  readonly report: ReportSpec;
  /** Present in a fitted scenario: the measurement the fits came from. */
  readonly calibration: CalibrationSource | null;
  /** SHA-256 (hex) of the document's canonical JSON. */
  readonly sha256: string;
}

export interface CalibrationSource {
  readonly answerSha256: string;
  readonly seed: number;
}

export interface ReportSpec {
  readonly quantiles: readonly number[];
  readonly cdfAt: readonly Seconds[];
  /** Upper edges; the bucket beyond the last is open. */
  readonly buckets: readonly Seconds[];
  readonly objective: Seconds | null;
  readonly tolerance: { readonly quantileRatio: number; readonly absolute: Seconds; readonly ks: number };
}

/** How long an idle instance stays: a time, or "forever". */
export type KeepAlive = DistributionSpec | "forever";

interface TargetFields {
  readonly name: string;
  /** Multiplies the scheduled work. */
  readonly workFactor: number;
  readonly network: DistributionSpec;
  readonly requestOverhead: DistributionSpec;
  /** Replaces the work of an instance's first request. */
  readonly firstWork: DistributionSpec | null;
  /** From the scheduled instant; Infinity where there is none. */
  readonly timeout: Seconds;
  readonly live: LiveSpec | null;
}

/** Where and how `live` sends a request; strings may hold {workMs} {workSeconds} {id} {scheduledAt}. */
export interface LiveSpec {
  readonly url?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ServerSpec extends TargetFields {
  readonly kind: "server";
  /** Slots of one instance; Infinity for "unlimited". */
  readonly concurrency: number;
  readonly discipline: "fcfs" | "processorSharing";
  readonly servers: number;
  readonly coldStart: DistributionSpec;
  readonly keepAlive: KeepAlive;
  readonly closeDown: DistributionSpec | null;
  /** Requests that may wait; Infinity where there is no limit. */
  readonly queueLimit: number;
}

export interface PerRequestSpec extends TargetFields {
  readonly kind: "perRequest";
  readonly coldStart: DistributionSpec;
  readonly keepAlive: KeepAlive;
  readonly selection: "newest" | "mru" | "lru" | "oldest" | "random";
  readonly maxInstances: number;
  readonly minInstances: number;
  readonly startsPerSecond: PerSecond;
  readonly coldStartOccupiesInstance: boolean;
}

export interface KnativeSpec extends TargetFields {
  readonly kind: "knative";
  readonly podStart: DistributionSpec;
  /** 0: unlimited. */
  readonly containerConcurrency: number;
  readonly cores: number;
  readonly workIs: "io" | "cpu";
  readonly metric: "concurrency" | "rps";
  /** The target annotation; null where the platform's default holds. */
  readonly target: number | null;
  readonly targetUtilization: number;
  readonly minScale: number;
  /** Infinity where there is none. */
  readonly maxScale: number;
  readonly initialScale: number;
  readonly stableWindow: Seconds;
  readonly panicWindowPercentage: number;
  readonly panicThresholdPercentage: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly targetBurstCapacity: number;
  readonly scaleToZero: boolean;
  readonly scaleToZeroGracePeriod: Seconds;
  readonly scaleToZeroPodRetentionPeriod: Seconds;
  readonly scaleDownDelay: Seconds;
  readonly minActivators: number;
  /** Pods of the activator's own Deployment: no more can be in the path. */
  readonly activators: number;
  /** From "can serve" to "Kubernetes counts it ready". */
  readonly readyDelay: DistributionSpec;
}

export interface SpinkubeSpec extends TargetFields {
  readonly kind: "spinkube";
  readonly instanceStart: DistributionSpec;
  readonly podStart: DistributionSpec | null;
  readonly replicas: number;
  /** Above it requests fail. */
  readonly maxInstanceCount: number;
  readonly cores: number;
  readonly workIs: "io" | "cpu";
}

export type TargetSpec = ServerSpec | PerRequestSpec | KnativeSpec | SpinkubeSpec;
