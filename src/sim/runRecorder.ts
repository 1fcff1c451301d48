import type { Seconds } from "../base/units.ts";
import { type FailureKind, failureKinds } from "../scenario/answer.ts";
import { edgeParts } from "../scenario/edge.ts";
import type { ReportSpec } from "../scenario/scenario.ts";
import { bucketOf } from "../stats/histogram.ts";
import { inColdBusyPeriod, inTriggerBatch, triggeredStart } from "./requests.ts";
import { joinSections, Section, type SectionData } from "./section.ts";
import { type LatencySeries, SeriesRecorder } from "./seriesRecorder.ts";
import { type TimelineData, TimelineRecorder } from "./timelineRecorder.ts";

/** One replication of one target; plain data that a worker thread can send. */
export interface ReplicationResult {
  readonly target: string;
  readonly replication: number;
  readonly scheduled: number;
  /** Of clients with retries or hedges; 0 where every request is sent once. */
  readonly attempts: number;
  readonly completed: number;
  /** By `failureKinds`. */
  readonly failed: Float64Array;
  readonly measured: number;
  /** One, or the batches of a long run. */
  readonly sections: readonly SectionData[];
  readonly timeline: TimelineData;
  readonly series: LatencySeries;
}

export const timeout = failureKinds.indexOf("timeout");
export const rejected = failureKinds.indexOf("rejected");
export const connection = failureKinds.indexOf("connection");
export const reset = failureKinds.indexOf("reset");
export const http5xx = failureKinds.indexOf("http5xx");
export type FailureIndex = number & { readonly kind?: FailureKind };

/** Whom a target's loop tells what happens. */
export type Recorder = Pick<
  RunRecorder,
  | "scheduled"
  | "attempts"
  | "completed"
  | "failed"
  | "started"
  | "instanceStarted"
  | "stages"
  | "note"
  | "gauge"
  | "endAt"
>;

const batchesMax = 32;

/** Takes note of everything a run shows, in memory that does not grow with it. */
export class RunRecorder {
  scheduled = 0;
  /** What clients with retries or hedges have sent; 0 where every request is sent once. */
  attempts = 0;
  completedCount = 0;
  measured = 0;
  readonly failedCounts = new Float64Array(failureKinds.length);

  readonly #warmup: Seconds;
  readonly #timeout: Seconds;
  /** A request's network and compute; null where they are not told apart. */
  readonly #split: Float64Array | null;
  readonly #timeline: TimelineRecorder;
  readonly #series = new SeriesRecorder();
  #end: Seconds;
  /** Closed batches. */
  #sections: SectionData[] = [];
  readonly #section: Section;
  /** Completions per section; Infinity where the whole run is one. */
  #batch: number;
  #inBatch = 0;

  #total = 0;
  #starting = 0;
  #ready = 0;
  #busy = 0;
  #gaugedAt: Seconds = 0;
  #shownAt: Seconds = 0;

  constructor(options: {
    readonly report: ReportSpec;
    readonly warmup: Seconds;
    /** Infinity where only the number of requests bounds the run. */
    readonly duration: Seconds;
    readonly timeout: Seconds;
    /** Split the run into batches, for a run that has to tell its own error. */
    readonly batches: boolean;
    /** Network and the rest are told as stages. */
    readonly splits?: boolean;
  }) {
    this.#warmup = options.warmup;
    this.#end = options.duration;
    this.#timeout = options.timeout;
    this.#split = options.splits === true ? new Float64Array(edgeParts.length) : null;
    this.#timeline = new TimelineRecorder(options.duration);
    this.#batch = options.batches ? 64 : Infinity;
    this.#section = new Section(options.report);
  }

