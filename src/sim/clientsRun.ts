import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { failureKinds } from "../scenario/answer.ts";
import type { HedgeSpec, RetriesSpec } from "../scenario/client.ts";
import { Attempts } from "./attempts.ts";
import { Calendar, widened } from "./calendar.ts";
import { type RunInput, type Station, streamOf } from "./run.ts";
import { type FailureIndex, timeout as timedOut } from "./runRecorder.ts";
import { type Caller, GaugeSums, Tap } from "./tap.ts";

const answer = 0;
const attemptDeadline = 1;
const retry = 2;
const hedgeDue = 3;
const deadline = 4;

/** What the clients of a target do beside sending every request once. */
export interface ClientRules {
  readonly retries?: RetriesSpec | undefined;
  readonly hedge?: HedgeSpec | undefined;
}

/**
 * Clients with retries and hedges in front of a target: one request, several attempts, each of which the target sees as a request.
 *
 * The first answer counts, from the instant of the request; attempts that nobody waits for any more run to their end, and load the target.
 * A request fails with its last attempt's failure, or at the target's `timeout`.
 */
export class ClientsRun implements Station, Caller {
  readonly #input: RunInput;
  readonly #rules: ClientRules;
  readonly #station: Station;
  readonly #retried: ReadonlySet<FailureIndex>;
  readonly #attemptTimeout: Seconds;
  readonly #sendsAgain: boolean;
  readonly #calendar = new Calendar();
  readonly #attempts = new Attempts();
  readonly #uniform: () => number;
  #now: Seconds = 0;

  /** Requests, in columns; a number is used again once its last attempt is over. */
  #at = new Float64Array(64);
  #work = new Float64Array(64);
  #number = new Int32Array(64);
  #sent = new Int32Array(64);
  /** Attempts that the client waits for or has planned, and those that the station still has. */
  #awaited = new Int32Array(64);
  #held = new Int32Array(64);
  #done = new Uint8Array(64);
  /** Moves on when a request is over, so that its timers know. */
  #generation = new Int32Array(64);
  readonly #free: number[] = [];
  #used = 0;
  #requests = 0;

