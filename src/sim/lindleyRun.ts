import type { Seconds } from "../base/units.ts";
import type { ServerSpec, TargetSpec } from "../scenario/scenario.ts";
import { inColdBusyPeriod, inTriggerBatch, triggeredStart } from "./requests.ts";
import { keepAliveSampler, networkSampler, type RunInput, samplerOf } from "./run.ts";

/** Whether requests leave one at a time in order of arrival and none is ever turned away: then each follows from the one before. */
export const isLindley = (target: TargetSpec): target is ServerSpec =>
  target.kind === "server" &&
  target.servers === 1 &&
  target.concurrency === 1 &&
  target.queueLimit === Infinity &&
  target.timeout === Infinity &&
  target.work === undefined &&
  target.retries === undefined &&
  target.hedge === undefined;

const off = 0;
const starting = 1;
const busy = 2;
const idle = 3;
const closing = 4;

/**
 * A single instance with one slot, request by request without a calendar (Lindley's recursion with cold starts).
 *
 * A request begins when the one before has left; if the keep-alive ran out in between, after a close-down still in progress and
 * a cold start. The same draws in the same order as `ServerRun`, hence the same latencies, several times as fast.
 *
 * @see Lindley, Proc. Camb. Phil. Soc. 48 (1952) 277
 */
export class LindleyRun {
  readonly #input: RunInput<ServerSpec>;
  readonly #drawNetwork: () => Seconds;
  readonly #drawColdStart: () => Seconds;
  readonly #drawKeepAlive: () => Seconds;
  readonly #drawCloseDown: (() => Seconds) | null;
  readonly #drawFirstWork: (() => Seconds) | null;
  #state = off;
  /** When a start in progress ends, when the last request leaves, when the timer runs out, when the close-down ends. */
  #readyAt: Seconds = -1;
  #idleAt: Seconds = 0;
  #downAt: Seconds = 0;
  #offAt: Seconds = 0;
  #orderedAt: Seconds = 0;
  #startFollows = false;
  #coldPeriod = 0;
  #triggerAt: Seconds = -1;

  constructor(input: RunInput<ServerSpec>) {
    const { target } = input;
    this.#input = input;
    this.#drawNetwork = networkSampler(input);
    this.#drawColdStart = samplerOf(input, "coldStart", target.coldStart);
    this.#drawKeepAlive = keepAliveSampler(input, target.keepAlive);
    this.#drawCloseDown = target.closeDown === null ? null : samplerOf(input, "closeDown", target.closeDown);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);
  }

  run(): void {
    const { target, cursor, duration, recorder } = this.#input;
    const drawNetwork = this.#drawNetwork;
    if (target.keepAlive === "forever") {
      this.#state = idle;
      this.#downAt = Infinity;
      recorder.gauge(0, 1, 0, 1, 0);
    }
    let last = 0;
    for (let number = 0; cursor.next(); number++) {
      const at = cursor.atSeconds;
      last = at;
      recorder.scheduled++;
      const network = drawNetwork();
      this.#settle(at);
      let work = cursor.workSeconds * target.workFactor;
      let flags = at === this.#triggerAt ? inTriggerBatch : 0;
      let begin = this.#idleAt;
      if (this.#state === idle) {
        this.#state = busy;
        recorder.gauge(at, 1, 0, 1, 1);
        begin = at;
      } else if (this.#state === off || (this.#state === closing && !this.#startFollows)) {
        this.#order(at);
        if (this.#drawFirstWork !== null) work = this.#drawFirstWork();
        flags = triggeredStart | inTriggerBatch;
        begin = this.#readyAt;
      }
      const cold = this.#readyAt > at ? this.#readyAt - at : 0;
      const end = begin + work;
      this.#idleAt = end;
      const queue = Math.max(0, end - at - work - cold);
      recorder.completed(at, network, cold, 0, queue, work, cold > 0 ? 1 : 0, flags | this.#coldPeriod, number);
    }
    const end = duration < Infinity ? duration : last;
    this.#settle(end);
    recorder.endAt(end);
  }

  /** Orders a start: now, or as soon as a close-down in progress is over. */
  #order(at: Seconds): void {
    this.#triggerAt = at;
    this.#coldPeriod = inColdBusyPeriod;
    this.#startFollows = this.#state === closing;
    this.#orderedAt = this.#startFollows ? this.#offAt : at;
    this.#readyAt = this.#orderedAt + this.#drawColdStart();
    if (this.#startFollows) return;
    this.#state = starting;
    this.#input.recorder.gauge(at, 1, 1, 0, 0);
  }

  /** Lets everything happen that is due, an event at the very instant of an arrival before it. */
  #settle(until: Seconds): void {
    const { recorder } = this.#input;
    if (this.#state === closing && this.#offAt <= until) {
      this.#state = this.#startFollows ? starting : off;
      recorder.gauge(this.#offAt, this.#startFollows ? 1 : 0, this.#startFollows ? 1 : 0, 0, 0);
      this.#startFollows = false;
    }
    if (this.#state === starting && this.#readyAt <= until) {
      this.#state = busy;
      recorder.started(this.#readyAt, this.#readyAt - this.#orderedAt);
      recorder.gauge(this.#readyAt, 1, 0, 1, 1);
    }
    if (this.#state === busy && this.#idleAt <= until) {
      this.#state = idle;
      this.#coldPeriod = 0;
      this.#downAt = this.#idleAt + this.#drawKeepAlive();
      recorder.gauge(this.#idleAt, 1, 0, 1, 0);
    }
    if (this.#state === idle && this.#downAt <= until) {
      const closes = this.#drawCloseDown !== null;
      this.#offAt = this.#downAt + (this.#drawCloseDown?.() ?? 0);
      this.#state = closes ? closing : off;
      recorder.gauge(this.#downAt, closes ? 1 : 0, 0, 0, 0);
      if (closes && this.#offAt <= until) {
        this.#state = off;
        recorder.gauge(this.#offAt, 0, 0, 0, 0);
      }
    }
  }
}
