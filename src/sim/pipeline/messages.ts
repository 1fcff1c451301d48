import type { Seconds } from "../../base/units.ts";
import { widened } from "../calendar.ts";
import type { FailureIndex } from "../runRecorder.ts";

/** The requests on their way through a pipeline, in columns; a number is used again once its request is over. */
export class Messages {
  at = new Float64Array(64);
  /** Scheduled, the pipeline's work factor applied. */
  demand = new Float64Array(64);
  number = new Int32Array(64);
  origin = new Int32Array(64);
  /** When it came to its present stage, and when it could be read there. */
  enteredAt = new Float64Array(64);
  readableAt = new Float64Array(64);
  partition = new Int32Array(64);
  /** Seconds so far, by part. */
  network = new Float64Array(64);
  cold = new Float64Array(64);
  start = new Float64Array(64);
  queue = new Float64Array(64);
  work = new Float64Array(64);
  isCold = new Uint8Array(64);
  flags = new Uint8Array(64);
  failure = new Uint8Array(64);
  inFlight = 0;

  readonly stages: number;
  #times: Float64Array;
  readonly #free: number[] = [];
  #used = 0;

  constructor(stages: number) {
    this.stages = stages;
    this.#times = new Float64Array(64 * stages);
  }

  open(at: Seconds, demand: Seconds, number: number): number {
    const id = this.#free.pop() ?? this.#fresh();
    this.inFlight++;
    this.at[id] = at;
    this.demand[id] = demand;
    this.number[id] = number;
    this.cold[id] = 0;
    this.start[id] = 0;
    this.queue[id] = 0;
    this.work[id] = 0;
    this.isCold[id] = 0;
    this.flags[id] = 0;
    return id;
  }

  /** Adds what a function says of its part. */
  add(id: number, parts: Float64Array, isCold: number, flags: number): void {
    this.network[id]! += parts[0]!;
    this.cold[id]! += parts[1]!;
    this.start[id]! += parts[2]!;
    this.queue[id]! += parts[3]!;
    this.work[id]! += parts[4]!;
    this.isCold[id]! |= isCold;
    this.flags[id]! |= flags;
  }

  /** The request failed; it is told where it is safe to. */
  fail(id: number, kind: FailureIndex): void {
    this.failure[id] = kind;
  }

  setTime(id: number, stage: number, seconds: Seconds): void {
    this.#times[id * this.stages + stage] = seconds;
  }

  /** Its seconds by stage. */
  times(id: number): Float64Array {
    return this.#times.subarray(id * this.stages, (id + 1) * this.stages);
  }

  close(id: number): void {
    this.inFlight--;
    this.#free.push(id);
  }

  #fresh(): number {
    if (this.#used === this.at.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const length = 2 * this.#used;
    const bytes = (old: Uint8Array<ArrayBuffer>) => widened(old, new Uint8Array(length));
    const integers = (old: Int32Array<ArrayBuffer>) => widened(old, new Int32Array(length));
    const doubles = (old: Float64Array<ArrayBuffer>) => widened(old, new Float64Array(length));
    this.at = doubles(this.at);
    this.demand = doubles(this.demand);
    this.number = integers(this.number);
    this.origin = integers(this.origin);
    this.enteredAt = doubles(this.enteredAt);
    this.readableAt = doubles(this.readableAt);
    this.partition = integers(this.partition);
    this.network = doubles(this.network);
    this.cold = doubles(this.cold);
    this.start = doubles(this.start);
    this.queue = doubles(this.queue);
    this.work = doubles(this.work);
    this.isCold = bytes(this.isCold);
    this.flags = bytes(this.flags);
    this.failure = bytes(this.failure);
    this.#times = widened(this.#times, new Float64Array(length * this.stages));
  }
}
