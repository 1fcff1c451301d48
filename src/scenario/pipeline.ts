import type { Seconds } from "../base/units.ts";
import type { DistributionSpec } from "../distributions/index.ts";
import type { RetriesSpec } from "./client.ts";
import type { GpuSpec } from "./gpu.ts";
import type { KnativeSpec, PerRequestSpec, ServerSpec, SpinkubeSpec, TargetFields } from "./scenario.ts";

interface StageFields {
  /** Unique within the pipeline. */
  readonly name: string;
}

/** A time that holds nothing: a hop, a proxy. */
export interface DelayStage extends StageFields {
  readonly kind: "delay";
  readonly time: DistributionSpec;
}

/** A Kafka producer and the topic it writes to. */
export interface ProduceStage extends StageFields {
  readonly kind: "produce";
  readonly partitions: number;
  /** How a record finds its partition: by its device, in turn, or at random. */
  readonly by: "origin" | "roundRobin" | "random";
  /** A batch is sent so long after its first record (linger.ms), or when it is full. */
  readonly linger: Seconds;
  /** Records per batch; absent: never full. */
  readonly batchSize?: number;
  /** From sending a batch to its being readable; batches of a partition stay in order. */
  readonly send: DistributionSpec;
}

/** How a consumer group reads the topic before it. */
export interface ConsumerFields extends StageFields {
  /** Members of the group; more than there are partitions stay idle. */
  readonly consumers: number;
  /** From readable (or from asking, if later) to being in the consumer's hands, per fetch. */
  readonly fetch: DistributionSpec;
  /** max.poll.records */
  readonly maxPollRecords: number;
  /** Offsets of what has been handed out are committed so often; 0: at once. */
  readonly autoCommitInterval: Seconds;
  /** Stop-the-world rebalances of the group; absent: none. */
  readonly rebalance?: { readonly every: DistributionSpec; readonly pause: DistributionSpec };
}

/** Consumers that work on one record at a time, and pass it on. */
export interface AggregatorStage extends ConsumerFields {
  readonly kind: "aggregator";
  readonly work: DistributionSpec;
  /** What a fetch brought is written in a transaction, which goes on for so long after the last of it; absent: none. */
  readonly transaction?: DistributionSpec;
}

/** Consumers that call the stage after it over HTTP, at most so many calls of each at once. */
export interface TriggerStage extends ConsumerFields {
  readonly kind: "trigger";
  /** Per consumer. */
  readonly inFlight: number;
  readonly retries?: RetriesSpec;
}

/** Consumers at the end: a request is over when one has worked on its record. */
export interface CollectorStage extends ConsumerFields {
  readonly kind: "collector";
  readonly work: DistributionSpec;
}

/** One of the other kinds of target. */
export type FunctionStage = (
  | Omit<ServerSpec, "work">
  | Omit<PerRequestSpec, "work">
  | Omit<KnativeSpec, "work">
  | Omit<SpinkubeSpec, "work">
) & {
  /** In place of the scheduled work, or where that runs; absent: the scheduled one on the pods' cores. */
  readonly work?: DistributionSpec | GpuSpec;
};

export type StageSpec = DelayStage | ProduceStage | AggregatorStage | TriggerStage | CollectorStage | FunctionStage;

/** Stages in series: one request passes all of them, in this order. */
export interface PipelineSpec extends TargetFields {
  readonly kind: "pipeline";
  readonly stages: readonly StageSpec[];
}

/** Whether a stage is one of the other kinds of target. */
export const isFunctionStage = <Stage extends { readonly kind: string }>(
  stage: Stage,
): stage is Stage & { readonly kind: FunctionStage["kind"] } => functionKinds.has(stage.kind);

const functionKinds: ReadonlySet<string> = new Set<FunctionStage["kind"]>([
  "server",
  "perRequest",
  "knative",
  "spinkube",
]);
