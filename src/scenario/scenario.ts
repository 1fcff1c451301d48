import type { ArrivalsSpec } from "../arrivals/index.ts";
import type { PerSecond, Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";
import type { Autoscaler } from "./autoscaler.ts";
import type { HedgeSpec, RetriesSpec } from "./client.ts";
import type { EdgeSpec } from "./edge.ts";
import type { FaultSpec } from "./faults.ts";
import type { GpuSpec } from "./gpu.ts";
import type { NodeSpec } from "./node.ts";
import type { PipelineSpec } from "./pipeline.ts";
import type { NodesSpec, PodStart, ReadinessCheck } from "./podStart.ts";

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
  /** What running costs; each target's own copy is `TargetSpec.prices`. */
  readonly prices?: PricesSpec;
  /** What goes wrong, and when. */
  readonly faults?: readonly FaultSpec[];
  readonly report: ReportSpec;
  /** Present in a fitted scenario: the measurement the fits came from. */
  readonly calibration: CalibrationSource | null;
  /** SHA-256 (hex) of the document's canonical JSON. */
  readonly sha256: string;
}

export interface CalibrationSource {
  readonly answerSha256: string;
  readonly seed: number;
  /** Of the requests that were measured, where they were one schedule. */
  readonly scheduleSha256?: string;
  /** At which requests came then. */
  readonly ratePerSecond?: number;
  /** By how much they were sent too late then, in seconds, at the 99th percentile: a busy machine shows in every fit. */
  readonly latenessSeconds?: number;
}

export interface ReportSpec {
  readonly quantiles: readonly number[];
  readonly cdfAt: readonly Seconds[];
  /** Upper edges; the bucket beyond the last is open. */
  readonly buckets: readonly Seconds[];
  readonly objective: Seconds | null;
  readonly tolerance: { readonly quantileRatio: number; readonly absolute: Seconds; readonly ks: number };
}

/** What running costs, in any one currency. */
export interface PricesSpec {
  /** Of memory; a gigabyte is 2³⁰ bytes, as clouds bill it. */
  readonly perGigabyteSecond: number;
  /** Of every request that is taken in. */
  readonly perRequest: number;
  /** Of an instance or pod, whether it is busy or not. */
  readonly perInstanceHour: number;
  /** Of a node, in the share that the instances take of it. */
  readonly perNodeHour: number;
  readonly node?: { readonly cores: number; readonly memory: number };
  /** Which memory is paid: all that is held, or only while an instance starts or serves. */
  readonly billed: "held" | "busy";
}

/** How long an idle instance stays: a time, or "forever". */
export type KeepAlive = DistributionSpec | "forever";

/** What every target has. */
export interface TargetFields {
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
  /** Bytes that one instance or pod holds. */
  readonly memory?: number;
  readonly prices?: PricesSpec;
  /** The clients' own, in front of the target. */
  readonly retries?: RetriesSpec;
  readonly hedge?: HedgeSpec;
  /** Where the scheduled work runs; absent: on the target's own cores. */
  readonly work?: GpuSpec;
}

/** Where and how `live` sends a request; strings may hold {workMs} {workSeconds} {id} {scheduledAt}. */
export interface LiveSpec {
  readonly url?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default "1.1". "2" over TLS is negotiated; without TLS it is spoken at once (h2c). */
  readonly http?: "1.1" | "2";
  /** Default "pooled": kept alive and used again; "perRequest": a new one for each. */
  readonly connections?: "pooled" | "perRequest";
  /** A certificate authority to trust instead of the system's, PEM. */
  readonly ca?: string;
  /** Takes any certificate. */
  readonly insecure?: boolean;
  /** What runs a `spinkube` target on the rig; by default Wasmtime where `functions/host` is built, else V8. */
  readonly wasmHost?: "wasmtime" | "v8";
  readonly deploy?: DeploySpec;
}

/** What is put into a cluster for a target. */
export interface DeploySpec {
  /** Default by kind: a Knative Service, a SpinApp, a Deployment. */
  readonly as?: "knative" | "spinkube" | "deployment";
  readonly image?: string;
  readonly namespace: string;
  readonly runtimeClass?: string;
  /** Where the function listens; by default 8080, for Spin 80. */
  readonly port?: number;
  /** Cores that the scheduler sets aside per pod. */
  readonly cpu: number;
  /** Pods at the beginning, in place of what the target says; 0: the replay's first request starts them. */
  readonly replicas?: number;
  /** Hash rounds that a second of `cpu` work stands for. */
  readonly roundsPerSecond?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Of a pipeline's function, who calls it there: the pipeline's own trigger (default), or Knative Eventing. */
  readonly dispatch?: "trigger" | "kafkaSource" | "broker";
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
  /** From its order on; an instance that is older takes no more requests. Absent: no limit. */
  readonly maxLifetime?: DistributionSpec;
  /** With no request in hand for so long every idle instance goes, whatever its keep-alive. Absent: never for that reason. */
  readonly scaleToZeroAfter?: Seconds;
  readonly coldStartOccupiesInstance: boolean;
}

/** What every platform on Kubernetes has. */
interface PodFields extends TargetFields {
  /** CPU seconds of one start, shared with the other starts on the node's cores. */
  readonly startWork?: DistributionSpec;
  /** CPU seconds of taking a pod down after it has drained, shared alike. */
  readonly stopWork?: DistributionSpec;
  /** How many pods a node starts at once. */
  readonly startsAtOnce?: number;
  readonly nodes?: NodesSpec;
  readonly cores: number;
  readonly workIs: "io" | "cpu";
}

export interface KnativeSpec extends PodFields {
  readonly kind: "knative";
  readonly podStart: PodStart;
  /** 0: unlimited. */
  readonly containerConcurrency: number;
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
  /** In place of Knative's own, for a revision of class hpa or keda. */
  readonly autoscaler?: Autoscaler;
}

export interface SpinkubeSpec extends PodFields {
  readonly kind: "spinkube";
  readonly instanceStart: DistributionSpec;
  /** Null where the number of pods is fixed and nothing is said. */
  readonly podStart: PodStart | null;
  /** Bytes that one request's own instance holds beside its pod's. */
  readonly instanceMemory?: number;
  /** Pods at the start: for ever where there is no autoscaler, else its minimum. */
  readonly replicas: number;
  readonly autoscaler?: Autoscaler;
  readonly checks?: { readonly readiness: ReadinessCheck };
  /** Clients' connections, each to one pod while that is there; absent: every request goes to a random pod. */
  readonly connections?: number;
  /** Above it requests fail. */
  readonly maxInstanceCount: number;
}

export type TargetSpec = ServerSpec | PerRequestSpec | KnativeSpec | SpinkubeSpec | EdgeSpec | PipelineSpec | NodeSpec;
