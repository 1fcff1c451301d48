import type { Seconds } from "../base/units.ts";
import { middleOf } from "../stats/histogram.ts";

/** Coarse latency buckets of the timeline: 16 per doubling, so a step's percentile is known to 2 %. */
const coarseBits = 6;
export const columns = 704;
const stepsMax = 240;

/** A timeline as plain data: per step the time integrals of the instance counts and a coarse latency histogram. */
export interface TimelineData {
  readonly stepSeconds: Seconds;
  /** Covered time per step. */
  readonly span: Float64Array;
  readonly ready: Float64Array;
  readonly starting: Float64Array;
  /** The first column of `latencies`; those beside them hold nothing. */
  readonly firstColumn: number;
  readonly columnCount: number;
  /** steps × columnCount, row-major. */
  readonly latencies: Uint32Array;
}

/** Records what happened when, in at most 240 steps: a run of unknown length doubles the step whenever it outgrows them. */
export class TimelineRecorder {
  #step: Seconds;
  readonly #span = new Float64Array(stepsMax);
  readonly #ready = new Float64Array(stepsMax);
  readonly #starting = new Float64Array(stepsMax);
  readonly #latencies = new Uint32Array(stepsMax * columns);
  /** The row of `#latencies` last written, and the instants it stands for. */
  #row = 0;
  #rowFrom: Seconds = 0;
  #rowTo: Seconds = 0;

  constructor(duration: Seconds) {
    this.#step = duration < Infinity ? niceStep(duration) : 1;
  }

  /** @param bucket of its latency in a `Histogram` */
  completed(at: Seconds, bucket: number): void {
    // Most requests arrive in the step of the one before.
    if (!(at >= this.#rowFrom && at < this.#rowTo)) this.#moveTo(at);
    const column = bucket >> coarseBits;
    this.#latencies[this.#row + (column < columns ? column : columns - 1)]!++;
  }

  #moveTo(at: Seconds): void {
    while (at >= this.#step * stepsMax) this.#halve();
    const step = Math.floor(at / this.#step);
    this.#row = step * columns;
    this.#rowFrom = step * this.#step;
    this.#rowTo = (step + 1) * this.#step;
  }

  /** The counts held from one instant to another. */
  held(from: Seconds, to: Seconds, ready: number, starting: number): void {
    while (to > this.#step * stepsMax) this.#halve();
    for (let step = Math.floor(from / this.#step); from < to && step < stepsMax; step++) {
      const until = Math.min(to, (step + 1) * this.#step);
      const time = until - from;
      if (time > 0) {
        this.#span[step]! += time;
        this.#ready[step]! += ready * time;
        this.#starting[step]! += starting * time;
        from = until;
      }
    }
  }

  data(): TimelineData {
    const steps = this.#span.findLastIndex((span) => span > 0) + 1;
    const used = (column: number) => {
      for (let step = 0; step < steps; step++) if (this.#latencies[step * columns + column] !== 0) return true;
      return false;
    };
    let first = 0;
    let end = columns;
    while (first < end && !used(first)) first++;
    while (end > first && !used(end - 1)) end--;
    const latencies = new Uint32Array(steps * (end - first));
    for (let step = 0; step < steps; step++) {
      const row = this.#latencies.subarray(step * columns + first, step * columns + end);
      latencies.set(row, step * (end - first));
    }
    return {
      stepSeconds: this.#step,
      span: this.#span.slice(0, steps),
      ready: this.#ready.slice(0, steps),
      starting: this.#starting.slice(0, steps),
      firstColumn: first,
      columnCount: end - first,
      latencies,
    };
  }

  #halve(): void {
    this.#rowTo = 0;
    for (const column of [this.#span, this.#ready, this.#starting]) {
      for (let i = 0; i < stepsMax; i++) {
        const both = 2 * i < stepsMax ? column[2 * i]! + column[2 * i + 1]! : 0;
        column[i] = both;
      }
    }
    for (let i = 0; i < stepsMax; i++) {
      for (let k = 0; k < columns; k++) {
        const from = 2 * i * columns + k;
        this.#latencies[i * columns + k] =
          2 * i < stepsMax ? this.#latencies[from]! + this.#latencies[from + columns]! : 0;
      }
    }
    this.#step *= 2;
  }
}

/** The latency quantile of one step; null where no request arrived. */
export function stepQuantile(latencies: Float64Array, p: number): Seconds | null {
  let total = 0;
  for (const n of latencies) total += n;
  if (total === 0) return null;
  let seen = 0;
  for (let k = 0; k < latencies.length; k++) {
    seen += latencies[k]!;
    if (seen >= p * total) return middleOf((k + 0.5) * 2 ** coarseBits);
  }
  return null;
}

/** 1, 2 or 5 times a power of ten, at least a second on runs of 20 s or more, so that a run has 20 to 240 steps. */
function niceStep(duration: Seconds): Seconds {
  const least = duration >= 20 ? Math.max(1, duration / stepsMax) : Math.max(duration, 1e-6) / 20;
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least * (1 - 1e-9)) ?? 10 * power;
}
