import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { type IdleInstances, idleInstances } from "../policies/dispatch/idleInstances.ts";
import type { PerRequestSpec } from "../scenario/scenario.ts";
import { Calendar, widened } from "./calendar.ts";
import { facts } from "./facts.ts";
import { FaultEvents } from "./faultEvents.ts";
import { PendingOutcomes } from "./pendingOutcomes.ts";
import { inTriggerBatch, triggeredStart } from "./requests.ts";
import { keepAliveSampler, networkSampler, type RunInput, type Station, samplerOf, streamOf } from "./run.ts";
import { rejected } from "./runRecorder.ts";

const released = 0;
const expiry = 1;
const ready = 2;
const fault = 3;
const quiet = 4;

/**
 * A `perRequest` target (AWS Lambda): every request gets an instance to itself, an idle one or a new one.
 *
 * A new instance is bound to the request that caused it, which waits for its cold start (and before that for `startsPerSecond`); an idle one
 * goes when its keep-alive runs out or it is older than `maxLifetime`, and all go when nothing was served for `scaleToZeroAfter`, but never below `minInstances`. Above `maxInstances` requests are turned away.
 * With `coldStartOccupiesInstance: false` the instance is held for the work only, as if the start had happened elsewhere.
 * A request's latency is known when it arrives, so events concern instances only.
 */
export class PerRequestRun implements Station {
  readonly #input: RunInput<PerRequestSpec>;
  readonly #calendar = new Calendar();
  readonly #idle: IdleInstances;
  /**
   * By instance, whose number is used again once it is gone: when its keep-alive runs out (Infinity while it serves), for when the timer is set,
   * and the order of starts. The timer is set once and looks again, so that a busy pool costs no event per request.
   */
  #dueAt = new Float64Array(64).fill(Infinity);
  #watchedAt = new Float64Array(64).fill(Infinity);
  #born = new Float64Array(64);
  /** When it is too old to take another request. */
  #retiresAt = new Float64Array(64).fill(Infinity);
  /** Moves on when it crashes, so that its events know. */
  #life = new Int32Array(64);
  readonly #gone: number[] = [];
  #numbers = 0;
  #births = 0;
  readonly #drawNetwork: () => Seconds;
  readonly #drawColdStart: () => Seconds;
  readonly #drawKeepAlive: () => Seconds;
  readonly #drawFirstWork: (() => Seconds) | null;
  readonly #drawLifetime: (() => Seconds) | null;
  /** Moves on with every arrival, so that an event that nothing comes knows. */
  #arrivals = 0;
  readonly #faults: FaultEvents | null;
  readonly #pending: PendingOutcomes | null;
  #instances = 0;
  #starting = 0;
  #nextStartAt: Seconds = 0;
  #triggerAt: Seconds = -1;

