import type { Seconds } from "../../base/units.ts";
import { distribution } from "../../distributions/index.ts";
import type { PartitionOffsets } from "../../policies/scaling/index.ts";
import type { RetriesSpec } from "../../scenario/client.ts";
import type { FunctionStage } from "../../scenario/pipeline.ts";
import type { TargetSpec } from "../../scenario/scenario.ts";
import { type RunInput, type Station, streamOf } from "../run.ts";
import type { FailureIndex } from "../runRecorder.ts";
import { type Caller, type GaugeSums, Tap } from "../tap.ts";
import type { StageHost, StageRun } from "./stageRun.ts";

const answered = 0;
const failed = 1;

/** What stands around a function in its pipeline. */
export interface FunctionContext {
  readonly retries: RetriesSpec | undefined;
  /** Offsets of the group that calls it; null where it is called directly. */
  readonly offsets: (() => PartitionOffsets[]) | null;
  readonly sums: GaugeSums;
  readonly station: (input: RunInput) => Station;
}

/** Any other kind of target as a stage: called with every message, which goes on when the answer is back. */
export class FunctionRun implements StageRun, Caller {
  readonly station: Station;
  /** Set by the pipeline before the station acts, which does not tell the time itself. */
  now: Seconds = 0;
  readonly #host: StageHost;
  readonly #drawWork: (() => Seconds) | null;

  constructor(stage: FunctionStage, host: StageHost, { retries, offsets, sums, station }: FunctionContext) {
    this.#host = host;
    const { input } = host;
    const { work, ...rest } = stage;
    const own = work === undefined ? undefined : "on" in work ? work.of : work;
    const onGpu = work !== undefined && "on" in work ? { work } : {};
    const name = `${input.target.name} ${stage.name}`;
    this.#drawWork = own === undefined ? null : distribution(own).sampler(streamOf(input, `${stage.name} work`));
    const target = { ...rest, ...onGpu, ...(retries && { retries }), name } as TargetSpec;
    const recorder = new Tap(input.recorder, this, sums);
    this.station = station({ ...input, target, recorder, ...(offsets && { offsets }) });
  }

  enter(now: Seconds, id: number): void {
    this.now = now;
    this.station.arrive(now, this.#drawWork?.() ?? this.#host.messages.demand[id]!, id);
  }

  handle(now: Seconds, event: number, id: number): void {
    if (event === answered) this.#host.leave(now, id);
    else this.#host.lose(now, id);
  }

  /** The pipeline goes on later, even where that is at once: the station is still at work. */
  answered(id: number, at: Seconds, latency: Seconds, parts: Float64Array, isCold: number, flags: number): void {
    this.#host.messages.add(id, parts, isCold, flags);
    this.#host.schedule(Math.max(this.now, at + latency), answered, id);
  }

  failed(id: number, kind: FailureIndex): void {
    this.#host.messages.failure[id] = kind;
    this.#host.schedule(this.now, failed, id);
  }
}