  /** A request is over; its parts sum to its latency. */
  completed(
    at: Seconds,
    network: Seconds,
    cold: Seconds,
    start: Seconds,
    queue: Seconds,
    work: Seconds,
    isCold: number,
    flags: number,
    _number: number,
  ): void {
    const latency = network + cold + start + queue + work;
    if (latency > this.#timeout) {
      this.failed(at, timeout, _number);
      return;
    }
    this.completedCount++;
    this.#series.completed(at, latency);
    if (at < this.#warmup) {
      this.#timeline.completed(at, bucketOf(latency));
      return;
    }
    this.measured++;
    const section = this.#section;
    const bucket = section.latency.record(latency);
    this.#timeline.completed(at, bucket);
    section.addWork(bucket, work);
    const parts = section.parts;
    parts[0]! += network;
    parts[1]! += cold;
    parts[2]! += start;
    parts[3]! += queue;
    parts[4]! += work;
    if (this.#split !== null) {
      this.#split[0] = network;
      this.#split[1] = cold + start + queue + work;
      section.addStages(this.#split);
    }
    section.cold += isCold;
    if (flags !== 0) {
      if ((flags & triggeredStart) !== 0) section.triggered++;
      if ((flags & inTriggerBatch) !== 0) section.inTriggerBatch++;
      if ((flags & inColdBusyPeriod) !== 0) section.inColdBusyPeriod++;
    }
    if (++this.#inBatch >= this.#batch) this.#nextBatch();
  }

  failed(at: Seconds, kind: FailureIndex, _number: number): void {
    this.failedCounts[kind]!++;
    if (at < this.#warmup) return;
    this.measured++;
    this.#section.latency.failures++;
  }

  /** An instance became ready, so long after it was ordered. */
  started(now: Seconds, duration: Seconds): void {
    if (now < this.#warmup || now > this.#end) return;
    this.#section.starts++;
    this.#section.coldDuration.record(duration);
  }

  /** A measured request's own instance took so long to start. */
  instanceStarted(at: Seconds, seconds: Seconds): void {
    if (at >= this.#warmup) this.#section.instanceStart.record(seconds);
  }

  /** How long a completed request was in each stage of a pipeline. */
  stages(at: Seconds, seconds: Float64Array): void {
    if (at >= this.#warmup) this.#section.addStages(seconds);
  }

  /** One of `facts`, for those who trace a run; here nobody does. */
  note(_now: Seconds, _fact: number, _subject: number, _place: number): void {}

  /** The number of instances, from now on. */
  gauge(now: Seconds, total: number, starting: number, ready: number, busy: number): void {
    this.#integrate(now);
    if (ready !== this.#ready || starting !== this.#starting) this.#show(now);
    this.#total = total;
    this.#starting = starting;
    this.#ready = ready;
    this.#busy = busy;
  }

  /** No time average looks beyond this instant. */
  endAt(end: Seconds): void {
    this.#integrate(end);
    this.#show(end);
    this.#end = Math.min(this.#end, end);
  }

  result(target: string, replication: number): ReplicationResult {
    const sections = [...this.#sections];
    const last = sections.at(-1);
    // A rest without a completed request still holds time and failures.
    if (this.#inBatch > 0 || last === undefined) sections.push(this.#section.data());
    else sections[sections.length - 1] = joinSections([last, this.#section.data()]);
    return {
      target,
      replication,
      scheduled: this.scheduled,
      attempts: this.attempts,
      completed: this.completedCount,
      failed: this.failedCounts,
      measured: this.measured,
      sections,
      timeline: this.#timeline.data(),
      series: this.#series.data(),
    };
  }

  #integrate(now: Seconds): void {
    const from = Math.max(this.#gaugedAt, this.#warmup);
    const to = Math.min(now, this.#end);
    if (to > from) {
      const time = to - from;
      const { integrals } = this.#section;
      integrals[0]! += this.#total * time;
      integrals[1]! += this.#starting * time;
      integrals[2]! += this.#ready * time;
      integrals[3]! += this.#busy * time;
      this.#section.span += time;
    }
    this.#gaugedAt = now;
  }

  #show(now: Seconds): void {
    const to = Math.min(now, this.#end);
    if (to > this.#shownAt) this.#timeline.held(this.#shownAt, to, this.#ready, this.#starting);
    this.#shownAt = Math.max(this.#shownAt, to);
  }

  /** Full: the next section, or half as many twice as long. */
  #nextBatch(): void {
    this.#inBatch = 0;
    this.#sections.push(this.#section.data());
    if (this.#sections.length === batchesMax) {
      this.#sections = joinPairs(this.#sections);
      this.#batch *= 2;
    }
    this.#section.clear();
  }
}

function joinPairs(sections: readonly SectionData[]): SectionData[] {
  const joined: SectionData[] = [];
  for (let i = 0; i + 1 < sections.length; i += 2) joined.push(joinSections([sections[i]!, sections[i + 1]!]));
  return joined;
}
