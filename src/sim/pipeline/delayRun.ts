import type { Seconds } from "../../base/units.ts";
import type { DelayStage } from "../../scenario/pipeline.ts";
import { samplerOf } from "../run.ts";
import type { StageHost, StageRun } from "./stageRun.ts";

/** A time that holds nothing. */
export class DelayRun implements StageRun {
  readonly #host: StageHost;
  readonly #draw: () => Seconds;

  constructor(stage: DelayStage, host: StageHost) {
    this.#host = host;
    this.#draw = samplerOf(host.input, stage.name, stage.time);
  }

  enter(now: Seconds, id: number): void {
    const time = this.#draw();
    this.#host.messages.network[id]! += time;
    this.#host.schedule(now + time, 0, id);
  }

  handle(now: Seconds, _event: number, id: number): void {
    this.#host.leave(now, id);
  }
}
