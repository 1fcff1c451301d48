import type { Seconds } from "../base/units.ts";
import type { KnativeSpec, ServerSpec, SpinkubeSpec } from "../scenario/scenario.ts";
import type { Calendar } from "./calendar.ts";
import { GpuBatches } from "./gpuBatches.ts";
import type { Requests } from "./requests.ts";
import type { RunInput } from "./run.ts";
import type { SharedCores } from "./sharedCores.ts";

/** The kinds of events that end work. */
export interface WorkKinds {
  readonly departure: number;
  readonly sharedDeparture: number;
  readonly gpu: number;
}

/** Pods or instances whose requests share their cores, by number. */
export interface CorePods {
  readonly cores: readonly SharedCores[];
  /** Moves on when the pod's next end changes. */
  readonly shareGeneration: Int32Array;
}

/** Where a target's requests are worked on: as io, on the cores of their pod, or on accelerators that all pods share. */
export class PodWork {
  /** Whether one request's work slows another's down. */
  readonly isShared: boolean;
  readonly #calendar: Calendar;
  readonly #requests: Requests;
  readonly #pods: CorePods;
  readonly #kinds: WorkKinds;
  readonly #depart: (now: Seconds, id: number) => void;
  readonly #onCores: boolean;
  readonly #gpu: GpuBatches | null;

  constructor(
    input: RunInput<KnativeSpec | ServerSpec | SpinkubeSpec>,
    calendar: Calendar,
    requests: Requests,
    options: {
      readonly pods: CorePods;
      readonly kinds: WorkKinds;
      /** Where it runs on no accelerator: on the pod's cores, rather than as io. */
      readonly onCores: boolean;
      readonly depart: (now: Seconds, id: number) => void;
    },
  ) {
    const { work } = input.target;
    this.#calendar = calendar;
    this.#requests = requests;
    this.#pods = options.pods;
    this.#kinds = options.kinds;
    this.#depart = options.depart;
    this.#gpu = work === undefined ? null : new GpuBatches(input, work, calendar, options.kinds.gpu);
    this.#onCores = options.onCores && this.#gpu === null;
    this.isShared = options.onCores || this.#gpu !== null;
  }

  /** @param start of the request's own instance, before its work */
  begin(now: Seconds, id: number, pod: number, start: Seconds): void {
    const requests = this.#requests;
    if (this.#onCores) {
      this.#pods.cores[pod]!.add(now, id, start + requests.work[id]!);
      this.#plan(now, pod);
    } else if (this.#gpu === null) {
      const end = now + (start + requests.work[id]!);
      this.#calendar.schedule(end, this.#kinds.departure, id, requests.generation[id]!);
    } else if (start > 0) {
      this.#calendar.schedule(now + start, this.#kinds.departure, id, requests.generation[id]!);
    } else this.#gpu.add(now, id, requests.generation[id]!, requests.work[id]!);
  }

  /** An event of one of the kinds; who was worked on departs. */
  handle(now: Seconds, kind: number, subject: number, generation: number): void {
    const requests = this.#requests;
    if (kind === this.#kinds.departure) {
      if (generation !== requests.generation[subject]) return;
      if (this.#gpu === null) this.#depart(now, subject);
      else this.#gpu.add(now, subject, generation, requests.work[subject]!);
    } else if (kind === this.#kinds.sharedDeparture) {
      if (generation !== this.#pods.shareGeneration[subject]) return;
      const id = this.#pods.cores[subject]!.pop(now);
      this.#plan(now, subject);
      this.#depart(now, id);
    } else {
      for (const ended of this.#gpu!.handle(now, subject)) {
        if (ended.generation === requests.generation[ended.id]) this.#depart(now, ended.id);
      }
    }
  }

  /** A request is lost with its pod; what a batch holds of it runs on. */
  drop(now: Seconds, id: number, pod: number): void {
    if (!this.#onCores) return;
    this.#pods.cores[pod]!.remove(now, id);
    this.#plan(now, pod);
  }

  /** The pod's cores work at another speed from now on. */
  setSpeed(now: Seconds, pod: number, speed: number): void {
    this.#pods.cores[pod]!.setSpeed(now, speed);
    if (this.#onCores) this.#plan(now, pod);
  }

  #plan(now: Seconds, pod: number): void {
    const generation = ++this.#pods.shareGeneration[pod]!;
    const end = this.#pods.cores[pod]!.nextEnd(now);
    if (end < Infinity) this.#calendar.schedule(end, this.#kinds.sharedDeparture, pod, generation);
  }
}