  constructor(input: RunInput<PerRequestSpec>) {
    const { target } = input;
    this.#input = input;
    this.#idle = idleInstances(target.selection, streamOf(input, "dispatch"), (instance) => this.#born[instance]!);
    const handlers = { crash: (now: Seconds, uniform: () => number) => this.#crash(now, uniform) };
    this.#faults = input.faults === undefined ? null : new FaultEvents(input, this.#calendar, fault, handlers);
    this.#pending = input.faults === undefined ? null : new PendingOutcomes(input.recorder);
    this.#drawNetwork = networkSampler(input);
    this.#drawColdStart = samplerOf(input, "coldStart", target.coldStart);
    this.#drawKeepAlive = keepAliveSampler(input, target.keepAlive);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);
    const { maxLifetime } = target;
    this.#drawLifetime = maxLifetime === undefined ? null : samplerOf(input, "maxLifetime", maxLifetime);
    for (let i = 0; i < target.minInstances; i++) this.#idle.add(this.#open(0));
  }

  /** A request's outcome is known when it arrives, unless something may still befall it. */
  get inFlight(): number {
    return this.#pending === null ? 0 : this.#pending.size;
  }

  get nextTime(): Seconds {
    return this.#calendar.nextTime;
  }

  begin(): void {
    this.#gauge(0);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time, subject, generation } = calendar;
    switch (calendar.kind) {
      case released:
        if (generation === this.#life[subject]) this.#release(time, subject);
        break;
      case expiry:
        this.#look(time, subject);
        break;
      case ready:
        if (generation !== this.#life[subject]) break;
        this.#starting--;
        this.#gauge(time);
        break;
      case fault:
        this.#faults!.handle(time, subject);
        break;
      case quiet:
        if (generation === this.#arrivals) this.#expireAll(time);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  arrive(now: Seconds, scheduledWork: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    recorder.scheduled++;
    this.#arrivals = (this.#arrivals + 1) | 0;
    const network = this.#drawNetwork();
    const work = scheduledWork * target.workFactor;
    const flags = this.#triggerAt === now ? inTriggerBatch : 0;
    const instance = this.#idle.take();
    if (instance >= 0) {
      this.#dueAt[instance] = Infinity;
      recorder.note(now, facts.served, number, instance);
      if (this.#pending === null) recorder.completed(now, network, 0, 0, 0, work, 0, flags, number);
      else this.#pending.set(instance, { at: now, network, cold: 0, work, isCold: 0, flags, number });
      this.#calendar.schedule(now + work, released, instance, this.#life[instance]!);
      this.#gauge(now);
    } else if (this.#instances >= target.maxInstances) {
      recorder.failed(now, rejected, number);
    } else {
      this.#start(now, network, this.#drawFirstWork === null ? work : this.#drawFirstWork(), number);
    }
  }

  #start(now: Seconds, network: Seconds, work: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    const orderedAt = Math.max(now, this.#nextStartAt);
    const instance = this.#open(orderedAt);
    if (target.startsPerSecond < Infinity) this.#nextStartAt = orderedAt + 1 / target.startsPerSecond;
    const coldStart = this.#drawColdStart();
    const readyAt = orderedAt + coldStart;
    this.#triggerAt = now;
    recorder.started(readyAt, coldStart);
    recorder.note(orderedAt, facts.ordered, instance, 0);
    recorder.note(readyAt, facts.ready, instance, 0);
    recorder.note(readyAt, facts.served, number, instance);
    const cold = readyAt - now;
    const flags = triggeredStart | inTriggerBatch;
    const life = this.#life[instance]!;
    if (this.#pending === null) recorder.completed(now, network, cold, 0, 0, work, 1, flags, number);
    else this.#pending.set(instance, { at: now, network, cold, work, isCold: 1, flags, number });
    if (target.coldStartOccupiesInstance) {
      this.#starting++;
      this.#calendar.schedule(readyAt, ready, instance, life);
      this.#calendar.schedule(readyAt + work, released, instance, life);
    } else {
      this.#calendar.schedule(now + work, released, instance, life);
    }
    this.#gauge(now);
  }

  /** An instance is gone with the request it serves; the provisioned ones start again. */
  #crash(now: Seconds, uniform: () => number): void {
    const gone = new Set(this.#gone);
    const alive = Array.from({ length: this.#numbers }, (_, i) => i).filter((instance) => !gone.has(instance));
    const instance = alive[Math.floor(uniform() * alive.length)];
    if (instance === undefined) return;
    if (this.#input.target.coldStartOccupiesInstance && this.#pending!.isStarting(now, instance)) this.#starting--;
    this.#life[instance]!++;
    this.#idle.remove(instance);
    this.#dueAt[instance] = Infinity;
    this.#pending!.fail(instance);
    this.#gone.push(instance);
    this.#instances--;
    if (this.#instances < this.#input.target.minInstances) {
      const other = this.#open(now);
      const readyAt = now + this.#drawColdStart();
      this.#starting++;
      this.#calendar.schedule(readyAt, ready, other, this.#life[other]!);
      this.#calendar.schedule(readyAt, released, other, this.#life[other]!);
    }
    this.#gauge(now);
  }

  #release(now: Seconds, instance: number): void {
    this.#pending?.complete(instance);
    this.#idle.add(instance);
    const stay = Math.min(this.#drawKeepAlive(), Math.max(0, this.#retiresAt[instance]! - now));
    if (stay === 0) this.#expire(now, instance);
    else if (stay < Infinity) this.#watch(instance, now + stay);
    const { scaleToZeroAfter } = this.#input.target;
    if (scaleToZeroAfter !== undefined && this.#idle.size === this.#instances) {
      this.#calendar.schedule(now + scaleToZeroAfter, quiet, 0, this.#arrivals);
    }
    this.#gauge(now);
  }

  #watch(instance: number, dueAt: Seconds): void {
    this.#dueAt[instance] = dueAt;
    if (dueAt >= this.#watchedAt[instance]!) return;
    this.#watchedAt[instance] = dueAt;
    this.#calendar.append(dueAt, expiry, instance);
  }

  /** What the timer was set for may be over: then the instance serves, or has served and idles until later. */
  #look(now: Seconds, instance: number): void {
    if (now !== this.#watchedAt[instance]) return; // An earlier look took its place.
    this.#watchedAt[instance] = Infinity;
    const dueAt = this.#dueAt[instance]!;
    if (dueAt <= now) this.#expire(now, instance);
    else if (dueAt < Infinity) this.#watch(instance, dueAt);
  }

  /** Nothing was served for long: all that may go go, the one used longest ago first. */
  #expireAll(now: Seconds): void {
    const taken: number[] = [];
    for (let instance = this.#idle.take(); instance >= 0; instance = this.#idle.take()) taken.push(instance);
    for (const instance of taken.reverse()) {
      this.#idle.add(instance);
      this.#expire(now, instance);
    }
  }

  #expire(now: Seconds, instance: number): void {
    this.#dueAt[instance] = Infinity;
    if (this.#instances <= this.#input.target.minInstances) return;
    this.#idle.remove(instance);
    this.#input.recorder.note(now, facts.gone, instance, 0);
    this.#gone.push(instance);
    this.#instances--;
    this.#gauge(now);
  }

  #open(now: Seconds): number {
    const instance = this.#gone.pop() ?? this.#numbers++;
    if (instance === this.#born.length) {
      const never = () => new Float64Array(2 * instance).fill(Infinity);
      this.#dueAt = widened(this.#dueAt, never());
      this.#watchedAt = widened(this.#watchedAt, never());
      this.#retiresAt = widened(this.#retiresAt, never());
      this.#born = widened(this.#born, new Float64Array(2 * instance));
      this.#life = widened(this.#life, new Int32Array(2 * instance));
    }
    this.#born[instance] = this.#births++;
    if (this.#drawLifetime !== null) this.#retiresAt[instance] = now + this.#drawLifetime();
    this.#instances++;
    return instance;
  }

  #gauge(now: Seconds): void {
    const up = this.#instances - this.#starting;
    this.#input.recorder.gauge(now, this.#instances, this.#starting, up, up - this.#idle.size);
  }
}
