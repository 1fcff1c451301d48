import type { Seconds } from "../base/units.ts";
import { failureKinds } from "../scenario/answer.ts";
import { facts, startSteps } from "./facts.ts";
import type { FailureIndex, Recorder, RunRecorder } from "./runRecorder.ts";
import type { partNames } from "./section.ts";

/** One request's life; what a target does not tell is absent. */
export interface TracedRequest {
  /** From 0, in order of arrival: the row of the schedule and of the outcome log. */
  readonly number: number;
  /** Where it waited, in order. */
  readonly waits: { readonly at: Seconds; readonly where: string }[];
  arrivedAt: Seconds;
  /** "completed", or how it failed. */
  outcome: string;
  /** Seconds by `partNames`; null where it failed. */
  parts: Readonly<Record<(typeof partNames)[number], Seconds>> | null;
  isCold: boolean;
  /** Seconds in each stage of a pipeline; null elsewhere. */
  stages: readonly Seconds[] | null;
  servedAt: Seconds | null;
  instance: TracedInstance | null;
}

/** One instance or pod, from its order on. */
export interface TracedInstance {
  readonly instance: number;
  /** Null for one that was there from the beginning. */
  readonly orderedAt: Seconds | null;
  readonly steps: { readonly step: string; readonly until: Seconds }[];
  readyAt: Seconds | null;
  goneAt: Seconds | null;
}

/** How many instances changed when, for the counters of a trace. */
export interface TracedGauge {
  readonly at: Seconds;
  readonly starting: number;
  readonly ready: number;
  readonly busy: number;
}

export interface TraceData {
  readonly target: string;
  readonly kind: string;
  readonly requests: readonly TracedRequest[];
  readonly instances: readonly TracedInstance[];
  readonly gauges: readonly TracedGauge[];
  /** When the run ended. */
  readonly end: Seconds;
  /** Requests and instances that were left out because there were too many. */
  readonly omitted: number;
}

/**
 * Passes everything on to the run's own recorder and keeps what it hears of each request and instance.
 *
 * It takes the recorder's place before the loop begins, so that a run nobody watches costs nothing more.
 */
export class TraceRecorder implements Recorder {
  readonly #inner: RunRecorder;
  readonly #wanted: (number: number) => boolean;
  readonly #most: number;
  readonly #requests = new Map<number, TracedRequest>();
  readonly #alive = new Map<number, TracedInstance>();
  readonly #instances: TracedInstance[] = [];
  readonly #gauges: TracedGauge[] = [];
  #omitted = 0;
  /** Of the request whose end is told next. */
  #stages: readonly Seconds[] | null = null;
  #end: Seconds = 0;

  /**
   * @param wanted which requests to keep
   * @param most requests, instances and changes of counters to keep, of each
   */
  constructor(inner: RunRecorder, { wanted, most }: { wanted(number: number): boolean; readonly most: number }) {
    this.#inner = inner;
    this.#wanted = wanted;
    this.#most = most;
  }

  get scheduled(): number {
    return this.#inner.scheduled;
  }

  set scheduled(value: number) {
    this.#inner.scheduled = value;
  }

  get attempts(): number {
    return this.#inner.attempts;
  }

  set attempts(value: number) {
    this.#inner.attempts = value;
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
    const before = this.#inner.completedCount;
    this.#inner.completed(at, network, cold, start, queue, work, isCold, flags, number);
    const stages = this.#stages;
    this.#stages = null;
    const request = this.#request(number);
    if (request === undefined) return;
    request.stages = stages;
    request.arrivedAt = at;
    request.isCold = isCold === 1;
    request.parts = { network, cold, start, queue, work };
    request.outcome = this.#inner.completedCount > before ? "completed" : "timeout";
  }

  failed(at: Seconds, kind: FailureIndex, number: number): void {
    this.#inner.failed(at, kind, number);
    const request = this.#request(number);
    if (request === undefined) return;
    request.arrivedAt = at;
    request.outcome = failureKinds[kind]!;
  }

  note(now: Seconds, fact: number, subject: number, place: number): void {
    if (fact < facts.ordered) this.#noteRequest(now, fact, subject, place);
    else this.#noteInstance(now, fact, subject, place);
  }

  started(now: Seconds, duration: Seconds): void {
    this.#inner.started(now, duration);
  }

  instanceStarted(at: Seconds, seconds: Seconds): void {
    this.#inner.instanceStarted(at, seconds);
  }

  stages(at: Seconds, seconds: Float64Array): void {
    this.#inner.stages(at, seconds);
    this.#stages = [...seconds];
  }

  gauge(now: Seconds, total: number, starting: number, ready: number, busy: number): void {
    this.#inner.gauge(now, total, starting, ready, busy);
    if (this.#gauges.length < this.#most) this.#gauges.push({ at: now, starting, ready, busy });
  }

  endAt(end: Seconds): void {
    this.#inner.endAt(end);
    this.#end = end;
  }

  data(target: string, kind: string): TraceData {
    const requests = [...this.#requests.values()].sort((a, b) => a.number - b.number);
    const [instances, gauges, end, omitted] = [this.#instances, this.#gauges, this.#end, this.#omitted];
    return { target, kind, requests, instances, gauges, end, omitted };
  }

  #noteRequest(now: Seconds, fact: number, number: number, place: number): void {
    const request = this.#request(number);
    if (request === undefined) return;
    if (fact === facts.served) {
      request.servedAt = now;
      request.instance = this.#instance(place);
    } else {
      const where =
        fact === facts.held ? `activator ${place}` : fact === facts.queued ? `queue-proxy of pod ${place}` : "the line";
      request.waits.push({ at: now, where });
    }
  }

  #noteInstance(now: Seconds, fact: number, number: number, place: number): void {
    if (fact === facts.ordered) {
      // A start that was called off is told by the next of its number.
      const before = this.#alive.get(number);
      if (before !== undefined) before.goneAt = now;
      this.#keep({ instance: number, orderedAt: now, steps: [], readyAt: null, goneAt: null });
      return;
    }
    const instance = this.#instance(number);
    if (fact === facts.stepEnds) instance.steps.push({ step: startSteps[place]!, until: now });
    else if (fact === facts.ready) instance.readyAt = now;
    else {
      instance.goneAt = now;
      this.#alive.delete(number);
    }
  }

  #request(number: number): TracedRequest | undefined {
    const known = this.#requests.get(number);
    if (known !== undefined || !this.#wanted(number)) return known;
    if (this.#requests.size >= this.#most) {
      this.#omitted++;
      return undefined;
    }
    const request: TracedRequest = {
      number,
      waits: [],
      arrivedAt: Number.NaN,
      outcome: "under way",
      parts: null,
      isCold: false,
      stages: null,
      servedAt: null,
      instance: null,
    };
    this.#requests.set(number, request);
    return request;
  }

  /** One that nobody has heard of was there from the beginning. */
  #instance(number: number): TracedInstance {
    return (
      this.#alive.get(number) ?? this.#keep({ instance: number, orderedAt: null, steps: [], readyAt: 0, goneAt: null })
    );
  }

  #keep(instance: TracedInstance): TracedInstance {
    this.#alive.set(instance.instance, instance);
    if (this.#instances.length < this.#most) this.#instances.push(instance);
    else this.#omitted++;
    return instance;
  }
}
