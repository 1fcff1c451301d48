import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { ServerSpec } from "../scenario/scenario.ts";
import { Calendar } from "./calendar.ts";
import { facts } from "./facts.ts";
import { FaultEvents } from "./faultEvents.ts";
import { PodWork } from "./podWork.ts";
import { Queue } from "./queue.ts";
import {
  inColdBusyPeriod,
  inTriggerBatch,
  left,
  Requests,
  serving,
  triggeredStart,
  waiting as waitingState,
} from "./requests.ts";
import { keepAliveSampler, networkSampler, type RunInput, type Station, samplerOf } from "./run.ts";
import { rejected, reset, timeout } from "./runRecorder.ts";
import { SharedCores } from "./sharedCores.ts";

const departure = 0;
const sharedDeparture = 1;
const ready = 2;
const expiry = 3;
const closed = 4;
const deadline = 5;
const fault = 6;
const gpu = 7;

/** States of an instance. */
const off = 0;
const starting = 1;
const up = 2;
const closing = 3;

/**
 * A `server` target, event by event: instances with slots behind one queue, switched off when idle.
 *
 * Starts in progress = min(what waits, instances off); with several instances the newest start is called off when fewer are needed, and
 * the instance used last is taken first. A single instance's start is never called off.
 */
export class ServerRun implements Station {
  readonly #input: RunInput<ServerSpec>;
  readonly #calendar = new Calendar();
  readonly #requests = new Requests();
  readonly #queue = new Queue();
  readonly #count: number;
  readonly #slots: number;
  readonly #work: PodWork;

  readonly #state: Uint8Array;
  readonly #inService: Int32Array;
  readonly #generation: Int32Array;
  readonly #orderedAt: Float64Array;
  readonly #readyAt: Float64Array;
  readonly #firstPending: Uint8Array;
  readonly #coldPeriod: Uint8Array;
  /** Instances that are up with a free slot, the one used last on top; instances off; starts in progress, the newest on top. */
  readonly #free: number[] = [];
  readonly #off: number[] = [];
  readonly #starts: number[] = [];

  readonly #faults: FaultEvents | null;
  readonly #drawNetwork: () => Seconds;
  readonly #drawColdStart: () => Seconds;
  readonly #drawKeepAlive: () => Seconds;
  readonly #drawCloseDown: (() => Seconds) | null;
  readonly #drawFirstWork: (() => Seconds) | null;
  #waiting = 0;
  #up = 0;
  #busy = 0;
  #closing = 0;
  #triggerAt = -1;