  /** @param station makes the target's own simulation, given what it is to tell its recorder */
  constructor(input: RunInput, rules: ClientRules, station: (input: RunInput) => Station) {
    this.#input = input;
    this.#rules = rules;
    this.#retried = new Set((rules.retries?.on ?? []).map((kind) => failureKinds.indexOf(kind)));
    this.#sendsAgain = rules.retries !== undefined || rules.hedge !== undefined;
    this.#attemptTimeout = rules.retries?.attemptTimeout ?? Infinity;
    this.#uniform = streamOf(input, "backoff");
    const target = { ...input.target, timeout: Math.min(this.#attemptTimeout, input.target.timeout) };
    this.#station = station({ ...input, target, recorder: new Tap(input.recorder, this, new GaugeSums()) });
  }

  get nextTime(): Seconds {
    return Math.min(this.#calendar.nextTime, this.#station.nextTime);
  }

  get inFlight(): number {
    return this.#requests + this.#station.inFlight;
  }

  begin(): void {
    this.#station.begin();
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    const { recorder, target } = this.#input;
    recorder.scheduled++;
    this.#now = now;
    const request = this.#open(now, work, number);
    const generation = this.#generation[request]!;
    if (target.timeout < Infinity) this.#calendar.schedule(now + target.timeout, deadline, request, generation);
    this.#planHedge(now, request);
    this.#send(now, request);
  }

  step(): void {
    const calendar = this.#calendar;
    if (this.#station.nextTime <= calendar.nextTime) {
      this.#now = this.#station.nextTime;
      this.#station.step();
      return;
    }
    calendar.pop();
    const { time, subject, generation } = calendar;
    this.#now = time;
    switch (calendar.kind) {
      case answer:
        if (generation === this.#attempts.generation[subject]) this.#hear(subject);
        break;
      case attemptDeadline:
        if (generation === this.#attempts.generation[subject] && this.#isAwaited(subject)) {
          this.#settle(time, subject, timedOut);
        }
        break;
      case retry:
        if (generation === this.#generation[subject]) {
          this.#awaited[subject]!--;
          this.#send(time, subject);
        }
        break;
      case hedgeDue:
        if (generation === this.#generation[subject]) this.#sendHedge(time, subject);
        break;
      case deadline:
        if (generation === this.#generation[subject]) this.#fail(subject, timedOut);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  /** The station has served an attempt; its answer is on the way. */
  answered(attempt: number, at: Seconds, latency: Seconds, parts: Float64Array, isCold: number, flags: number): void {
    this.#attempts.reported[attempt] = 1;
    if (this.#isAwaited(attempt)) {
      this.#attempts.keep(attempt, parts, isCold, flags);
      const generation = this.#attempts.generation[attempt]!;
      this.#calendar.schedule(Math.max(this.#now, at + latency), answer, attempt, generation);
    } else this.#end(attempt);
  }

  failed(attempt: number, kind: FailureIndex): void {
    this.#attempts.reported[attempt] = 1;
    if (this.#isAwaited(attempt)) this.#settle(this.#now, attempt, kind);
    else this.#end(attempt);
  }

  #isAwaited(attempt: number): boolean {
    return this.#attempts.settled[attempt] === 0 && this.#done[this.#attempts.request[attempt]!] === 0;
  }

  #send(now: Seconds, request: number): void {
    const attempt = this.#attempts.open(request, now);
    this.#sent[request]!++;
    this.#awaited[request]!++;
    this.#held[request]!++;
    if (this.#sendsAgain) this.#input.recorder.attempts++;
    if (this.#attemptTimeout < Infinity) {
      const generation = this.#attempts.generation[attempt]!;
      this.#calendar.schedule(now + this.#attemptTimeout, attemptDeadline, attempt, generation);
    }
    this.#station.arrive(now, this.#work[request]!, attempt);
  }

  #planHedge(now: Seconds, request: number): void {
    const { hedge } = this.#rules;
    if (hedge === undefined || this.#sent[request]! + 1 >= hedge.maxAttempts) return;
    this.#calendar.schedule(now + hedge.delay, hedgeDue, request, this.#generation[request]!);
  }

  #sendHedge(now: Seconds, request: number): void {
    if (this.#sent[request]! >= this.#rules.hedge!.maxAttempts) return;
    this.#planHedge(now, request);
    this.#send(now, request);
  }

  /** An answer reaches its client. */
  #hear(attempt: number): void {
    const attempts = this.#attempts;
    if (this.#isAwaited(attempt)) {
      const request = attempts.request[attempt]!;
      const at = this.#at[request]!;
      this.#input.recorder.completed(
        at,
        attempts.part(attempt, 0),
        attempts.part(attempt, 1),
        attempts.part(attempt, 2),
        attempts.part(attempt, 3) + (attempts.sentAt[attempt]! - at),
        attempts.part(attempt, 4),
        attempts.isCold[attempt]!,
        attempts.flags[attempt]!,
        this.#number[request]!,
      );
      this.#finish(request);
    }
    this.#end(attempt);
  }

  /** The client gives an attempt up, or is told that it failed; it never sends from here, because the station may be at work. */
  #settle(now: Seconds, attempt: number, kind: FailureIndex): void {
    const request = this.#attempts.request[attempt]!;
    const { retries, hedge } = this.#rules;
    this.#attempts.settled[attempt] = 1;
    this.#awaited[request]!--;
    const sent = this.#sent[request]!;
    if (retries !== undefined && this.#retried.has(kind) && sent < retries.maxAttempts) {
      this.#plan(now + this.#backoff(retries, sent), request);
    } else if (this.#awaited[request] === 0) {
      // With nobody left to wait for, the next hedge goes out at once.
      if (hedge !== undefined && sent < hedge.maxAttempts) this.#plan(now, request);
      else this.#fail(request, kind);
    }
    if (this.#attempts.reported[attempt] === 1) this.#end(attempt);
  }

  #plan(at: Seconds, request: number): void {
    this.#awaited[request]!++;
    this.#calendar.schedule(at, retry, request, this.#generation[request]!);
  }

  #backoff({ initialBackoff, backoffMultiplier, maxBackoff, jitter }: RetriesSpec, sent: number): Seconds {
    const whole = Math.min(maxBackoff, initialBackoff * backoffMultiplier ** (sent - 1));
    return whole * (1 + jitter * (2 * this.#uniform() - 1));
  }

  #fail(request: number, kind: FailureIndex): void {
    this.#input.recorder.failed(this.#at[request]!, kind, this.#number[request]!);
    this.#finish(request);
  }

  /** The request is over; its number is free when the station has let go of its attempts too. */
  #finish(request: number): void {
    this.#requests--;
    this.#done[request] = 1;
    this.#generation[request]!++;
    if (this.#held[request] === 0) this.#free.push(request);
  }

  /** Nobody speaks of the attempt any more. */
  #end(attempt: number): void {
    const request = this.#attempts.request[attempt]!;
    this.#attempts.close(attempt);
    if (--this.#held[request]! === 0 && this.#done[request] === 1) this.#free.push(request);
  }

  #open(now: Seconds, work: Seconds, number: number): number {
    const request = this.#free.pop() ?? this.#fresh();
    this.#requests++;
    this.#at[request] = now;
    this.#work[request] = work;
    this.#number[request] = number;
    this.#sent[request] = 0;
    this.#awaited[request] = 0;
    this.#held[request] = 0;
    this.#done[request] = 0;
    return request;
  }

  #fresh(): number {
    if (this.#used === this.#at.length) {
      const length = 2 * this.#used;
      this.#at = widened(this.#at, new Float64Array(length));
      this.#work = widened(this.#work, new Float64Array(length));
      this.#number = widened(this.#number, new Int32Array(length));
      this.#sent = widened(this.#sent, new Int32Array(length));
      this.#awaited = widened(this.#awaited, new Int32Array(length));
      this.#held = widened(this.#held, new Int32Array(length));
      this.#done = widened(this.#done, new Uint8Array(length));
      this.#generation = widened(this.#generation, new Int32Array(length));
    }
    return this.#used++;
  }
}
