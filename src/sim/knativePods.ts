import type { Seconds } from "../base/units.ts";
import { Breaker } from "../policies/dispatch/breaker.ts";
import { type KnativeStat, knativeConstants } from "../policies/scaling/index.ts";
import { sampleSize } from "../policies/scaling/sampleSize.ts";
import type { KnativeSpec } from "../scenario/scenario.ts";
import { widened } from "./calendar.ts";
import type { MeteredPod } from "./podMeter.ts";
import { Queue } from "./queue.ts";
import { SharedCores } from "./sharedCores.ts";

const none = 0;
export const starting = 1;
export const up = 2;
/** No new requests; it goes when it has drained and its last one has ended. */
export const draining = 3;

/** The pods of a revision, in columns; a pod's number is used again once it is gone. */
export class KnativePods {
  state = new Uint8Array(16);
  /** Kubernetes counts it ready. */
  counted = new Uint8Array(16);
  firstPending = new Uint8Array(16);
  /** Its queue-proxy waits no longer for requests on their way. */
  drained = new Uint8Array(16);
  orderedAt = new Float64Array(16);
  readyAt = new Float64Array(16);
  countedAt = new Float64Array(16);
  /** Moves on when the pod goes or its next end changes, so that late events know. */
  generation = new Int32Array(16);
  shareGeneration = new Int32Array(16);
  /** Direct requests in hand, and what the queue-proxy last reported of them. */
  direct = new Int32Array(16);
  directCount = new Int32Array(16);
  directArea = new Float64Array(16);
  directAt = new Float64Array(16);
  periodEnd = new Float64Array(16);
  reportedConcurrency = new Float64Array(16);
  reportedCount = new Float64Array(16);
  /** The queue-proxy's: requests in service, and those that wait in `queue`. */
  readonly breaker: Breaker[] = [];
  readonly queue: Queue[] = [];
  readonly cores: SharedCores[] = [];
  /** In order of creation: starting ones, those that can serve, and those that Kubernetes counts. */
  readonly starting: number[] = [];
  readonly up: number[] = [];
  readonly ready: number[] = [];
  draining = 0;
  busy = 0;

  readonly #spec: KnativeSpec;
  readonly #free: number[] = [];
  #used = 0;

  constructor(spec: KnativeSpec) {
    this.#spec = spec;
  }

  order(now: Seconds): number {
    const pod = this.#free.pop() ?? this.#fresh();
    this.state[pod] = starting;
    this.counted[pod] = 0;
    this.firstPending[pod] = 1;
    this.drained[pod] = 0;
    this.orderedAt[pod] = now;
    this.readyAt[pod] = Infinity;
    this.direct[pod] = 0;
    this.directCount[pod] = 0;
    this.directArea[pod] = 0;
    this.reportedConcurrency[pod] = 0;
    this.reportedCount[pod] = 0;
    this.starting.push(pod);
    return pod;
  }

  /** One that has been there, counted and warm, since before the beginning. */
  begin(pod: number): void {
    this.serve(0, pod);
    this.count(0, pod);
    this.readyAt[pod] = -1;
    this.firstPending[pod] = 0;
  }

  serve(now: Seconds, pod: number): void {
    this.starting.splice(this.starting.indexOf(pod), 1);
    this.state[pod] = up;
    this.readyAt[pod] = now;
    this.directAt[pod] = now;
    this.periodEnd[pod] = now + 1;
    this.up.push(pod);
  }

  count(now: Seconds, pod: number): void {
    this.counted[pod] = 1;
    this.countedAt[pod] = now;
    this.ready.push(pod);
  }

  /**
   * The pod that goes next: one that cannot serve before one that is not counted yet, before the youngest. It gets no more requests, ends
   * those it has, and leaves with `leave`.
   *
   * @returns its number; whether it was still starting is in `readyAt`, which is then Infinity
   */
  remove(): number {
    const place = this.up.findLastIndex((pod) => this.counted[pod] === 0);
    const pod = this.starting.pop() ?? this.up.splice(place >= 0 ? place : this.up.length - 1, 1)[0]!;
    if (this.counted[pod] === 1) this.ready.splice(this.ready.indexOf(pod), 1);
    if (this.breaker[pod]!.running > 0) this.busy--;
    this.state[pod] = draining;
    this.draining++;
    return pod;
  }

  /** A pod that starts or serves is no more. */
  crash(pod: number): void {
    drop(this.state[pod] === up ? this.up : this.starting, pod);
    if (this.counted[pod] === 1) drop(this.ready, pod);
    if (this.state[pod] === up && this.breaker[pod]!.running > 0) this.busy--;
    this.state[pod] = draining;
    this.draining++;
  }

  /** The pod is no more, and its number is free. */
  leave(pod: number): void {
    this.draining--;
    this.state[pod] = none;
    this.generation[pod]!++;
    this.shareGeneration[pod]!++;
    this.#free.push(pod);
  }

