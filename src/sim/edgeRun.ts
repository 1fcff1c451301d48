import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { source } from "../random/source.ts";
import type { EdgeSpec } from "../scenario/edge.ts";
import { popChooser, popStream } from "../scenario/popChooser.ts";
import { Calendar } from "./calendar.ts";
import { facts } from "./facts.ts";
import { FaultEvents } from "./faultEvents.ts";
import { inColdBusyPeriod, inTriggerBatch, Requests, triggeredStart } from "./requests.ts";
import { keepAliveSampler, networkSampler, type RunInput, type Station, samplerOf } from "./run.ts";
import { reset } from "./runRecorder.ts";

const departure = 0;
const loaded = 1;
const expiry = 2;
const fault = 3;

/** States of a point of presence. */
const off = 0;
const loading = 1;
const up = 2;

/**
 * An `edge` target: each request at a random point of presence, a fresh instance of its own there.
 *
 * A point of presence is one host with room for all. It loads the application when a request finds it without, for everybody who comes
 * meanwhile, and forgets it `keepAlive` after it has emptied.
 */
export class EdgeRun implements Station {
  readonly #input: RunInput<EdgeSpec>;
  readonly #calendar = new Calendar();
  readonly #requests = new Requests();
  readonly #choose: () => number;
  readonly #drawRoundTrip: readonly (() => Seconds)[];
  readonly #drawNetwork: () => Seconds;
  readonly #drawStart: () => Seconds;
  readonly #drawLoad: (() => Seconds) | null;
  readonly #drawKeepAlive: () => Seconds;
  readonly #drawFirstWork: (() => Seconds) | null;

  readonly #state: Uint8Array;
  readonly #inHand: Int32Array;
  readonly #orderedAt: Float64Array;
  readonly #readyAt: Float64Array;
  readonly #triggerAt: Float64Array;
  readonly #coldPeriod: Uint8Array;
  /** Calls off a keep-alive that a request has ended. */
  readonly #generation: Int32Array;
  /** Calls off a load that a crash has ended. */
  readonly #loads: Int32Array;
  readonly #faults: FaultEvents | null;
  #loading = 0;
  #up = 0;
  #busy = 0;