  constructor(input: RunInput<ServerSpec>) {
    const { target } = input;
    this.#input = input;
    this.#count = target.servers;
    this.#slots = target.concurrency;
    const onCores = target.discipline === "processorSharing";
    this.#work = new PodWork(input, this.#calendar, this.#requests, {
      pods: {
        cores: Array.from({ length: onCores ? target.servers : 0 }, () => new SharedCores(1)),
        shareGeneration: new Int32Array(target.servers),
      },
      kinds: { departure, sharedDeparture, gpu },
      onCores,
      depart: (now, id) => this.#depart(now, id),
    });
    this.#state = new Uint8Array(target.servers);
    this.#inService = new Int32Array(target.servers);
    this.#generation = new Int32Array(target.servers);
    this.#orderedAt = new Float64Array(target.servers);
    this.#readyAt = new Float64Array(target.servers).fill(-1);
    this.#firstPending = new Uint8Array(target.servers);
    this.#coldPeriod = new Uint8Array(target.servers);
    const handlers = { crash: (now: Seconds, uniform: () => number) => this.#crash(now, uniform) };
    this.#faults = input.faults === undefined ? null : new FaultEvents(input, this.#calendar, fault, handlers);
    this.#drawNetwork = networkSampler(input);
    this.#drawColdStart = samplerOf(input, "coldStart", target.coldStart);
    this.#drawKeepAlive = keepAliveSampler(input, target.keepAlive);
    this.#drawCloseDown = target.closeDown === null ? null : samplerOf(input, "closeDown", target.closeDown);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);
    for (let i = target.servers - 1; i >= 0; i--) this.#off.push(i);
    // Kept for ever, an instance is up from the start: what the steady state forgets must not cost a warm-up here.
    if (target.keepAlive === "forever") while (this.#off.length > 0) this.#raise(this.#off.pop()!);
  }

  get nextTime(): Seconds {
    return this.#calendar.nextTime;
  }

  get inFlight(): number {
    return this.#requests.inFlight;
  }

  begin(): void {
    this.#gauge(0);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time, subject, generation } = calendar;
    switch (calendar.kind) {
      case departure:
      case sharedDeparture:
      case gpu:
        this.#work.handle(time, calendar.kind, subject, generation);
        break;
      case ready:
        if (generation === this.#generation[subject]) this.#becomeReady(time, subject);
        break;
      case expiry:
        if (generation === this.#generation[subject]) this.#expire(time, subject);
        break;
      case closed:
        this.#close(time, subject);
        break;
      case deadline:
        if (generation === this.#requests.generation[subject]) this.#giveUp(time, subject);
        break;
      case fault:
        this.#faults!.handle(time, subject);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    const requests = this.#requests;
    recorder.scheduled++;
    const id = requests.open(now, work * target.workFactor, this.#drawNetwork(), number);
    if (this.#triggerAt === now) requests.flags[id] = inTriggerBatch;
    if (this.#free.length > 0) {
      const busy = this.#busy;
      this.#serve(now, id, this.#free[this.#free.length - 1]!);
      if (this.#busy !== busy) this.#gauge(now);
      return;
    }
    if (this.#waiting >= target.queueLimit + this.#slotsComing()) {
      recorder.failed(now, rejected, number);
      requests.close(id);
      return;
    }
    this.#queue.push(id);
    this.#waiting++;
    recorder.note(now, facts.waits, number, 0);
    if (target.timeout < Infinity)
      this.#calendar.schedule(now + target.timeout, deadline, id, requests.generation[id]!);
    if (this.#startsFor(this.#waiting) > this.#startsFor(this.#waiting - 1)) {
      requests.flags[id] = triggeredStart | inTriggerBatch;
      this.#triggerAt = now;
    }
    this.#adjustStarts(now);
  }

  /** The starts that so many waiting requests ask for, those that must await the end of a close-down included. */
  #startsFor(waiting: number): number {
    const instances = this.#off.length + this.#starts.length + this.#closing;
    // With unlimited slots one instance takes them all, but one it must be.
    return waiting === 0 ? 0 : Math.min(Math.max(1, Math.ceil(waiting / this.#slots)), instances);
  }

  /** Requests that starting instances, and one more start, will take at once: these do not count as waiting in line. */
  #slotsComing(): number {
    const instances = this.#starts.length + (this.#off.length > 0 ? 1 : 0);
    return instances === 0 ? 0 : instances * this.#slots;
  }

  #serve(now: Seconds, id: number, instance: number): void {
    const requests = this.#requests;
    const readyAt = this.#readyAt[instance]!;
    const at = requests.at[id]!;
    if (readyAt > at) {
      requests.isCold[id] = 1;
      requests.cold[id] = readyAt - at;
    }
    if (this.#firstPending[instance] === 1) {
      this.#firstPending[instance] = 0;
      if (this.#drawFirstWork !== null) requests.work[id] = this.#drawFirstWork();
    }
    const count = ++this.#inService[instance]!;
    if (count === 1) {
      this.#busy++;
      this.#generation[instance]!++; // Calls off the keep-alive timer.
    }
    if (this.#coldPeriod[instance] === 1) requests.flags[id]! |= inColdBusyPeriod;
    if (count === this.#slots) this.#free.pop(); // A served instance is always on top.
    requests.state[id] = serving;
    requests.instance[id] = instance;
    this.#input.recorder.note(now, facts.served, requests.number[id]!, instance);
    this.#work.begin(now, id, instance, 0);
  }

  #depart(now: Seconds, id: number): void {
    const requests = this.#requests;
    const instance = requests.instance[id]!;
    const work = requests.work[id]!;
    const cold = requests.cold[id]!;
    const queue = Math.max(0, now - requests.at[id]! - work - cold);
    this.#input.recorder.completed(
      requests.at[id]!,
      requests.network[id]!,
      cold,
      0,
      queue,
      work,
      requests.isCold[id]!,
      requests.flags[id]!,
      requests.number[id]!,
    );
    requests.close(id);
    const wasFull = this.#inService[instance]!-- === this.#slots;
    if (wasFull) this.#free.push(instance);
    if (this.#inService[instance] === 0) this.#busy--;
    this.#refill(now, instance);
    if (this.#inService[instance] === 0) {
      this.#idle(now, instance);
      this.#gauge(now);
    }
  }

  /** Gives the instance on top of the free ones as many waiting requests as it takes. */
  #refill(now: Seconds, instance: number): void {
    if (this.#waiting === 0) return;
    while (this.#waiting > 0 && this.#inService[instance]! < this.#slots)
      this.#serve(now, this.#nextWaiting(), instance);
    this.#adjustStarts(now);
  }

  #nextWaiting(): number {
    this.#skipLeft();
    this.#waiting--;
    return this.#queue.shift();
  }

  #skipLeft(): void {
    while (this.#requests.state[this.#queue.first] === left) this.#requests.release(this.#queue.shift());
  }

  #idle(now: Seconds, instance: number): void {
    this.#coldPeriod[instance] = 0;
    const stay = this.#drawKeepAlive();
    const generation = ++this.#generation[instance]!;
    if (stay === 0) this.#expire(now, instance);
    else if (stay < Infinity) this.#calendar.schedule(now + stay, expiry, instance, generation);
  }

  #expire(now: Seconds, instance: number): void {
    this.#input.recorder.note(now, facts.gone, instance, 0);
    this.#free.splice(this.#free.lastIndexOf(instance), 1);
    this.#up--;
    if (this.#drawCloseDown === null) {
      this.#state[instance] = off;
      this.#off.push(instance);
    } else {
      this.#state[instance] = closing;
      this.#closing++;
      this.#calendar.schedule(now + this.#drawCloseDown(), closed, instance);
    }
    this.#gauge(now);
  }

  #close(now: Seconds, instance: number): void {
    this.#state[instance] = off;
    this.#closing--;
    this.#off.push(instance);
    this.#adjustStarts(now);
    this.#gauge(now);
  }

  /** Starts or calls off what the line asks for. */
  #adjustStarts(now: Seconds): void {
    if (this.#off.length === 0 && this.#starts.length === 0) return;
    const instances = this.#off.length + this.#starts.length;
    const isKept = this.#input.target.keepAlive === "forever"; // Then only a fault has switched one off.
    const wanted = isKept ? instances : Math.min(this.#startsFor(this.#waiting), instances);
    const before = this.#starts.length;
    while (this.#starts.length < wanted) this.#start(now, this.#off.pop()!);
    while (this.#count > 1 && this.#starts.length > wanted) {
      const instance = this.#starts.pop()!;
      this.#generation[instance]!++;
      this.#state[instance] = off;
      this.#off.push(instance);
    }
    if (this.#starts.length !== before) this.#gauge(now);
  }

  #start(now: Seconds, instance: number): void {
    this.#state[instance] = starting;
    this.#orderedAt[instance] = now;
    this.#starts.push(instance);
    this.#input.recorder.note(now, facts.ordered, instance, 0);
    this.#calendar.schedule(now + this.#drawColdStart(), ready, instance, ++this.#generation[instance]!);
  }

  #becomeReady(now: Seconds, instance: number): void {
    this.#starts.splice(this.#starts.indexOf(instance), 1);
    this.#readyAt[instance] = now;
    this.#input.recorder.started(now, now - this.#orderedAt[instance]!);
    this.#input.recorder.note(now, facts.ready, instance, 0);
    this.#raise(instance);
    this.#firstPending[instance] = 1;
    this.#coldPeriod[instance] = 1;
    this.#refill(now, instance);
    if (this.#inService[instance] === 0) this.#idle(now, instance);
    this.#gauge(now);
  }

  #raise(instance: number): void {
    this.#state[instance] = up;
    this.#up++;
    this.#free.push(instance);
  }

  /** One of the instances that start or are up is gone with all it serves; one kept for ever starts again at once. */
  #crash(now: Seconds, uniform: () => number): void {
    const alive = [...this.#state.keys()].filter((i) => this.#state[i] === up || this.#state[i] === starting);
    const instance = alive[Math.floor(uniform() * alive.length)];
    if (instance === undefined) return;
    const wasUp = this.#state[instance] === up;
    this.#generation[instance]!++;
    this.#state[instance] = off;
    this.#off.push(instance);
    drop(wasUp ? this.#free : this.#starts, instance);
    if (wasUp) this.#up--;
    if (this.#inService[instance]! > 0) this.#busy--;
    for (const id of this.#requests.atInstance(instance)) {
      this.#input.recorder.failed(this.#requests.at[id]!, reset, this.#requests.number[id]!);
      this.#work.drop(now, id, instance);
      this.#requests.close(id);
    }
    this.#inService[instance] = 0;
    this.#coldPeriod[instance] = 0;
    this.#adjustStarts(now);
    this.#gauge(now);
  }

  #giveUp(now: Seconds, id: number): void {
    const requests = this.#requests;
    if (requests.state[id] !== waitingState) return;
    this.#input.recorder.failed(requests.at[id]!, timeout, requests.number[id]!);
    requests.abandon(id);
    this.#waiting--;
    this.#adjustStarts(now);
  }

  #gauge(now: Seconds): void {
    const starts = this.#starts.length;
    this.#input.recorder.gauge(now, starts + this.#up + this.#closing, starts, this.#up, this.#busy);
  }
}

const drop = (list: number[], instance: number): void => {
  const place = list.lastIndexOf(instance);
  if (place >= 0) list.splice(place, 1);
};
