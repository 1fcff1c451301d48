import { check } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import { type DistributionSpec, distribution } from "../distributions/index.ts";
import { source } from "../random/source.ts";
import { Calendar } from "./calendar.ts";
import { type RunInput, type Station, streamOf } from "./run.ts";
import type { FailureIndex } from "./runRecorder.ts";
import { type Caller, GaugeSums, Tap } from "./tap.ts";

/** How a fixed number of clients behave, who wait for their answers. */
export interface ClosedLoop {
  readonly clients: number;
  readonly thinkTime: DistributionSpec;
  readonly work: DistributionSpec;
  /** At most so many in all. */
  readonly requests: number;
}

/** A client that was answered in no time at all tries again no sooner: else the clock would stand still. */
const leastPause: Seconds = 1e-3;

/**
 * Closed arrivals: every client thinks, sends, waits for its answer, and thinks again; the first thinking begins at 0.
 *
 * The n-th request of a target has the n-th work of the scenario, so that targets differ in when and not in what.
 */
export class ClosedRun implements Caller {
  readonly #input: RunInput;
  readonly #loop: ClosedLoop;
  readonly #station: Station;
  readonly #calendar = new Calendar();
  readonly #drawThink: () => Seconds;
  readonly #drawWork: () => Seconds;
  /** By client: when it sent, and which of all requests. */
  readonly #sentAt: Float64Array;
  readonly #number: Int32Array;
  #sent = 0;
  #waiting = 0;
  #now: Seconds = 0;

  constructor(input: RunInput, loop: ClosedLoop, station: (input: RunInput) => Station) {
    const { recorder, seed, replication, target } = input;
    const think = distribution(loop.thinkTime);
    const work = distribution(loop.work);
    const idle = think.mean + work.mean * target.workFactor + distribution(target.network).mean;
    check(idle > 0, "simulate", "closed arrivals need a think time, a work or a network of more than 0", idle);
    this.#input = input;
    this.#loop = loop;
    this.#drawThink = think.sampler(streamOf(input, "think"));
    this.#drawWork = work.sampler(source(seed, "work", replication));
    this.#sentAt = new Float64Array(loop.clients);
    this.#number = new Int32Array(loop.clients);
    this.#station = station({ ...input, recorder: new Tap(recorder, this, new GaugeSums()) });
    for (let client = 0; client < loop.clients; client++) this.#calendar.schedule(this.#drawThink(), 0, client);
  }

  run(): void {
    const { duration, recorder } = this.#input;
    const station = this.#station;
    const calendar = this.#calendar;
    let end = duration;
    station.begin();
    for (;;) {
      const sending = calendar.nextTime;
      const time = station.nextTime;
      if (sending < time) {
        calendar.pop();
        if (sending < duration && this.#sent < this.#loop.requests) this.#send(sending, calendar.subject);
        if (this.#sent === this.#loop.requests && end === Infinity) {
          end = sending;
          recorder.endAt(end);
        }
        continue;
      }
      const isOver = sending === Infinity && this.#waiting === 0 && station.inFlight === 0;
      if (time === Infinity || (isOver && time > end)) break;
      this.#now = time;
      station.step();
    }
    recorder.endAt(end);
  }

  answered(client: number, at: Seconds, latency: Seconds, parts: Float64Array, isCold: number, flags: number): void {
    this.#input.recorder.completed(
      at,
      parts[0]!,
      parts[1]!,
      parts[2]!,
      parts[3]!,
      parts[4]!,
      isCold,
      flags,
      this.#number[client]!,
    );
    this.#think(at + latency, client);
  }

  failed(client: number, kind: FailureIndex): void {
    this.#input.recorder.failed(this.#sentAt[client]!, kind, this.#number[client]!);
    this.#think(Math.max(this.#now, this.#sentAt[client]!), client);
  }

  #send(now: Seconds, client: number): void {
    this.#now = now;
    this.#sentAt[client] = now;
    this.#number[client] = this.#sent++;
    this.#waiting++;
    this.#input.recorder.scheduled++;
    this.#station.arrive(now, this.#drawWork(), client);
  }

  #think(answeredAt: Seconds, client: number): void {
    this.#waiting--;
    const at = answeredAt + this.#drawThink();
    const isLater = at > this.#sentAt[client]!;
    this.#calendar.schedule(isLater ? at : this.#sentAt[client]! + leastPause, 0, client);
  }
}
