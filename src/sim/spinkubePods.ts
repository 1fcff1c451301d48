import type { Seconds } from "../base/units.ts";
import type { SpinkubeSpec } from "../scenario/scenario.ts";
import { widened } from "./calendar.ts";
import type { MeteredPod } from "./podMeter.ts";
import { SharedCores } from "./sharedCores.ts";

const none = 0;
const starting = 1;
/** Among the endpoints. */
export const ready = 2;
/** No new requests; it goes when its last one has ended. */
export const draining = 3;

/** The pods of a SpinApp, in columns; a pod's number is used again once it is gone. */
export class SpinkubePods {
  state = new Uint8Array(16);
  inService = new Int32Array(16);
  orderedAt = new Float64Array(16);
  /** When it is among the endpoints. */
  readyAt = new Float64Array(16);
  /** When it can serve, which may be later; −1 from before the beginning. */
  servesAt = new Float64Array(16);
  /** Moves on when the pod goes or its next end changes, so that late events know. */
  generation = new Int32Array(16);
  shareGeneration = new Int32Array(16);
  readonly cores: SharedCores[] = [];
  /** In order of creation. */
  readonly starting: number[] = [];
  readonly ready: number[] = [];
  draining = 0;
  busy = 0;

  readonly #coresEach: number;
  readonly #free: number[] = [];
  #used = 0;

  constructor({ cores }: SpinkubeSpec) {
    this.#coresEach = cores;
  }

  order(now: Seconds): number {
    const pod = this.#free.pop() ?? this.#fresh();
    this.state[pod] = starting;
    this.inService[pod] = 0;
    this.orderedAt[pod] = now;
    this.readyAt[pod] = Infinity;
    this.servesAt[pod] = Infinity;
    this.starting.push(pod);
    return pod;
  }

  open(now: Seconds, pod: number, servesAt: Seconds): void {
    this.starting.splice(this.starting.indexOf(pod), 1);
    this.state[pod] = ready;
    this.readyAt[pod] = now;
    this.servesAt[pod] = servesAt;
    this.ready.push(pod);
  }

  /** The pod that goes next: one that starts before one that is ready, the youngest first. It leaves with `leave`. */
  remove(): number {
    const pod = (this.starting.pop() ?? this.ready.pop())!;
    if (this.state[pod] === ready && this.inService[pod]! > 0) this.busy--;
    this.state[pod] = draining;
    this.draining++;
    return pod;
  }

  /** The pod is no more, whatever it was doing. */
  crash(pod: number): void {
    if (this.state[pod] !== draining) {
      drop(this.state[pod] === ready ? this.ready : this.starting, pod);
      if (this.state[pod] === ready && this.inService[pod]! > 0) this.busy--;
      this.draining++;
    }
    this.leave(pod);
  }

  leave(pod: number): void {
    this.draining--;
    this.state[pod] = none;
    this.generation[pod]!++;
    this.shareGeneration[pod]!++;
    this.#free.push(pod);
  }

  /** As an autoscaler's metrics know it. */
  metered(pod: number): MeteredPod {
    const at = this.state[pod] === starting ? null : this.readyAt[pod]!;
    return { pod, startedAt: at, readyAt: at };
  }

  #fresh(): number {
    if (this.#used === this.state.length) {
      const length = 2 * this.#used;
      this.state = widened(this.state, new Uint8Array(length));
      this.inService = widened(this.inService, new Int32Array(length));
      this.orderedAt = widened(this.orderedAt, new Float64Array(length));
      this.readyAt = widened(this.readyAt, new Float64Array(length));
      this.servesAt = widened(this.servesAt, new Float64Array(length));
      this.generation = widened(this.generation, new Int32Array(length));
      this.shareGeneration = widened(this.shareGeneration, new Int32Array(length));
    }
    this.cores.push(new SharedCores(this.#coresEach));
    return this.#used++;
  }
}

const drop = (list: number[], pod: number): void => {
  list.splice(list.indexOf(pod), 1);
};
