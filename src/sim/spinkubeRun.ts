import { invariant } from "../base/check.ts";
import type { Seconds } from "../base/units.ts";
import type { SpinkubeSpec } from "../scenario/scenario.ts";
import { Calendar } from "./calendar.ts";
import { Requests } from "./requests.ts";
import { networkSampler, type RunInput, type Station, samplerOf, streamOf } from "./run.ts";
import { http5xx } from "./runRecorder.ts";
import { SharedCores } from "./sharedCores.ts";

const departure = 0;
const sharedDeparture = 1;

/**
 * A `spinkube` target with fixed replicas: every request gets a fresh instance in a uniformly random ready pod.
 *
 * The instance start holds its slot; with CPU work start and work share the pod's cores, each of n requests at rate
 * min(1, cores/n). Nothing queues: above `maxInstanceCount` in one pod instantiation fails, and the request with it.
 */
export class SpinkubeRun implements Station {
  readonly #input: RunInput<SpinkubeSpec>;
  readonly #calendar = new Calendar();
  readonly #requests = new Requests();
  readonly #cores: readonly SharedCores[] | null;
  readonly #inService: Int32Array;
  readonly #generation: Int32Array;
  readonly #drawNetwork: () => Seconds;
  readonly #drawStart: () => Seconds;
  readonly #uniform: () => number;
  #busy = 0;

  constructor(input: RunInput<SpinkubeSpec>) {
    const { target } = input;
    this.#input = input;
    this.#cores =
      target.workIs === "cpu" ? Array.from({ length: target.replicas }, () => new SharedCores(target.cores)) : null;
    this.#inService = new Int32Array(target.replicas);
    this.#generation = new Int32Array(target.replicas);
    this.#drawNetwork = networkSampler(input);
    this.#drawStart = samplerOf(input, "instanceStart", target.instanceStart);
    this.#uniform = streamOf(input, "dispatch");
  }

  get nextTime(): Seconds {
    return this.#calendar.nextTime;
  }

  get inFlight(): number {
    return this.#requests.inFlight;
  }

  begin(): void {
    this.#gauge(0, 0);
  }

  step(): void {
    const calendar = this.#calendar;
    calendar.pop();
    const { time, subject, generation } = calendar;
    switch (calendar.kind) {
      case departure:
        this.#depart(time, subject);
        break;
      case sharedDeparture:
        if (generation === this.#generation[subject]) this.#departShared(time, subject);
        break;
      default:
        invariant(false, "every kind of event has its case");
    }
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    const { target, recorder } = this.#input;
    recorder.scheduled++;
    // Drawn for every request, so that a failure shifts no later draw.
    const network = this.#drawNetwork();
    const start = this.#drawStart();
    const pod = target.replicas === 1 ? 0 : Math.floor(this.#uniform() * target.replicas);
    if (this.#inService[pod]! >= target.maxInstanceCount) {
      recorder.failed(now, http5xx, number);
      return;
    }
    const requests = this.#requests;
    const id = requests.open(now, work * target.workFactor, network, number);
    requests.start[id] = start;
    requests.instance[id] = pod;
    recorder.instanceStarted(now, start);
    if (++this.#inService[pod]! === 1) this.#gauge(now, this.#busy + 1);
    const demand = start + requests.work[id]!;
    if (this.#cores === null) {
      this.#calendar.schedule(now + demand, departure, id);
    } else {
      this.#cores[pod]!.add(now, id, demand);
      this.#plan(now, pod);
    }
  }

  #plan(now: Seconds, pod: number): void {
    const generation = ++this.#generation[pod]!;
    const end = this.#cores![pod]!.nextEnd(now);
    if (end < Infinity) this.#calendar.schedule(end, sharedDeparture, pod, generation);
  }

  #departShared(now: Seconds, pod: number): void {
    this.#depart(now, this.#cores![pod]!.pop(now));
    this.#plan(now, pod);
  }

  #depart(now: Seconds, id: number): void {
    const requests = this.#requests;
    const pod = requests.instance[id]!;
    const at = requests.at[id]!;
    const start = requests.start[id]!;
    const work = requests.work[id]!;
    const queue = this.#cores === null ? 0 : Math.max(0, now - at - start - work);
    this.#input.recorder.completed(at, requests.network[id]!, 0, start, queue, work, 0, 0, requests.number[id]!);
    requests.close(id);
    if (--this.#inService[pod]! === 0) this.#gauge(now, this.#busy - 1);
  }

  #gauge(now: Seconds, busy: number): void {
    const { recorder, target } = this.#input;
    this.#busy = busy;
    recorder.gauge(now, target.replicas, 0, target.replicas, busy);
  }
}
