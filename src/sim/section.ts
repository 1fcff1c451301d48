import type { Seconds } from "../base/units.ts";
import { joinSamples, LatencyRecorder, type LatencySample } from "../scenario/latencyRecorder.ts";
import type { ReportSpec } from "../scenario/scenario.ts";
import { widened } from "./calendar.ts";

/** The parts of a latency, as columns of `Section.parts`. */
export const partNames = ["network", "cold", "start", "queue", "work"] as const;
/** The time averages, as columns of `Section.integrals`. */
export const gaugeNames = ["total", "starting", "ready", "busy"] as const;

/** What one replication, or one batch of a long run, measured; plain data. */
export interface SectionData {
  readonly latency: LatencySample;
  /** Σ over the completed requests, in seconds, by `partNames`. */
  readonly parts: Float64Array;
  /** Σ work of the requests in each latency bucket. */
  readonly workByBucket: Float64Array;
  readonly cold: number;
  readonly triggered: number;
  readonly inTriggerBatch: number;
  readonly inColdBusyPeriod: number;
  readonly starts: number;
  readonly coldDuration: LatencySample;
  readonly instanceStart: LatencySample;
  /** Of the requests that passed a pipeline: their times in each stage; empty elsewhere. */
  readonly stages: readonly LatencySample[];
  /** ∫ count dt by `gaugeNames`, and the time they cover. */
  readonly integrals: Float64Array;
  readonly span: Seconds;
}

/** The measured part of a run while it is being recorded. */
export class Section {
  readonly #report: ReportSpec;
  readonly latency: LatencyRecorder;
  readonly coldDuration: LatencyRecorder;
  readonly instanceStart: LatencyRecorder;
  readonly parts = new Float64Array(partNames.length);
  readonly integrals = new Float64Array(gaugeNames.length);
  workByBucket = new Float64Array(16 * 1024);
  stages: LatencyRecorder[] = [];
  cold = 0;
  triggered = 0;
  inTriggerBatch = 0;
  inColdBusyPeriod = 0;
  starts = 0;
  span = 0;

  constructor(report: ReportSpec) {
    this.#report = report;
    this.latency = new LatencyRecorder(report);
    this.coldDuration = new LatencyRecorder(report);
    this.instanceStart = new LatencyRecorder(report);
  }

  addWork(bucket: number, work: Seconds): void {
    if (bucket >= this.workByBucket.length) {
      const length = Math.max(2 * this.workByBucket.length, bucket + 1);
      this.workByBucket = widened(this.workByBucket, new Float64Array(length));
    }
    this.workByBucket[bucket]! += work;
  }

  addStages(seconds: Float64Array): void {
    for (let i = this.stages.length; i < seconds.length; i++) this.stages.push(new LatencyRecorder(this.#report));
    for (let i = 0; i < seconds.length; i++) this.stages[i]!.record(seconds[i]!);
  }

  /** Begins the next batch, in the same columns: new ones for every batch would be most of a run's memory. */
  clear(): void {
    for (const law of [this.latency, this.coldDuration, this.instanceStart, ...this.stages]) law.clear();
    for (const column of [this.parts, this.integrals, this.workByBucket]) column.fill(0);
    this.cold = 0;
    this.triggered = 0;
    this.inTriggerBatch = 0;
    this.inColdBusyPeriod = 0;
    this.starts = 0;
    this.span = 0;
  }

  data(): SectionData {
    const latency = this.latency.sample();
    return {
      latency,
      parts: this.parts.slice(),
      workByBucket: this.workByBucket.slice(0, latency.counts.length),
      cold: this.cold,
      triggered: this.triggered,
      inTriggerBatch: this.inTriggerBatch,
      inColdBusyPeriod: this.inColdBusyPeriod,
      starts: this.starts,
      coldDuration: this.coldDuration.sample(),
      instanceStart: this.instanceStart.sample(),
      stages: this.stages.map((stage) => stage.sample()),
      integrals: this.integrals.slice(),
      span: this.span,
    };
  }
}

/** Several sections as one. */
export function joinSections(sections: readonly SectionData[]): SectionData {
  const sumOf = (pick: (section: SectionData) => number) => sections.reduce((sum, section) => sum + pick(section), 0);
  return {
    latency: joinSamples(sections.map(({ latency }) => latency)),
    parts: sumColumns(sections.map(({ parts }) => parts)),
    workByBucket: sumColumns(sections.map(({ workByBucket }) => workByBucket)),
    cold: sumOf(({ cold }) => cold),
    triggered: sumOf(({ triggered }) => triggered),
    inTriggerBatch: sumOf((section) => section.inTriggerBatch),
    inColdBusyPeriod: sumOf((section) => section.inColdBusyPeriod),
    starts: sumOf(({ starts }) => starts),
    coldDuration: joinSamples(sections.map(({ coldDuration }) => coldDuration)),
    instanceStart: joinSamples(sections.map(({ instanceStart }) => instanceStart)),
    stages: joinStages(sections.map(({ stages }) => stages)),
    integrals: sumColumns(sections.map(({ integrals }) => integrals)),
    span: sumOf(({ span }) => span),
  };
}

/** Stage by stage; a section without a request knows of none. */
function joinStages(all: readonly SectionData["stages"][]): LatencySample[] {
  const most = all.reduce((longest, stages) => (stages.length > longest.length ? stages : longest), []);
  return most.map((_, i) => joinSamples(all.flatMap((stages) => stages[i] ?? [])));
}

/** Column by column; shorter ones count as ending in zeros. */
export function sumColumns(columns: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(Math.max(0, ...columns.map((column) => column.length)));
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) sum[i]! += column[i]!;
  }
  return sum;
}
