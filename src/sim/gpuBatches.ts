import type { Seconds } from "../base/units.ts";
import type { GpuSpec } from "../scenario/gpu.ts";
import type { Calendar } from "./calendar.ts";
import { type RunInput, samplerOf } from "./run.ts";

/** A request's work on an accelerator. */
export interface GpuWork {
  readonly id: number;
  /** Of the request, which may be over before its batch is. */
  readonly generation: number;
  readonly work: Seconds;
  readonly since: Seconds;
}

/**
 * The accelerators of a target and the line in front of them.
 *
 * A free device takes a batch when `maxBatchSize` works wait or the eldest has waited `maxQueueDelay`. All of a batch end together, after
 * launch + (longest work) × (1 + (n − 1) × marginal).
 */
export class GpuBatches {
  readonly #spec: GpuSpec;
  readonly #calendar: Calendar;
  readonly #kind: number;
  readonly #drawLaunch: () => Seconds;
  readonly #waiting: GpuWork[] = [];
  /** By device: the batch it runs; empty where it is free. */
  readonly #batches: GpuWork[][];

  /** @param kind of its events on the calendar, whose subject goes to `handle` */
  constructor(input: RunInput, spec: GpuSpec, calendar: Calendar, kind: number) {
    this.#spec = spec;
    this.#calendar = calendar;
    this.#kind = kind;
    this.#drawLaunch = samplerOf(input, "launch", spec.launch);
    this.#batches = Array.from({ length: spec.devices }, () => []);
  }

  add(now: Seconds, id: number, generation: number, work: Seconds): void {
    const { maxBatchSize, maxQueueDelay, devices } = this.#spec;
    this.#waiting.push({ id, generation, work, since: now });
    this.#take(now);
    // Looked at again when it may be the eldest that has waited enough.
    if (maxQueueDelay > 0 && maxBatchSize > 1) this.#calendar.schedule(now + maxQueueDelay, this.#kind, devices);
  }

  /** @returns what has ended together */
  handle(now: Seconds, subject: number): readonly GpuWork[] {
    const ended = this.#batches[subject] ?? [];
    if (subject < this.#batches.length) this.#batches[subject] = [];
    this.#take(now);
    return ended;
  }

  #take(now: Seconds): void {
    const { maxBatchSize, maxQueueDelay, marginal } = this.#spec;
    for (;;) {
      const eldest = this.#waiting[0];
      if (eldest === undefined) return;
      if (this.#waiting.length < maxBatchSize && eldest.since + maxQueueDelay > now) return;
      const device = this.#batches.findIndex((batch) => batch.length === 0);
      if (device < 0) return;
      const batch = this.#waiting.splice(0, maxBatchSize);
      const longest = Math.max(...batch.map(({ work }) => work));
      this.#batches[device] = batch;
      const time = this.#drawLaunch() + longest * (1 + (batch.length - 1) * marginal);
      this.#calendar.schedule(now + time, this.#kind, device);
    }
  }
}
