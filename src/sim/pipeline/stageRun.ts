import type { Seconds } from "../../base/units.ts";
import type { RunInput } from "../run.ts";
import type { Messages } from "./messages.ts";

/** One stage at work. It may hold a message as long as it likes, and gives it back through its host. */
export interface StageRun {
  enter(now: Seconds, id: number): void;
  /** An event that the stage has scheduled. */
  handle(now: Seconds, event: number, subject: number, generation: number): void;
  /** A message that this stage has handed to the next one and waits for is over, there and for good. */
  over?(now: Seconds, id: number): void;
}

/** What a stage is given. */
export interface StageHost {
  readonly input: RunInput;
  readonly messages: Messages;
  schedule(time: Seconds, event: number, subject: number, generation?: number): void;
  /** The message goes on to the next stage, or is completed. */
  leave(now: Seconds, id: number): void;
  /** The request is lost; `messages.failure` says how. */
  lose(now: Seconds, id: number): void;
  /** The first instant from this one on at which the broker answers. */
  brokerFrom(time: Seconds): Seconds;
}
