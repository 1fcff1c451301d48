import type { Seconds } from "../base/units.ts";
import { type Recorder, reset } from "./runRecorder.ts";

interface Outcome {
  readonly at: Seconds;
  readonly network: Seconds;
  readonly cold: Seconds;
  readonly work: Seconds;
  readonly isCold: number;
  readonly flags: number;
  readonly number: number;
}

/** Outcomes that are known when a request arrives but told when it ends, because until then its instance may crash. */
export class PendingOutcomes {
  readonly #recorder: Recorder;
  readonly #byInstance = new Map<number, Outcome>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get size(): number {
    return this.#byInstance.size;
  }

  set(instance: number, outcome: Outcome): void {
    this.#byInstance.set(instance, outcome);
  }

  isStarting(now: Seconds, instance: number): boolean {
    const outcome = this.#byInstance.get(instance);
    return outcome !== undefined && outcome.at + outcome.cold > now;
  }

  complete(instance: number): void {
    const outcome = this.#byInstance.get(instance);
    if (outcome === undefined || !this.#byInstance.delete(instance)) return;
    const { at, network, cold, work, isCold, flags, number } = outcome;
    this.#recorder.completed(at, network, cold, 0, 0, work, isCold, flags, number);
  }

  fail(instance: number): void {
    const outcome = this.#byInstance.get(instance);
    if (outcome === undefined || !this.#byInstance.delete(instance)) return;
    this.#recorder.failed(outcome.at, reset, outcome.number);
  }
}
