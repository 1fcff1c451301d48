import type { ArrivalsSpec } from "../arrivals/index.ts";
import type { Seconds } from "../base/units.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import type { PartitionOffsets } from "../policies/scaling/index.ts";
import { source } from "../random/source.ts";
import type { FaultSpec } from "../scenario/faults.ts";
import type { KeepAlive, TargetSpec } from "../scenario/scenario.ts";
import type { ScheduleCursor } from "../scenario/schedule.ts";
import type { Recorder } from "./runRecorder.ts";

/** What every target's loop is given. */
export interface RunInput<Target extends TargetSpec = TargetSpec> {
  readonly target: Target;
  readonly cursor: ScheduleCursor;
  /** Infinity where only the number of requests bounds the run. */
  readonly duration: Seconds;
  readonly seed: number;
  readonly replication: number;
  readonly recorder: Recorder;
  /** What other functions like the measured one have; absent where that is no open stream. */
  readonly load?: { readonly arrivals: ArrivalsSpec; readonly work: DistributionSpec };
  /** What befalls this target; absent: nothing. */
  readonly faults?: readonly FaultSpec[];
  /** Offsets of the consumer group that calls the target, in place of a group of its own. */
  readonly offsets?: () => PartitionOffsets[];
}

/** A target's simulation, request by request: the schedule feeds it, or clients and pipelines whose requests depend on answers. */
export interface Station {
  /** The earliest pending event; Infinity when there is none. */
  readonly nextTime: Seconds;
  /** Requests that may still be heard of. */
  readonly inFlight: number;
  /** Tells the recorder what there is at time 0. */
  begin(): void;
  /** A request arrives, before which every earlier event was handled; the recorder hears its outcome under `number`. */
  arrive(now: Seconds, work: Seconds, number: number): void;
  /** Handles the earliest pending event. */
  step(): void;
}

/** Feeds the schedule to a station, until its requests are over and the duration is. */
export function playSchedule(station: Station, { cursor, duration, recorder }: RunInput): void {
  let at = cursor.next() ? cursor.atSeconds : Infinity;
  let end = at === Infinity && duration === Infinity ? 0 : duration;
  station.begin();
  for (let number = 0; ; ) {
    const time = station.nextTime;
    if (at < time) {
      station.arrive(at, cursor.workSeconds, number++);
      const previous = at;
      at = cursor.next() ? cursor.atSeconds : Infinity;
      if (at === Infinity && end === Infinity) {
        end = previous;
        recorder.endAt(end);
      }
      continue;
    }
    if (time === Infinity || (at === Infinity && time > end && station.inFlight === 0)) break;
    station.step();
  }
  recorder.endAt(end);
}

/** A stream of this target's own draws for one purpose. */
export const streamOf = ({ seed, target, replication }: RunInput, purpose: string) =>
  source(seed, target.name, purpose, replication);

/** A sampler of one purpose's times, drawn from a stream of its own. */
export const samplerOf = (input: RunInput, purpose: string, spec: DistributionSpec): (() => Seconds) =>
  distribution(spec).sampler(streamOf(input, purpose));

/** Network and request overhead together, drawn per arrival so that no platform decision shifts them. */
export function networkSampler(input: RunInput): () => Seconds {
  const network = samplerOf(input, "network", input.target.network);
  const overhead = samplerOf(input, "requestOverhead", input.target.requestOverhead);
  const constant =
    input.target.network.kind === "deterministic" && input.target.requestOverhead.kind === "deterministic";
  if (!constant) return () => network() + overhead();
  const both = network() + overhead();
  return () => both;
}

/** How long an idle instance stays; Infinity for ever. */
export const keepAliveSampler = (input: RunInput, keepAlive: KeepAlive): (() => Seconds) =>
  keepAlive === "forever" ? () => Infinity : samplerOf(input, "keepAlive", keepAlive);