  constructor(input: RunInput<EdgeSpec>) {
    const { target } = input;
    this.#input = input;
    const { pops } = target;
    this.#choose = popChooser(pops, source(...popStream(input.seed, target.name, input.replication)));
    this.#drawRoundTrip = pops.map(({ name, roundTrip }) => samplerOf(input, `roundTrip ${name}`, roundTrip));
    this.#drawNetwork = networkSampler(input);
    this.#drawStart = samplerOf(input, "instanceStart", target.instanceStart);
    this.#drawLoad = target.coldStart === null ? null : samplerOf(input, "coldStart", target.coldStart);
    this.#drawKeepAlive = keepAliveSampler(input, target.keepAlive);
    this.#drawFirstWork = target.firstWork === null ? null : samplerOf(input, "firstWork", target.firstWork);
    this.#state = new Uint8Array(pops.length);
    this.#inHand = new Int32Array(pops.length);
    this.#orderedAt = new Float64Array(pops.length);
    this.#readyAt = new Float64Array(pops.length).fill(-1);
    this.#triggerAt = new Float64Array(pops.length).fill(-1);
    this.#coldPeriod = new Uint8Array(pops.length);
    this.#generation = new Int32Array(pops.length);
    this.#loads = new Int32Array(pops.length);
    const handlers = { crash: (now: Seconds, uniform: () => number) => this.#crash(now, uniform) };
    this.#faults = input.faults === undefined ? null : new FaultEvents(input, this.#calendar, fault, handlers);
    // What is never forgotten is there from the start.
    if (this.#drawLoad === null || target.keepAlive === "forever") {
      this.#state.fill(up);
      this.#up = pops.length;
    }
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

  arrive(now: Seconds, scheduledWork: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    const requests = this.#requests;
    recorder.scheduled++;
    const pop = this.#choose();
    const network = this.#drawNetwork() + this.#drawRoundTrip[pop]!();
    const start = this.#drawStart();
    const id = requests.open(now, scheduledWork * target.workFactor, network, number);
    requests.start[id] = start;
    requests.instance[id] = pop;
    if (this.#triggerAt[pop] === now) requests.flags[id] = inTriggerBatch;
    if (this.#state[pop] === off) {
      requests.flags[id] = triggeredStart | inTriggerBatch;
      if (this.#drawFirstWork !== null) requests.work[id] = this.#drawFirstWork();
      this.#load(now, pop);
    }
    if (this.#coldPeriod[pop] === 1) requests.flags[id]! |= inColdBusyPeriod;
    let begin = now;
    if (this.#state[pop] === loading) {
      begin = this.#readyAt[pop]!;
      requests.isCold[id] = 1;
      requests.cold[id] = begin - now;
    }
    recorder.note(begin, facts.served, number, pop);
    recorder.instanceStarted(now, start);
    this.#enter(now, pop);
    this.#calendar.schedule(begin + start + requests.work[id]!, departure, id, requests.generation[id]!);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time, subject, generation } = calendar;
    switch (calendar.kind) {
      case departure:
        if (generation === this.#requests.generation[subject]) this.#depart(time, subject);
        break;
      case loaded:
        if (generation === this.#loads[subject]) this.#rise(time, subject);
        break;
      case expiry:
        if (generation === this.#generation[subject]) this.#forget(time, subject);
        break;
      case fault:
        this.#faults!.handle(time, subject);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  #enter(now: Seconds, pop: number): void {
    this.#generation[pop]!++;
    if (++this.#inHand[pop]! > 1 || this.#state[pop] !== up) return;
    this.#busy++;
    this.#gauge(now);
  }

  #load(now: Seconds, pop: number): void {
    this.#state[pop] = loading;
    this.#loading++;
    this.#coldPeriod[pop] = 1;
    this.#triggerAt[pop] = now;
    this.#orderedAt[pop] = now;
    this.#input.recorder.note(now, facts.ordered, pop, 0);
    this.#readyAt[pop] = now + this.#drawLoad!();
    this.#calendar.schedule(this.#readyAt[pop]!, loaded, pop, this.#loads[pop]!);
    this.#gauge(now);
  }

  #rise(now: Seconds, pop: number): void {
    this.#state[pop] = up;
    this.#loading--;
    this.#up++;
    if (this.#inHand[pop]! > 0) this.#busy++;
    this.#input.recorder.started(now, now - this.#orderedAt[pop]!);
    this.#input.recorder.note(now, facts.ready, pop, 0);
    this.#gauge(now);
  }

  #depart(now: Seconds, id: number): void {
    const { at, network, cold, start, work, isCold, flags, number, instance } = this.#requests;
    const pop = instance[id]!;
    const { recorder } = this.#input;
    recorder.completed(
      at[id]!,
      network[id]!,
      cold[id]!,
      start[id]!,
      0,
      work[id]!,
      isCold[id]!,
      flags[id]!,
      number[id]!,
    );
    this.#requests.close(id);
    if (--this.#inHand[pop]! > 0) return;
    this.#busy--;
    this.#coldPeriod[pop] = 0;
    this.#gauge(now);
    if (this.#drawLoad === null) return;
    const stay = this.#drawKeepAlive();
    if (stay === 0) this.#forget(now, pop);
    else if (stay < Infinity) this.#calendar.schedule(now + stay, expiry, pop, this.#generation[pop]!);
  }

  #forget(now: Seconds, pop: number): void {
    this.#input.recorder.note(now, facts.gone, pop, 0);
    this.#state[pop] = off;
    this.#up--;
    this.#gauge(now);
  }

  /** A point of presence that is in use is gone with all it serves; what is never forgotten comes back at once. */
  #crash(now: Seconds, uniform: () => number): void {
    const alive = [...this.#state.keys()].filter((pop) => this.#state[pop] !== off);
    const pop = alive[Math.floor(uniform() * alive.length)];
    if (pop === undefined) return;
    for (const id of this.#requests.atInstance(pop)) {
      this.#input.recorder.failed(this.#requests.at[id]!, reset, this.#requests.number[id]!);
      this.#requests.close(id);
    }
    if (this.#state[pop] === loading) this.#loading--;
    else {
      this.#up--;
      if (this.#inHand[pop]! > 0) this.#busy--;
    }
    this.#inHand[pop] = 0;
    this.#state[pop] = off;
    this.#coldPeriod[pop] = 0;
    this.#generation[pop]!++;
    this.#loads[pop]!++;
    if (this.#drawLoad === null) {
      this.#state[pop] = up;
      this.#up++;
    } else if (this.#input.target.keepAlive === "forever") this.#load(now, pop);
    this.#gauge(now);
  }

  #gauge(now: Seconds): void {
    this.#input.recorder.gauge(now, this.#up + this.#loading, this.#loading, this.#up, this.#busy);
  }
}
