import type { Seconds } from "../base/units.ts";
import type { FaultSpec } from "../scenario/faults.ts";
import type { Calendar } from "./calendar.ts";
import { type RunInput, streamOf } from "./run.ts";

/** What a station does when something goes wrong, as far as that means anything to it. */
export interface FaultHandlers {
  /** One pod or instance is gone, at random. */
  crash?(now: Seconds, uniform: () => number): void;
  loseNode?(now: Seconds, node: number): void;
  nodeBack?(now: Seconds, node: number): void;
  /** From now on the node works at this share of its speed. */
  nodeSpeed?(now: Seconds, node: number, speed: number): void;
  pauseBroker?(now: Seconds, until: Seconds): void;
  brokerBack?(now: Seconds): void;
  restartAutoscaler?(now: Seconds, until: Seconds): void;
}

/** The scenario's faults on a station's calendar, as events of one kind. */
export class FaultEvents {
  readonly #faults: readonly FaultSpec[];
  readonly #calendar: Calendar;
  readonly #kind: number;
  readonly #handlers: FaultHandlers;
  readonly #uniform: () => number;

  constructor(input: RunInput, calendar: Calendar, kind: number, handlers: FaultHandlers) {
    this.#faults = input.faults ?? [];
    this.#calendar = calendar;
    this.#kind = kind;
    this.#handlers = handlers;
    this.#uniform = streamOf(input, "faults");
    for (const [i, { at }] of this.#faults.entries()) calendar.schedule(at, kind, 2 * i);
  }

  /** @param subject twice the fault's place in the list, and one more for its end */
  handle(now: Seconds, subject: number): void {
    const i = subject >> 1;
    const fault = this.#faults[i]!;
    if ((subject & 1) === 1) {
      this.#end(now, fault);
      return;
    }
    if (fault.every !== undefined) this.#calendar.schedule(now + fault.every, this.#kind, subject);
    this.#begin(now, fault);
    if ("lasts" in fault && fault.lasts !== undefined)
      this.#calendar.schedule(now + fault.lasts, this.#kind, subject + 1);
  }

  #begin(now: Seconds, fault: FaultSpec): void {
    const handlers = this.#handlers;
    switch (fault.kind) {
      case "podCrash":
        for (let n = 0; n < fault.pods; n++) handlers.crash?.(now, this.#uniform);
        break;
      case "nodeLoss":
        handlers.loseNode?.(now, fault.node);
        break;
      case "slowNode":
        handlers.nodeSpeed?.(now, fault.node, fault.speed);
        break;
      case "brokerPause":
        handlers.pauseBroker?.(now, now + fault.lasts);
        break;
      case "autoscalerRestart":
        handlers.restartAutoscaler?.(now, now + fault.lasts);
        break;
    }
  }

  #end(now: Seconds, fault: FaultSpec): void {
    if (fault.kind === "nodeLoss") this.#handlers.nodeBack?.(now, fault.node);
    if (fault.kind === "slowNode") this.#handlers.nodeSpeed?.(now, fault.node, 1);
    if (fault.kind === "brokerPause") this.#handlers.brokerBack?.(now);
  }
}