  /** As an autoscaler's metrics know it. */
  metered(pod: number): MeteredPod {
    const startedAt = this.state[pod] === starting ? null : this.readyAt[pod]!;
    return { pod, startedAt, readyAt: this.counted[pod] === 1 ? this.countedAt[pod]! : null };
  }

  /** The direct requests in hand change; what the queue-proxy reports each second of its life follows from it. */
  changeDirect(now: Seconds, pod: number, by: number): void {
    this.rollReports(now, pod);
    this.direct[pod]! += by;
    if (by > 0) this.directCount[pod]!++;
  }

  /** Closes every reporting period that has ended. */
  rollReports(now: Seconds, pod: number): void {
    const end = this.periodEnd[pod]!;
    if (now >= end) {
      this.directArea[pod]! += this.direct[pod]! * (end - this.directAt[pod]!);
      this.reportedConcurrency[pod] = this.directArea[pod]!;
      this.reportedCount[pod] = this.directCount[pod]!;
      const skipped = Math.floor(now - end);
      if (skipped > 0) {
        this.reportedConcurrency[pod] = this.direct[pod]!;
        this.reportedCount[pod] = 0;
      }
      this.periodEnd[pod] = end + skipped + 1;
      this.directAt[pod] = end + skipped;
      this.directArea[pod] = 0;
      this.directCount[pod] = 0;
    }
    this.directArea[pod]! += this.direct[pod]! * (now - this.directAt[pod]!);
    this.directAt[pod] = now;
  }

  /** What a sample of the counted pods last reported, scaled up to all of them. */
  sample(now: Seconds, uniform: () => number): KnativeStat {
    const { ready } = this;
    const size = sampleSize(ready.length);
    const asked = size < ready.length ? this.#chosen(now, size, uniform) : ready;
    let concurrency = 0;
    let count = 0;
    for (const pod of asked) {
      this.rollReports(now, pod);
      concurrency += this.reportedConcurrency[pod]!;
      count += this.reportedCount[pod]!;
    }
    const scale = ready.length / size;
    return { concurrency: concurrency * scale, requestsPerSecond: count * scale };
  }

  /** Those older than the stable window first, in random order; the younger fill up. */
  #chosen(now: Seconds, size: number, uniform: () => number): number[] {
    const before = now - this.#spec.stableWindow;
    const [old, young]: [number[], number[]] = [[], []];
    for (const pod of this.ready) (this.orderedAt[pod]! <= before ? old : young).push(pod);
    return [...drawn(old, size, uniform), ...drawn(young, size - old.length, uniform)];
  }

  #fresh(): number {
    if (this.#used === this.state.length) this.#grow();
    const slots = this.#spec.containerConcurrency === 0 ? Infinity : this.#spec.containerConcurrency;
    const queueDepth = knativeConstants.queueProxyDepthPerSlot * slots;
    this.breaker.push(new Breaker({ queueDepth, maxConcurrency: slots, initialCapacity: slots }));
    this.queue.push(new Queue());
    this.cores.push(new SharedCores(this.#spec.cores));
    return this.#used++;
  }

  #grow(): void {
    const length = 2 * this.#used;
    const bytes = () => new Uint8Array(length);
    const integers = () => new Int32Array(length);
    const doubles = () => new Float64Array(length);
    this.state = widened(this.state, bytes());
    this.counted = widened(this.counted, bytes());
    this.firstPending = widened(this.firstPending, bytes());
    this.drained = widened(this.drained, bytes());
    this.generation = widened(this.generation, integers());
    this.shareGeneration = widened(this.shareGeneration, integers());
    this.direct = widened(this.direct, integers());
    this.directCount = widened(this.directCount, integers());
    this.orderedAt = widened(this.orderedAt, doubles());
    this.readyAt = widened(this.readyAt, doubles());
    this.countedAt = widened(this.countedAt, doubles());
    this.directArea = widened(this.directArea, doubles());
    this.directAt = widened(this.directAt, doubles());
    this.periodEnd = widened(this.periodEnd, doubles());
    this.reportedConcurrency = widened(this.reportedConcurrency, doubles());
    this.reportedCount = widened(this.reportedCount, doubles());
  }
}

const drop = (list: number[], pod: number): void => {
  list.splice(list.indexOf(pod), 1);
};

/** So many of them, or all, without repeats; the list is reordered. */
function drawn(pods: number[], count: number, uniform: () => number): number[] {
  const taken = Math.min(pods.length, Math.max(0, count));
  for (let i = 0; i < taken; i++) {
    const other = i + Math.floor(uniform() * (pods.length - i));
    [pods[i], pods[other]] = [pods[other]!, pods[i]!];
  }
  return pods.slice(0, taken);
}
