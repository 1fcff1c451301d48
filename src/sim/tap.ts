import type { Seconds } from "../base/units.ts";
import type { FailureIndex, Recorder } from "./runRecorder.ts";

/** Who asked a station to do something and wants to hear how it ended. */
export interface Caller {
  /**
   * A request that the caller sent at `at` is served; its answer reaches the caller `latency` later, which may be in the future.
   *
   * `parts` are its seconds by `partNames`; they are used again for the next.
   */
  answered(number: number, at: Seconds, latency: Seconds, parts: Float64Array, isCold: number, flags: number): void;
  failed(number: number, kind: FailureIndex): void;
}

/**
 * What a station tells when it stands behind somebody else: outcomes go to the caller, and all the rest to the target's own recorder, where
 * the instances of several stations add up.
 */
export class Tap implements Recorder {
  scheduled = 0;
  readonly #recorder: Recorder;
  readonly #caller: Caller;
  readonly #sums: GaugeSums;
  readonly #held = new Float64Array(4);
  readonly #parts = new Float64Array(5);

  constructor(recorder: Recorder, caller: Caller, sums: GaugeSums) {
    this.#recorder = recorder;
    this.#caller = caller;
    this.#sums = sums;
  }

  completed(
    at: Seconds,
    network: Seconds,
    cold: Seconds,
    start: Seconds,
    queue: Seconds,
    work: Seconds,
    isCold: number,
    flags: number,
    number: number,
  ): void {
    const parts = this.#parts;
    parts[0] = network;
    parts[1] = cold;
    parts[2] = start;
    parts[3] = queue;
    parts[4] = work;
    this.#caller.answered(number, at, network + cold + start + queue + work, parts, isCold, flags);
  }

  failed(_at: Seconds, kind: FailureIndex, number: number): void {
    this.#caller.failed(number, kind);
  }

  started(now: Seconds, duration: Seconds): void {
    this.#recorder.started(now, duration);
  }

  instanceStarted(at: Seconds, seconds: Seconds): void {
    this.#recorder.instanceStarted(at, seconds);
  }

  gauge(now: Seconds, total: number, starting: number, ready: number, busy: number): void {
    const all = this.#sums.replaced(this.#held, total, starting, ready, busy);
    this.#recorder.gauge(now, all[0]!, all[1]!, all[2]!, all[3]!);
  }

  /** Its requests are numbered by their caller, and of no trace. */
  note(): void {}

  stages(at: Seconds, seconds: Float64Array): void {
    this.#recorder.stages(at, seconds);
  }

  get attempts(): number {
    return this.#recorder.attempts;
  }

  set attempts(value: number) {
    this.#recorder.attempts = value;
  }

  /** The end is the business of whoever plays the schedule. */
  endAt(): void {}
}

/** The instances of all stations of a target together. */
export class GaugeSums {
  readonly #sums = new Float64Array(4);

  replaced(held: Float64Array, total: number, starting: number, ready: number, busy: number): Float64Array {
    const sums = this.#sums;
    sums[0]! += total - held[0]!;
    sums[1]! += starting - held[1]!;
    sums[2]! += ready - held[2]!;
    sums[3]! += busy - held[3]!;
    held[0] = total;
    held[1] = starting;
    held[2] = ready;
    held[3] = busy;
    return sums;
  }
}
